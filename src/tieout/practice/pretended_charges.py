"""Acts: the memory of the test processor, so that it knows after a restart what it has pretended to charge."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from django.db import models

from tieout.practice.billing_rows import text_column
from tieout.practice.firms import Firm
from tieout.practice.processors import Answer, Outcome


class PretendedCharge(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    outcome = models.CharField(max_length=20)
    reference = text_column(100)
    reason = text_column(500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "key"], name="pretended_charge_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.outcome}"


class KeptAnswers(MutableMapping[str, Answer]):
    """What was answered under each key, for one firm."""

    def __init__(self, firm_id: int) -> None:
        self._rows = PretendedCharge.objects.filter(firm_id=firm_id)
        self._firm_id = firm_id

    def __getitem__(self, key: str) -> Answer:
        row = self._rows.filter(key=key).first()
        if row is None:
            raise KeyError(key)
        return Answer(Outcome(row.outcome), row.reference, row.reason)

    def __setitem__(self, key: str, answer: Answer) -> None:
        said = {"outcome": answer.outcome.value, "reference": answer.reference, "reason": answer.reason}
        PretendedCharge.objects.update_or_create(firm_id=self._firm_id, key=key, defaults=said)

    def __delitem__(self, key: str) -> None:
        if not self._rows.filter(key=key).delete()[0]:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows.values_list("key", flat=True))

    def __len__(self) -> int:
        return self._rows.count()
