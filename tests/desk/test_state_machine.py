"""The desk at work in any order, in memory."""

from hypothesis import settings

from itsmkit.testing.desk_machine import DeskMachine

TestDeskAtWork = DeskMachine.TestCase
# Long runs rather than many: what meets here was begun many steps before.
TestDeskAtWork.settings = settings(TestDeskAtWork.settings, max_examples=20, stateful_step_count=40)
