"""
How well topics of real tickets are found: hold-outs of the tickets that Żak and others have published.

Run it with the path of a CSV file with the columns ``Document`` and ``Topic_group``, plain or packed by gzip:
``python ticket_topics.py all_tickets.csv --seeds 3``. It learns from four fifths, and is tried on the rest.
"""

from argparse import ArgumentParser
from fractions import Fraction
from statistics import mean, stdev
from time import process_time

from itsmkit.practices.classification import Judged, evaluated, stratified_split
from itsmkit_ml import TrainingOptions, examples_from_csv, train

parser = ArgumentParser(description=__doc__)
parser.add_argument("csv")
parser.add_argument("--seeds", type=int, default=1)
words = parser.parse_args()
examples = examples_from_csv(words.csv, "Document", "Topic_group")
found = []
for seed in range(words.seeds):
    learned, held_out = stratified_split(examples, Fraction(1, 5), seed)
    began = process_time()
    model = train(learned, "category", TrainingOptions(seed=seed))
    print(
        f"seed {seed}: learned from {len(learned)} tickets in {process_time() - began:.0f} s of a processor"
    )
    predicted = model.predict_all((each.text for each in held_out), explained=False)
    found.append(
        evaluated(
            Judged(each.label, told.value, told.confidence)
            for each, told in zip(held_out, predicted, strict=True)
        )
    )
    print(found[-1].explain(), flush=True)
for name in ("accuracy", "macro_f1"):
    shares = [float(getattr(each, name) or 0) for each in found]
    spread = stdev(shares) if len(shares) > 1 else 0.0
    print(f"{name}: mean of {len(shares)} hold-outs {mean(shares):.4f}, standard deviation {spread:.4f}")
