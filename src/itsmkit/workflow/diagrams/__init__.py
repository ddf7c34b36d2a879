"""
Diagrams of workflow definitions: Mermaid, DOT and SVG, each a text made from a value.

All three show the same: the states in the colours of their categories, composite states as frames around
them, one arrow for each pair of states with its triggers, guards and timers, where tickets begin and where
they end. With `Frequencies`, they also show how often each way was taken.

The same definition makes the same text, so that a diagram can be kept beside its workflow and compared. The
form that goes both ways exactly is the document, `itsmkit.workflow.to_mapping`; a diagram is for people.

Mermaid and DOT need nothing else. SVG needs the extra ``diagrams``, which lays the picture out; it is loaded
when a picture is drawn.

>>> from itsmkit.workflow import incident_workflow
>>> drawn = mermaid_text(incident_workflow())
>>> "Resolved --> Closed : close" in drawn
True
"""

from itsmkit.workflow.diagrams.dot import dot_text
from itsmkit.workflow.diagrams.frequencies import Frequencies
from itsmkit.workflow.diagrams.mermaid import mermaid_text
from itsmkit.workflow.diagrams.svg import svg_text

__all__ = ["Frequencies", "dot_text", "mermaid_text", "svg_text"]
