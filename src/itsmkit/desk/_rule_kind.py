"""How rules of automation are kept as records."""

from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._rule_book import RULE_RECORDS
from itsmkit.practices.automation import Rule, trigger_form

__all__ = ["RULE"]

RULE = RecordKind(RULE_RECORDS, Rule, forms=[trigger_form])
