"""
Everything that a desk can be asked to do, each once, as something to run on any store.

What fails somewhere in the middle must leave all of it or nothing, whatever is asked for; so whoever tests
that goes through `USE_CASES`. A command of the desk without a use case is found by the tests of itsmkit.
"""

from itsmkit.testing.use_cases import (
    _access,
    _automation,
    _catalogue,
    _classification,
    _configuration,
    _conversations,
    _escalation,
    _experience,
    _knowledge,
    _links,
    _rotas,
    _routing,
    _tickets,
    _upkeep,
    _work_aids,
)
from itsmkit.testing.use_cases._catalogue import LAPTOP
from itsmkit.testing.use_cases._stage import EVERYBODY, FIXED_BY, RECORD, Stage, UseCase, command_of

__all__ = ["EVERYBODY", "FIXED_BY", "LAPTOP", "RECORD", "Stage", "USE_CASES", "UseCase", "command_of"]

USE_CASES = (
    *_tickets.USE_CASES,
    *_links.USE_CASES,
    *_access.USE_CASES,
    *_escalation.USE_CASES,
    *_configuration.USE_CASES,
    *_work_aids.USE_CASES,
    *_routing.USE_CASES,
    *_rotas.USE_CASES,
    *_classification.USE_CASES,
    *_experience.USE_CASES,
    *_knowledge.USE_CASES,
    *_catalogue.USE_CASES,
    *_upkeep.USE_CASES,
    *_automation.USE_CASES,
    *_conversations.USE_CASES,
)
"""All of them. Which takes an idempotency key, says the command."""
