"""
A desk at work, in any order: many people, kinds of work, rules of access, and time that passes.

`DeskMachine` is a Hypothesis state machine. After each step it compares the desk with what a few plain
functions say: what a history makes, when clocks and timers are due, who may see which ticket, and what of it.
Those functions are written from the words of the rules; they know nothing of conditions and policies.

Example:
    class MyMachine(DeskMachine):
        def new_store(self) -> Store:
            return MyStore.open("mine:///empty")

    TestMyStoreAtWork = MyMachine.TestCase
"""

from itsmkit.testing.desk_machine._checks import Checked
from itsmkit.testing.desk_machine._links import LinkRules
from itsmkit.testing.desk_machine._moves import MoveRules
from itsmkit.testing.desk_machine._take_over import TakeOverRules
from itsmkit.testing.desk_machine._tickets import TicketRules
from itsmkit.testing.desk_machine._time import TimeRules

__all__ = ["DeskMachine"]


class DeskMachine(TicketRules, MoveRules, LinkRules, TakeOverRules, TimeRules, Checked):
    """
    A desk at work.

    Override `new_store` for another backend; in memory by default. How many examples are run, and of how many
    steps, the settings of ``TestCase`` say.
    """
