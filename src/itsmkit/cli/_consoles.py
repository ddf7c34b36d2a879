"""Where the commands print: text is data, never markup, and has no colour where nobody sees it."""

from rich.console import Console

__all__ = ["error_console", "output_console", "printable", "tame"]

_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"
}


def output_console() -> Console:
    """Return the console of stdout, for what was asked."""
    return Console(markup=False, highlight=False, emoji=False)


def error_console() -> Console:
    """Return the console of stderr, for progress and errors."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def tame(text: str) -> str:
    r"""
    Return *text* without control characters, so that nothing in a log can steer the reader's terminal.

    >>> tame("\x1b[2Jnetwork")
    '\ufffd[2Jnetwork'
    """
    return text.translate(_CONTROLS)


def printable(text: str) -> str:
    r"""
    Return *text* on one line, with nothing in it that cannot be printed, as a desk asks of what it keeps.

    >>> printable("hosts\udcff\n.csv")
    'hosts\ufffd\ufffd.csv'
    """
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
