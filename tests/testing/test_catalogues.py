from pathlib import Path

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.languages import SHIPPED
from itsmkit.languages._babel import read_po
from itsmkit.languages.entry import Entry, PoFile
from itsmkit.testing import catalogues
from itsmkit.testing.catalogues import (
    catalogue_problems,
    main,
    messages_in,
    standard_names,
    update_catalogues,
)

SOURCE = """
from itsmkit.languages import counted, message, msgid

A = message("{a} is new", a=1)
B = counted("{n} file", "{n} files", n=2)
C = msgid("New", "state"), msgid("Old", kind="state"), msgid("plain")
D = message("{a} is new", a=2)
"""


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    return folder


def test_messages_are_found_in_the_source(tmp_path: Path) -> None:
    folder = written(tmp_path, one=SOURCE, two=SOURCE, other='def message(x): ...\nmessage("of another")\n')
    both = ("one.py", "two.py")
    assert messages_in(folder) == (
        Entry("{a} is new", places=both),
        Entry("{n} file", many="{n} files", places=both),
        Entry("New", kind="state", places=both),
        Entry("Old", kind="state", places=both),
        Entry("plain", places=both),
    )


def test_words_that_are_not_written_out_are_told_of(tmp_path: Path) -> None:
    head = "from itsmkit.languages import counted, message\n"
    folder = written(tmp_path, a=f'{head}message(words)\n\ncounted("one", many)\ncounted("one")\n')
    with pytest.raises(DefinitionError) as caught:
        messages_in(folder)
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == ["a.py:2", "a.py:4", "a.py:5"]


def test_names_are_those_of_the_rules_that_are_brought() -> None:
    found = {(entry.kind, entry.text) for entry in standard_names()}
    assert {("state", "In Progress"), ("state", "On Site"), ("clock", "resolve"), ("verdict", "met")} <= found


def test_what_is_wrong_with_a_catalogue() -> None:
    found = [Entry("a {x}"), Entry("b"), Entry("{n} c", many="{n} cs"), Entry("d"), Entry("e"), Entry("new")]
    file = PoFile(
        [
            Entry("a {x}", ["A {y}"]),
            Entry("b", ["B"], is_fuzzy=True),
            Entry("{n} c", ["C", ""], many="{n} ces"),
            Entry("d", [""]),
            Entry("e", ["E {"]),
            Entry("old", ["O"], kind="state"),
        ],
        plural="(n != 1)",
        forms=2,
        obsolete=["older"],
    )
    assert sorted(catalogue_problems("xx.po", file, found)) == [
        "xx.po: 'a {x}': nothing is known to put in place of {y}; known: {x}",
        "xx.po: 'b' is marked as uncertain",
        "xx.po: 'd' has 0 of 1 translations",
        (
            "xx.po: 'e': str 'E {': Single '{' encountered in format string; "
            "write {{ and }} for braces that are meant as such"
        ),
        "xx.po: 'older' is obsolete",
        "xx.po: '{n} c' counts otherwise in the source",
        "xx.po: '{n} c' has 1 of 2 translations",
        "xx.po: no entry for 'new'",
        "xx.po: nothing says 'old' any more",
    ]


def test_a_translation_may_spell_out_one_but_not_many() -> None:
    found = [Entry("{n} c", many="{n} cs"), Entry("{a}")]

    def problems(*forms: str) -> list[str]:
        file = PoFile([Entry("{n} c", forms, many="{n} cs"), Entry("{a}", ["x"])], plural="", forms=2)
        return sorted(catalogue_problems("xx", file, found))

    assert problems("one c", "{n} cs") == ["xx: '{a}': the translation leaves out a"]
    assert problems("{n} c", "some cs")[1] == "xx: '{n} c': the translation leaves out n"


def test_an_update_keeps_what_is_translated_and_drops_what_is_not_said(tmp_path: Path) -> None:
    file = tmp_path / "nl.po"
    before = [Entry("a {x}"), Entry("{n} c", many="{n} cs"), Entry("old"), Entry("New", kind="state")]
    update_catalogues(tmp_path, ["nl"], before)
    text = file.read_text("utf-8")
    for english, dutch in (('"a {x}"', '"een {x}"'), ('"old"', '"oud"'), ('"New"', '"Nieuw"')):
        text = text.replace(f'msgid {english}\nmsgstr ""', f"msgid {english}\nmsgstr {dutch}")
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "{n} c"\nmsgstr[1] "{n} c\'s"')
    file.write_text(text.replace("msgid", "# by hand\nmsgid", 2).replace("# by hand\n", "", 1), "utf-8")
    after = [Entry("New", kind="state"), Entry("New"), Entry("a {x}"), Entry("{n} c", many="{n} cs")]
    update_catalogues(tmp_path, ["nl"], after)
    found = read_po(file.read_bytes(), "nl.po")
    assert {entry.key: entry.texts for entry in found.entries} == {
        (None, "a {x}"): ("een {x}",),
        (None, "{n} c"): ("{n} c", "{n} c's"),
        (None, "New"): ("",),
        ("state", "New"): ("Nieuw",),
    }
    assert (found.plural, found.forms, found.obsolete) == ("(n != 1)", 2, ())
    assert "# by hand" in file.read_text("utf-8")
    again = file.read_bytes()
    update_catalogues(tmp_path, ["nl"], after)
    assert file.read_bytes() == again


def test_words_that_count_otherwise_are_to_be_translated_anew(tmp_path: Path) -> None:
    update_catalogues(tmp_path, ["nl"], [Entry("{n} c", many="{n} cs")])
    file = tmp_path / "nl.po"
    file.write_text(
        file.read_text("utf-8").replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "x"\nmsgstr[1] "y"')
    )
    update_catalogues(tmp_path, ["nl"], [Entry("{n} c", many="{n} ces")])
    (entry,) = read_po(file.read_bytes(), "nl.po").entries
    assert (entry.many, entry.texts) == ("{n} ces", ("", ""))


def test_what_is_no_catalogue_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"nl\.po is no catalogue of gettext"):
        read_po(b'msgid "a"\nnonsense', "nl.po")


def test_the_catalogues_of_itsmkit_are_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path(catalogues.__file__).parents[1]
    own = source / "languages" / "catalogues"
    copied = tmp_path / "languages" / "catalogues"
    copied.mkdir(parents=True)
    for path in source.rglob("*.py"):
        there = tmp_path / path.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(path.read_bytes())
    for path in own.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(catalogues, "files", lambda _package: tmp_path)
    assert (main(), capsys.readouterr().out) == (0, "")
    for tag in SHIPPED[1:]:
        assert (copied / f"{tag}.po").read_bytes() == (own / f"{tag}.po").read_bytes()
    (copied / "nl.po").unlink()
    assert main() == len(capsys.readouterr().out.splitlines()) > 100
