"""
What must be shown of a desk on a database, a script for each figure.

``python -m bench.reliability.NAME`` runs one of them, ``make soak`` all. Each prints its figures as a table,
and ends with the exit code 1 if anything was not as it must be. ``--short`` is for between two commits.
"""
