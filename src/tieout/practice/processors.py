"""Acts: how a card or bank account is charged. The adapter every payment processor implements, and one for tests.

Card data never comes here: the processor's own page turns it into a token in the payer's browser. Every request has
a key, and a processor answers the same key the same way, so that asking again never charges twice.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    """A bank transfer that takes days; the processor tells later."""
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    reference: str = ""
    """The processor's own id of the charge or refund."""
    reason: str = ""
    """Why it was declined, as a sentence for a person."""


class NoAnswer(Exception):
    """The processor may or may not have done it. Ask again with the same key; never with a new one."""


class Processor(Protocol):
    """Amounts are in ``currency`` (ISO 4217). Each call raises NoAnswer when the outcome is unknown."""

    name: str

    def charge(self, key: str, token: str, method: str, amount: Decimal, currency: str) -> Answer: ...

    def refund(self, key: str, charge_reference: str, amount: Decimal, currency: str) -> Answer: ...

    def find(self, key: str) -> Answer | None:
        """What became of the request with this key; None when it never arrived."""
        ...


@dataclass
class TestProcessor:
    """Moves no money. The token says what happens: it ends in ``declined``, ``pending``, ``bounced``, ``lost`` or ``never``.

    ``pending``: the money is there when it is asked about next; ``bounced``: it then turns out not to come.
    ``lost``: it is charged but the answer does not arrive. ``never``: nothing arrives there at all.
    """

    __test__ = False  # not a test, whatever its name looks like

    name: str = "test"
    answers: MutableMapping[str, Answer] = field(default_factory=dict)
    """By key: what it has done."""

    def charge(self, key: str, token: str, method: str, amount: Decimal, currency: str) -> Answer:
        if token.endswith("never"):
            raise NoAnswer("The test processor was not reached.")
        answer = self.answers.setdefault(key, self._decide(key, token))
        if token.endswith("lost"):
            raise NoAnswer("The test processor's answer was lost.")
        return answer

    def refund(self, key: str, charge_reference: str, amount: Decimal, currency: str) -> Answer:
        return self.answers.setdefault(key, self._decide(key, charge_reference))

    def find(self, key: str) -> Answer | None:
        answer = self.answers.get(key)
        if answer is not None and answer.outcome is Outcome.PENDING:
            outcome = Outcome.DECLINED if answer.reason else Outcome.SUCCEEDED
            answer = self.answers[key] = Answer(outcome, answer.reference, answer.reason)
        return answer

    def _decide(self, key: str, token: str) -> Answer:
        if token.endswith("declined"):
            return Answer(Outcome.DECLINED, reason="The test processor declines this token.")
        if token.endswith("bounced"):
            return Answer(Outcome.PENDING, f"test-{key}", "The bank of the payer sent the transfer back.")
        if token.endswith("pending"):
            return Answer(Outcome.PENDING, f"test-{key}")
        return Answer(Outcome.SUCCEEDED, f"test-{key}")
