"""Acts: what a person in QuickBooks does with a document of ours of which we do not know yet whether it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.sim.acts import edit_there, records
from tests.sim.memory import DOCUMENTS
from tests.sim.money import TODAY
from tests.sim.storm import Storm
from tieout.sync.models import Attempt


def doubtful_there(storm: Storm) -> None:
    """A person finds one of ours that we are still in doubt about, and moves it to another day or customer, or takes
    our mark off it."""
    rng, town = storm.meddling, storm.town
    with town.here():
        doubtful = Attempt.objects.filter(state="in_doubt", operation="create").order_by("id")
        marks = dict(doubtful.values_list("request_id", "entity"))
    for mark, entity in marks.items():
        if entity not in DOCUMENTS or rng.random() < 0.6:
            continue
        word = DOCUMENTS[entity]
        for one in records(storm, word):
            if not one.get("PrivateNote", "").endswith(f"Tieout {mark}"):
                continue
            what = rng.choice(["redated", "redated", "moved", "mark taken off"])
            customers = [each["Id"] for each in records(storm, "Customer") if each["Active"]]
            fields: Mapping[str, Any] = {
                "redated": {"TxnDate": (TODAY - timedelta(days=rng.randrange(2, 20))).isoformat()},
                "moved": {"CustomerRef": {"value": rng.choice(customers)}},
                "mark taken off": {"PrivateNote": "seen"},
            }[what]
            storm.touched_by_hand(one)
            storm.meddled.add(str(one["CustomerRef"]["value"]))
            if edit_there(storm, word, one["Id"], fields):
                storm.by_hand.add(str(fields.get("CustomerRef", one["CustomerRef"])["value"]))
                storm.probes[f"in doubt and {what} there"] += 1
