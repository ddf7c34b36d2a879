"""What the plugin learns, keeps, predicts and tells of drift."""

import io
import pickle
import random
import zipfile
from fractions import Fraction

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError
from itsmkit.plugin import Plugins
from itsmkit.practices.classification import Example, Judged, evaluated, stratified_split
from itsmkit.testing import an_incident_logged

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from itsmkit_ml import (  # noqa: E402  # it needs scikit-learn
    DriftState,
    DriftThresholds,
    TicketClassifier,
    TrainingOptions,
    drift,
    examples_from_csv,
    load_model,
    save_model,
    stability_index,
    train,
)
from itsmkit_ml._trees import Trees  # noqa: E402  # as above

_WORDS = {
    "network": ["wifi", "router", "vpn", "slow", "connection"],
    "printing": ["printer", "toner", "paper", "jam", "ink"],
    "access": ["password", "login", "account", "locked", "reset"],
}
_NOISE = ["please", "help", "the", "office", "again", "thanks", "since", "monday"]
_QUICK = TrainingOptions(rounds=5, word_rounds=5, trees_from=200)


def _tickets(count, seed=0, labels=("access", "network", "printing")):
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        label = draw.choice(labels)
        words = [draw.choice(_WORDS[label if draw.random() < 0.9 else draw.choice(labels)]) for _ in range(2)]
        words += [draw.choice(_NOISE) for _ in range(5)]
        draw.shuffle(words)
        made.append(Example(" ".join(words), label))
    return made


@pytest.fixture(scope="module")
def model():
    return train(_tickets(400), "support_group", _QUICK)


def test_what_it_has_learned_it_finds_in_tickets_that_it_has_not_seen(model):
    held_out = _tickets(300, seed=1)

    predicted = model.predict_all(each.text for each in held_out)
    found = evaluated(
        Judged(each.label, told.value, told.confidence)
        for each, told in zip(held_out, predicted, strict=True)
    )

    assert found.accuracy > Fraction(85, 100)
    assert found.macro_f1 > Fraction(85, 100)
    assert found.calibration_error < 0.15


def test_a_prediction_names_the_words_that_counted(model):
    prediction = model.predict("Please help: the PRINTER has no toner, again!")

    assert (prediction.field, prediction.value) == ("support_group", "printing")
    assert prediction.because[0] in {"printer", "toner"}
    assert prediction.source == f"itsmkit-ml {model.digest[:8]}"


def test_one_and_many_are_predicted_alike(model):
    texts = [each.text for each in _tickets(20, seed=2)]

    assert model.predict_all(texts) == tuple(map(model.predict, texts))
    assert model.predict_all([]) == ()
    assert model.shares([]).shape == (0, 3)
    assert model.shares(texts).sum(axis=1) == pytest.approx(np.ones(20))
    bare = model.predict_all(texts, explained=False)
    assert bare == tuple(evolve(each, because=()) for each in map(model.predict, texts))


@pytest.mark.parametrize("count", [150, 400], ids=["without trees", "with trees"])
def test_a_word_counts_for_what_the_odds_lose_without_it(count):
    made = train(_tickets(count), options=_QUICK)
    assert (made.trees is None) == (count == 150)
    for each in _tickets(15, seed=4):
        words = each.text.split()
        [whole] = made.shares([each.text])
        best, other = np.argsort(-whole, kind="stable")[:2]
        told = dict(made.explain(each.text))
        assert told.keys() == set(words)
        for word, weight in told.items():
            [rest] = made.shares([" ".join(kept for kept in words if kept != word)])
            lost = np.log(whole[best] / whole[other]) - np.log(rest[best] / rest[other])
            assert weight == pytest.approx(lost, abs=1e-9)
        first = [word for word, weight in made.explain(each.text) if weight > 0.001][:5]
        assert list(made.predict(each.text).because) == first


def test_of_a_long_text_the_weightiest_words_are_tried(model):
    text = " ".join([*(f"unheard{number}" for number in range(150)), "printer", "toner"])
    told = model.explain(text)
    assert len(told) == 100
    assert {"printer", "toner"} <= {word for word, _ in told}
    assert model.explain("?") == ()
    assert model.predict("?").because == ()


def test_trees_say_what_those_of_scikit_learn_say():
    from sklearn.ensemble import HistGradientBoostingClassifier

    draw = np.random.default_rng(0)
    numbers = draw.normal(0, 2, (400, 12))
    for labels in (2, 4):
        truth = (np.round(numbers[:, 0]) + np.round(numbers[:, 3] * numbers[:, 5])).astype(int) % labels
        grown = HistGradientBoostingClassifier(max_iter=8, random_state=0, early_stopping=False)
        grown.fit(numbers, truth)
        assert Trees.of(grown).shares(numbers) == pytest.approx(grown.predict_proba(numbers), abs=1e-5)


def test_the_order_of_examples_changes_nothing():
    examples = _tickets(250)
    shuffled = random.Random(1).sample(examples, len(examples))

    assert train(examples, options=_QUICK).digest == train(shuffled, options=_QUICK).digest


@pytest.mark.parametrize(
    ("count", "labels"),
    [
        pytest.param(8, ("access", "network"), id="a handful"),
        pytest.param(120, ("access", "network"), id="two labels"),
        pytest.param(250, ("access", "network"), id="two labels with trees"),
        pytest.param(150, ("access", "network", "printing"), id="without trees"),
    ],
)
def test_a_small_desk_can_begin(tmp_path, count, labels):
    made = train(_tickets(count, labels=labels), options=_QUICK)

    again = load_model(save_model(made, tmp_path / "small.itsmkit-ml"))

    assert again.predict("password login account").value == "access"
    assert again.predict("password login account") == made.predict("password login account")


@pytest.mark.parametrize(
    ("examples", "field", "said"),
    [
        pytest.param([], "category", "there are 0 examples", id="nothing"),
        pytest.param(_tickets(9, labels=("access",)), "category", "two labels", id="one label"),
        pytest.param(_tickets(9), "title", "field: must be one of", id="no such field"),
        pytest.param([Example("?", each) for each in "aabb"], "category", "no words", id="no words"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(examples, field, said):
    with pytest.raises(DefinitionError, match=said):
        train(examples, field)


def test_options_are_more_than_nothing():
    with pytest.raises(DefinitionError, match=r"rounds.*\n?.*folds: must be 2 or more, not 1"):
        TrainingOptions(rounds=0, folds=1)


# -- files -------------------------------------------------------------------------------------------


def test_a_model_comes_back_from_its_file_as_it_was(model, tmp_path):
    path = save_model(model, tmp_path / "group.itsmkit-ml")
    again = load_model(path)

    texts = [each.text for each in _tickets(30, seed=3)]
    assert again.digest == model.digest
    assert again.predict_all(texts) == model.predict_all(texts)
    assert save_model(again, tmp_path / "again").read_bytes() == path.read_bytes()
    assert {each.suffix for each in map(_path, zipfile.ZipFile(path).namelist())} == {".json", ".npy"}


def _path(name):
    from pathlib import PurePath

    return PurePath(name)


def _changed(path, name, content):
    """Write a member of an archive anew."""
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    members[name] = content(members.get(name))
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in members.items():
            archive.writestr(each, data)


class _Bomb:
    def __reduce__(self):
        return (pytest.fail, ("something in the file was run",))


def _pickled(_before):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([_Bomb()], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def _array(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("0.weights.npy", _pickled, "cannot be read", id="code in place of numbers"),
        pytest.param(
            "model.json", lambda _before: pickle.dumps({}), "cannot be read", id="code in place of JSON"
        ),
        pytest.param("model.json", lambda _before: b"[]", "no model of itsmkit-ml", id="another JSON"),
        pytest.param(
            "model.json",
            lambda before: before.replace(b'"schema": 2', b'"schema": 9'),
            "schema 9",
            id="of later",
        ),
        pytest.param(
            "model.json",
            lambda before: before.replace(b"network", b"netwurk"),
            "was changed",
            id="changed words",
        ),
        pytest.param(
            "0.weights.npy", lambda before: before[:-2] + b"\x07\x07", "was changed", id="changed weights"
        ),
        pytest.param("0.weights.npy", lambda before: before[:99], "cannot be read", id="cut off"),
        pytest.param(
            "0.weights.npy", lambda _before: _array(np.ones((2, 2))), "in place of", id="another form"
        ),
    ],
)
def test_a_file_that_is_none_or_was_changed_is_refused_and_nothing_in_it_is_run(
    model, tmp_path, name, content, said
):
    path = save_model(model, tmp_path / "group.itsmkit-ml")
    _changed(path, name, content)

    with pytest.raises(DefinitionError, match=said):
        load_model(path)


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(pickle.dumps(_Bomb))
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_model(tmp_path / "x")
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_model(tmp_path / "absent")


# -- the plugin --------------------------------------------------------------------------------------


def _ticket(title):
    return evolve(an_incident_logged().ticket, title=title)


def test_a_desk_asks_it_by_the_hook(model):
    plugins = Plugins([TicketClassifier([model])])

    predictions, failures = plugins.classify(_ticket("printer out of toner"), ("support_group", "category"))

    assert failures == ()
    assert [each.value for each in predictions] == ["printing"]
    assert plugins.classify(_ticket("printer out of toner"), ("category",)) == ((), ())
    assert plugins.classify(_ticket(" "), ("support_group",)) == ((), ())


def test_the_installed_plugin_takes_the_models_of_a_folder(model, tmp_path, monkeypatch):
    from itsmkit_ml import plugin

    monkeypatch.delenv(plugin.FOLDER, raising=False)
    assert plugin.itsmkit_classify(_ticket("printer"), ("support_group",)) == ()
    save_model(model, tmp_path / "group.itsmkit-ml")
    monkeypatch.setenv(plugin.FOLDER, str(tmp_path))
    assert [each.value for each in plugin.itsmkit_classify(_ticket("printer toner"), ("support_group",))] == [
        "printing"
    ]
    assert Plugins([plugin]).status()[0].hooks == ("itsmkit_classify",)


def test_two_models_of_a_field_are_one_too_many(model):
    with pytest.raises(DefinitionError, match="two are of the field 'support_group'"):
        TicketClassifier([model, model])


# -- drift -------------------------------------------------------------------------------------------


def test_tickets_of_the_same_kind_are_stable_and_others_have_drifted(model):
    before = [each.text for each in _tickets(400, seed=5)]

    same = drift(model, before, [each.text for each in _tickets(400, seed=6)])
    other = drift(
        model, before, [f"{each.text} migration cutover" for each in _tickets(400, 7, ("network",))]
    )

    assert same.state is DriftState.STABLE
    assert other.state is DriftState.DRIFTED
    assert {each.what: each.state for each in other.shifts}["labels"] is DriftState.DRIFTED
    assert "(all other words)" in other.explain()


def test_in_between_is_worth_a_look(model):
    before = [each.text for each in _tickets(400, seed=5)]
    strict = DriftThresholds(watch=1e-9, drifted=9)

    assert drift(model, before, before[:200], strict).state is DriftState.WATCH


def test_the_index_is_zero_for_equal_shares_and_never_less():
    draw = random.Random(0)
    assert stability_index({"a": 5, "b": 5}, {"a": 5, "b": 5}) == 0
    for _ in range(50):
        one, other = ({name: draw.randrange(20) for name in "abc"} for _ in range(2))
        assert stability_index(one, other) >= 0
        assert stability_index(one, other) == pytest.approx(stability_index(other, one))


def test_drift_of_nothing_and_thresholds_in_disorder_are_refused(model):
    with pytest.raises(DefinitionError, match="before: there are no texts"):
        drift(model, [], ["x"])
    with pytest.raises(DefinitionError, match="watch not above drifted"):
        DriftThresholds(watch=0.3)


def test_rows_without_a_label_teach_nothing(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("text,label\nno wifi,network\nwhat now,\n")

    assert examples_from_csv(path, "text", "label") == (Example("no wifi", "network"),)


def test_the_hold_outs_of_the_command_line_are_those_of_the_core():
    examples = _tickets(60)

    assert stratified_split(examples, Fraction(1, 5), 0)[1]
