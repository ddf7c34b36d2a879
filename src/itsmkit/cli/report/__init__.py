"""The HTML report: one file that needs nothing else, neither network nor script."""

from itsmkit.cli.report._page import report_page

__all__ = ["report_page"]
