"""What can be asked of coaching: notes for somebody, and for who leads them."""

from attrs import frozen

from itsmkit.conditions import equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.practices.coaching import CoachingNote, leads_of, may_read_notes, write_note
from itsmkit.practices.inheritance import known
from itsmkit.tickets import Actor, TicketId

__all__ = ["CoachingCommands"]

COACHING_NOTE = RecordKind("coaching note", CoachingNote, personal=["text"])


@looking_at_arguments()
@frozen
class CoachingCommands:
    """
    What can be asked of coaching; reached as ``desk.coaching``.

    Notes about somebody are for them and for who leads them now: their manager, and the leads of their
    groups. Nobody else finds any, whatever they are permitted; a privileged context does.
    """

    _runner: Runner
    _actor: Actor | None

    def about(self, person: str) -> tuple[CoachingNote, ...]:
        """
        Return the notes about somebody, in the order in which they were written.

        Args:
            person: The id of the person.

        Returns:
            Nothing for whoever is neither the person nor leads them.
        """
        runner, actor = self._runner, self._actor
        is_for_them = actor is not None and may_read_notes(actor.id, person, _leads(runner, person))
        if not runner.privileged and not is_for_them:
            return ()
        found = Shelf(COACHING_NOTE, runner).each(equals("person", person))
        return tuple(sorted(found, key=lambda each: (each.written_at, each.id)))

    def write(
        self,
        person: str,
        text: str,
        *,
        skill: str | None = None,
        ticket_id: TicketId | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> CoachingNote:
        """
        Write a note for somebody whom the actor leads.

        Args:
            person: The id of the person.
            text: The words.
            skill: The skill that it is about.
            ticket_id: The ticket that it came from.
            by: Who writes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If the actor does not lead the person.
            DefinitionError: If there are no words.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("coaching.write", actor, idempotency_key, person, text, skill, ticket_id)
        leads = _leads(runner, person)
        return Shelf(COACHING_NOTE, runner).begin(
            lambda _unit: write_note(
                CoachingNote(
                    id=runner.new_id(),
                    person=person,
                    author=actor.id,
                    text=text,
                    written_at=runner.clock(),
                    skill=skill,
                    ticket_id=ticket_id,
                ),
                leads,
            )
        )

    def erase(
        self,
        note_id: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> CoachingNote:
        """
        Erase the words of a note, and of its history; who wrote it for whom, and when, stays.

        Args:
            note_id: The note.
            reason: Why; it stays in the history.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such note.
            RefusedError: If no reason is said.
        """
        runner = self._runner.asked(
            "coaching.erase", acting(by, self._actor), idempotency_key, note_id, reason
        )
        return Shelf(COACHING_NOTE, runner).forget(note_id, reason, called="coaching note")


def _leads(runner: Runner, person: str) -> frozenset[str]:
    """Return who leads somebody now; nobody leads whom the directory does not know."""
    found = known(runner.directory.person, person)
    if found is None:
        return frozenset()
    return leads_of(found, known(runner.directory.groups_of, person) or ())
