"""
Classification: what it costs to learn topics of tickets, and to classify one.

The words are made up by a seed: each topic has its own, mixed with those of others and of none. Beside both
models stands what one would write with scikit-learn alone, TF-IDF and a linear support vector machine; it has
to find the topics as well as they do, on tickets that none of them has seen, before anything is timed. The
floor is finding the words of the ticket.
"""

from collections.abc import Callable
from random import Random
from time import process_time

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.practices.classification import Example, train_baseline
from itsmkit.search import words_of

TICKETS, HELD_OUT, TOPICS, WORDS = 2_000, 500, 8, 30
LEAST_RIGHT = 0.9


def run() -> str:
    """Return the table of classification."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # as above
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415  # as above
    from sklearn.svm import LinearSVC  # noqa: PLC0415  # as above

    from itsmkit_ml import train  # noqa: PLC0415  # slow to import, as is the peer

    learned, held_out = _tickets(TICKETS, 1), _tickets(HELD_OUT, 2)
    texts, labels = [each.text for each in learned], [each.label for each in learned]

    def peer() -> Callable[[str], str]:
        made = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
        made.fit(texts, labels)
        return lambda text: str(made.predict([text])[0])

    baseline, model, plain = train_baseline(learned, "category"), train(learned), peer()
    shares = {
        "baseline": _right(lambda text: _value(baseline.predict(text)), held_out),
        "itsmkit-ml": _right(lambda text: model.predict_all([text], explained=False)[0].value, held_out),
        "peer": _right(plain, held_out),
    }
    for name, share in shares.items():
        assert share >= max(LEAST_RIGHT, shares["peer"] - 0.02), (name, share)
    text = held_out[0].text
    measured = interleaved(
        {
            "baseline": lambda: micro(lambda: baseline.predict(text), repeats=200),
            "model": lambda: micro(lambda: model.predict_all([text], explained=False), repeats=20),
            "explained": lambda: micro(lambda: model.predict(text), repeats=10),
            "peer": lambda: micro(lambda: plain(text), repeats=20),
            "floor": lambda: micro(lambda: [*words_of(text)], repeats=200),
            "train baseline": lambda: _seconds(lambda: train_baseline(learned, "category")),
            "train model": lambda: _seconds(lambda: train(learned)),
            "train peer": lambda: _seconds(peer),
        },
        rounds=3,
    )
    rows = [
        _row("classify one, the baseline", measured["baseline"], "scikit-learn", measured["peer"]),
        _row("the same", measured["baseline"], "finding its words", measured["floor"]),
        _row("classify one, itsmkit-ml", measured["model"], "scikit-learn", measured["peer"]),
        _row(
            "the same, and tell how much each word counted",
            measured["explained"],
            "scikit-learn",
            measured["peer"],
        ),
        _row(
            f"learn from {TICKETS:,}, the baseline",
            measured["train baseline"],
            "scikit-learn",
            measured["train peer"],
        ),
        _row(
            f"learn from {TICKETS:,}, itsmkit-ml",
            measured["train model"],
            "scikit-learn",
            measured["train peer"],
        ),
    ]
    told = ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
    return f"{table('Classification', rows)}\nRight on {HELD_OUT} tickets that none has seen: {told}.\n"


def _tickets(count: int, seed: int) -> list[Example]:
    draw = Random(seed)
    made = []
    for _ in range(count):
        topic = draw.randrange(TOPICS)
        words = [
            f"topic{topic if draw.random() < 0.8 else draw.randrange(TOPICS)}x{draw.randrange(WORDS)}"
            if draw.random() < 0.3
            else f"word{int(draw.paretovariate(0.7)) % 2_000}"
            for _ in range(draw.randrange(10, 40))
        ]
        made.append(Example(" ".join(words), f"topic {topic}"))
    return made


def _value(prediction: object) -> str:
    return getattr(prediction, "value", "")


def _right(classify: Callable[[str], str], examples: list[Example]) -> float:
    return sum(classify(each.text) == each.label for each in examples) / len(examples)


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _row(what: str, seconds: float, beside: str, other: float) -> Row:
    ratio = seconds / other
    return (
        what,
        f"{seconds * 1e3:,.2f} ms",
        f"{beside}, {other * 1e3:,.2f} ms",
        f"{ratio:.2g}" if ratio >= 1 else f"1 / {1 / ratio:.2g}",
    )
