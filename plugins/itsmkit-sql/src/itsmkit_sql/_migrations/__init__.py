"""
The way from each schema to the next, and back, with all data.

A migration is written once and never changed: it knows the tables before it and after it from its own words,
not from `itsmkit_sql._schema`, which goes on.
"""

from itsmkit_sql._migrations._steps import Migration, Progress, between, migrations, run, tables_of

__all__ = ["Migration", "Progress", "between", "migrations", "run", "tables_of"]
