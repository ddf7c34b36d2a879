"""Why a configuration item is at a level, and what is still missing for it to be at a worse one."""

from attrs import frozen

from itsmkit._figures import plural
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.seed import Seed

__all__ = ["Proof", "ProofStep", "Shortfall"]


@frozen
class ProofStep:
    """
    One conclusion.

    Args:
        ci: The configuration item.
        level: The level that it is at, or worse.
        seed: The seed that says so, or ``None`` if it follows.
        group: What it follows by: a relation as a sentence, or the name of a redundancy set or a rule.
        rule: The rule of the group.
        because: The providers that were needed for it, each with the level that counts; exactly as many as
            the rule asks for. Empty for a seed.
    """

    ci: CIId
    level: str
    seed: Seed | None
    group: str = ""
    rule: str = ""
    because: tuple[tuple[CIId, str], ...] = ()

    def __str__(self) -> str:
        if self.seed is not None:
            return f"{self.ci} is {self.level}: {self.seed.provenance.value}"
        causes = ", ".join(f"{ci} {level}" for ci, level in self.because)
        rule = "" if self.rule in {"", "all"} else f": {self.rule}"
        return f"{self.ci} is {self.level}: {causes} ({self.group}{rule})"


@frozen
class Proof:
    """
    A well-founded reason, from seeds to a conclusion; also where items depend on each other in a ring.

    Args:
        steps: Each follows from seeds and from steps before it; the last is the conclusion. Each is needed.
    """

    steps: tuple[ProofStep, ...]

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """Return the seeds that it rests on, in the order of the steps."""
        return tuple(step.seed for step in self.steps if step.seed is not None)

    @property
    def cis(self) -> tuple[CIId, ...]:
        """Return the configuration items that occur in it, each once, in the order of the steps."""
        return tuple(dict.fromkeys(step.ci for step in self.steps))

    def explain(self) -> str:
        """Return it as text, one line for each step."""
        return "\n".join(map(str, self.steps))


@frozen
class Shortfall:
    """
    How far one group of providers is from making its dependent worse.

    Args:
        group: A relation as a sentence, or the name of a redundancy set or a rule.
        members_at: The level at which each of the candidates counts, or worse.
        missing: How much weight more must be there; more than 0. Each member weighs 1 if nothing else is
            said.
        candidates: The members that are not there yet, each with its weight, the heaviest first.
    """

    group: str
    members_at: str
    missing: int
    candidates: tuple[tuple[CIId, int], ...]

    @property
    def failures(self) -> int:
        """Return the fewest further members that would do."""
        missing, failures = self.missing, 0
        for _, weight in self.candidates:
            if missing <= 0:
                break
            missing -= weight
            failures += 1
        return failures

    def __str__(self) -> str:
        who = ", ".join(ci for ci, _ in self.candidates)
        return (
            f"{self.group}: {plural(self.failures, 'further failure')} of {who}, {self.members_at} or worse"
        )
