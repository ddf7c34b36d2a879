"""Pictures that stand by themselves: SVG files for browsers, pages and tickets."""

from itsmkit.cli.plots._open_time import open_time_plot

__all__ = ["open_time_plot"]
