"""
How well topics of real tickets are found: hold-outs of the tickets that Żak and others have published.

Run it with the path of a CSV file with the columns ``Document`` and ``Topic_group``, plain or packed by gzip:
``python ticket_topics.py all_tickets.csv --seeds 3``. It learns from four fifths, and is tried on the rest.
"""

from argparse import ArgumentParser
from fractions import Fraction
from statistics import mean
from time import perf_counter

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
    began = perf_counter()
    model = train(learned, "category", TrainingOptions(seed=seed))
    print(f"seed {seed}: learned from {len(learned)} tickets in {perf_counter() - began:.0f} s")
    predicted = model.predict_all(each.text for each in held_out)
    found.append(
        evaluated(
            Judged(each.label, told.value, told.confidence)
            for each, told in zip(held_out, predicted, strict=True)
        )
    )
    print(found[-1].explain(), flush=True)
accuracy = mean(float(each.accuracy or 0) for each in found)
macro_f1 = mean(float(each.macro_f1 or 0) for each in found)
print(f"mean of {len(found)} hold-outs: accuracy {accuracy:.4f}, macro-F1 {macro_f1:.4f}")
