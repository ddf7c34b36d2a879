from hypothesis import given
from hypothesis import strategies as st
from tests.languages.conftest import CONTROLS, FSI, PDI, TEXTS, assert_balanced

from itsmkit.languages.bidi import Direction, as_html, isolated, without_controls

LTR, RTL = Direction
DIRECTIONS = st.sampled_from(Direction)


@given(TEXTS)
def test_no_control_of_direction_is_left(text: str) -> None:
    clean = without_controls(text)
    assert not CONTROLS & {*clean}
    assert clean == "".join(each for each in text if each not in CONTROLS)


@given(TEXTS.map(without_controls), DIRECTIONS)
def test_isolates_are_balanced_and_take_nothing_away(text: str, base: Direction) -> None:
    found = isolated(text, base)
    assert_balanced(found)
    assert found.replace(FSI, "").replace(PDI, "") == text


def test_what_is_at_home_stands_as_it_is() -> None:
    assert isolated("INC-7 (50%)", LTR) == "INC-7 (50%)"
    assert isolated("\u0645\u06cc\u200c\u0634\u0648\u062f", RTL) == "\u0645\u06cc\u200c\u0634\u0648\u062f"
    assert isolated("", RTL) == isolated("", LTR) == ""


def test_what_is_foreign_is_set_apart_line_by_line() -> None:
    assert isolated("a\u05d0", LTR) == f"{FSI}a\u05d0{PDI}"
    assert isolated("\u0661\u0662", LTR) == f"{FSI}\u0661\u0662{PDI}"
    # Digits and signs move in a text from right to left.
    assert isolated("10-20", RTL) == f"{FSI}10-20{PDI}"
    assert isolated("a\r\n\u05d0\nb", RTL) == f"{FSI}a{PDI}\r\n\u05d0\n{FSI}b{PDI}"


@given(TEXTS.map(without_controls), DIRECTIONS)
def test_html_has_an_element_for_each_isolate(text: str, base: Direction) -> None:
    set_apart = isolated(text, base)
    html = as_html(set_apart, language="fa", direction=base)
    assert html.startswith(f'<div lang="fa" dir="{base}"><p>')
    assert html.count("<bdi>") == html.count("</bdi>") == set_apart.count(FSI)
    assert not {FSI, PDI} & {*html}


def test_html_is_escaped_and_has_paragraphs() -> None:
    html = as_html("<b>&\n\n\nx\ny", language='"', direction=RTL)
    assert html == '<div lang="&quot;" dir="rtl"><p>&lt;b&gt;&amp;</p><p>x<br>y</p></div>'
