"""Macros: several commands on a ticket that people give again and again, done as one."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import instance_problems
from itsmkit.practices.work_aids._aid import Aid
from itsmkit.practices.work_aids.placeholders import filled, text_problems

__all__ = ["Macro", "MacroStep"]


@frozen
class MacroStep:
    """
    One command of a macro.

    Args:
        command: What is done, as `TicketCommands.bulk` names it, such as ``"comment"`` or ``"transition"``.
        arguments: Those of the command, by name. Where a text has a place such as ``{requester}``, the fact
            of the ticket is put there, as it is when the step is done.
    """

    command: str = field(validator=named)
    arguments: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def arguments_for(self, facts: Mapping[str, object]) -> dict[str, object]:
        """
        Return the arguments with facts of a ticket in their places.

        Raises:
            RefusedError: With each name that there is no fact for.
        """
        return {
            name: filled(value, facts) if isinstance(value, str) else value
            for name, value in self.arguments.items()
        }


@frozen(kw_only=True, slots=False)
class Macro(Aid):
    """
    Several commands on a ticket, done as one, or not at all.

    Whoever uses it needs to be permitted each of them.

    Args:
        steps: The commands, in order; one or more.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> asking = MacroStep("comment", {"text": "Which room, {requester}?"})
    >>> Macro(id="ask", name="Ask back", steps=[asking]).steps[0].arguments_for({"requester": "bob"})
    {'text': 'Which room, bob?'}
    """

    steps: tuple[MacroStep, ...] = field(converter=as_tuple)

    def _problems(self) -> Iterator[str]:
        if not self.steps:
            yield "steps: there is none; name at least one command"
        for place, step in enumerate(self.steps):
            wrong = [*instance_problems(f"steps[{place}]", step, MacroStep)]
            yield from wrong
            if not wrong:
                for name, value in step.arguments.items():
                    if isinstance(value, str):
                        yield from text_problems(f"steps[{place}].arguments.{name}", value)
