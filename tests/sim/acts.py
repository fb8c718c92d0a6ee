"""Acts: what people do with clients, service items and lists, here and in QuickBooks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quickbooks_emulator.faults import Fault
from tests.sim import money, payments
from tests.sim.memory import LEDGER, PRACTICE, typed_name
from tests.sim.storm import Act, Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.clients import archive_client, change_client, create_client, restore_client
from tieout.practice.actions.service_items import (
    archive_service_item,
    change_service_item,
    create_service_item,
    restore_service_item,
)
from tieout.practice.ledger_lists import ListEntry
from tieout.practice.records import RECORD_KINDS
from tieout.sync.models import Link

FIRST = ["Ada", "Bo", "Cleo", "Dag", "Eva"]
LAST = ["Byrne", "Diaz", "O'Hara", "Núñez", "Smith & Lee"]
ODD = [
    "Zoë 🌻 Gardens",
    "名前 Ltd",
    "  Ada   Byrne ",
    "ADA BYRNE",
    "Byrne: Estate",
    "x" * 120,
    "שלום Co",
    "100% \\ Cotton",
]


def edit_there(
    storm: Storm, word: str, record_id: str | None, fields: Mapping[str, Any], operation: str = "update"
) -> str:
    """A person's edit in QuickBooks; what QuickBooks refuses is refused to a person too. Returns the id, or ""."""
    try:
        made = storm.town.emulator.control.edit(storm.town.realm, word, record_id, fields, operation)
    except Fault as fault:
        storm.tell(f"{word} {record_id} {operation} refused there: {fault.code}")
        return ""
    storm.tell(f"{word} {made['Id']} there: {operation} {dict(fields)}")
    if operation == "delete":
        storm.gone_there(word, str(made["Id"]))
    if "CustomerRef" in made:
        storm.meddled.add(str(made["CustomerRef"]["value"]))
    return str(made["Id"])


def records(storm: Storm, word: str) -> list[Any]:
    return list(storm.town.emulator.control.records(storm.town.realm, word))


def ids_here(storm: Storm, kind: str) -> list[str]:
    town = storm.town
    with town.here():
        return sorted(RECORD_KINDS[kind].all_ids(town.firm.pk))


# -- clients ------------------------------------------------------------------------------------------------


def a_name(storm: Storm) -> str:
    """What somebody calls a client, on either side: now and then as one that is out of use is called already."""
    name = _a_name(storm)
    put_away = sorted(
        {typed_name(one, "DisplayName") for one in records(storm, "Customer") if not one["Active"]}
    )
    if put_away and storm.later.random() < 0.2:
        name = storm.later.choice(put_away)
    if name in put_away:
        storm.hit("F44")
    return name


def _a_name(storm: Storm) -> str:
    if storm.rng.random() < 0.15:
        storm.hit("F45")
        return storm.rng.choice(ODD)
    return f"{storm.rng.choice(FIRST)} {storm.rng.choice(LAST)}"


def client_here(storm: Storm) -> None:
    town, rng = storm.town, storm.rng
    clients = ids_here(storm, "client")
    with town.here():
        if not clients or rng.random() < 0.35:
            name = a_name(storm)
            kind = rng.choice(["business", "individual"])
            made = create_client(
                firm_id=town.firm.pk,
                actor=SOMEBODY,
                kind=kind,
                name=name,
                phone=storm.word(),
                email=f"{storm.word()}@example.com",
            )
            storm.tell(f"client {made.pk} made here: {name!r}")
            return
        one = rng.choice(clients)
        if rng.random() < 0.1:
            act = rng.choice([archive_client, restore_client])
            storm.tell(f"client {one}: {act.__name__}")
            act(firm_id=town.firm.pk, client_id=one, actor=SOMEBODY)
            return
        fields: dict[str, Any] = rng.choice(
            [{"phone": storm.word()}, {"email": f"{storm.word()}@x.com"}, {"name": a_name(storm)}]
        )
        edit_client(storm, one, fields)


def edit_client(storm: Storm, one: str, fields: Mapping[str, Any]) -> None:
    town = storm.town
    with town.here():
        storm.tell(f"client {one} here: {dict(fields)}")
        storm.memory.look("client")
        change_client(firm_id=town.firm.pk, client_id=one, actor=SOMEBODY, **fields)
        now = RECORD_KINDS["client"].read(town.firm.pk, [one])[one].units
    storm.memory.was_typed("client", PRACTICE, one, {unit: now[unit] for unit in fields})


def client_there(storm: Storm) -> None:
    rng = storm.rng
    customers = records(storm, "Customer")
    active = [one for one in customers if one["Active"]]
    choice = rng.random()
    if choice < 0.3 or not active:
        fields = {"DisplayName": a_name(storm), "PrimaryPhone": {"FreeFormNumber": storm.word()}}
        if rng.random() < 0.15:
            if edit_there(storm, "Vendor", None, {"DisplayName": fields["DisplayName"]}, "create"):
                storm.hit("F43")
        else:
            edit_there(storm, "Customer", None, fields, "create")
        return
    one = rng.choice(customers)
    if choice < 0.42:
        if one["Active"]:
            put_away_there(storm, one)
        else:
            storm.by_hand.add(str(one["Id"]))
            edit_there(storm, "Customer", one["Id"], {}, "reactivate")
        return
    one = rng.choice(active)
    edit: dict[str, Any]
    unit, value, edit = rng.choice(
        [
            ("phone", p := storm.word(), {"PrimaryPhone": {"FreeFormNumber": p}}),
            ("email", e := f"{storm.word()}@y.com", {"PrimaryEmailAddr": {"Address": e}}),
            ("name", n := a_name(storm).strip(), {"DisplayName": n}),
        ]
    )
    edit_linked_there(storm, "client", "Customer", one["Id"], unit, value, edit)


def put_away_there(storm: Storm, customer: Mapping[str, Any]) -> None:
    """Somebody takes a customer out of use; QuickBooks writes an adjustment to bring a balance to nothing."""
    storm.by_hand.add(str(customer["Id"]))
    owes = Decimal(str(customer.get("Balance", 0)))
    if edit_there(storm, "Customer", customer["Id"], {}, "deactivate") and owes:
        storm.hit("F47")


def edit_linked_there(
    storm: Storm, entity: str, word: str, record_id: str, unit: str, value: Any, fields: Mapping[str, Any]
) -> bool:
    """Returns whether it was taken."""
    storm.memory.about_to_edit_there(entity, str(record_id))
    taken = bool(edit_there(storm, word, record_id, fields))
    if taken:
        storm.memory.was_typed(entity, LEDGER, str(record_id), {unit: value})
    return taken


def merge(storm: Storm) -> None:
    """Two customers become one in QuickBooks; the absorbed one is gone there."""
    active = [one for one in records(storm, "Customer") if one["Active"]]
    if len(active) < 2:
        return
    loser, survivor = storm.rng.sample(active, 2)
    storm.tell(f"customer {loser['Id']} merged into {survivor['Id']}")
    storm.by_hand |= {str(loser["Id"]), str(survivor["Id"])}
    merge_there(storm, str(loser["Id"]), str(survivor["Id"]))


def merge_there(storm: Storm, loser: str, survivor: str) -> None:
    with storm.town.here():
        linked = Link.objects.filter(entity="client", ledger_id__in=[loser, survivor]).count()
    try:
        storm.town.emulator.control.merge(storm.town.realm, "Customer", loser, survivor)
    except Fault as fault:
        storm.tell(f"refused there: {fault.code}")
        return
    storm.gone_there("Customer", loser)
    if linked == 2:
        storm.hit("F46")


def twice(storm: Storm) -> None:
    """Both sides edit the same record in the same second, the same unit or different ones."""
    with storm.town.here():
        links = Link.objects.filter(entity="client").order_by("id")
        pairs = list(links.values_list("practice_id", "ledger_id"))
    alive = {one["Id"] for one in records(storm, "Customer") if one["Active"]}
    pairs = [pair for pair in pairs if pair[1] in alive]
    if not pairs:
        return
    here, there = storm.rng.choice(pairs)
    edit_client(storm, here, {"phone": storm.word()})
    unit, value, fields = storm.rng.choice(
        [
            ("phone", p := storm.word(), {"PrimaryPhone": {"FreeFormNumber": p}}),
            ("email", e := f"{storm.word()}@z.com", {"PrimaryEmailAddr": {"Address": e}}),
        ]
    )
    if edit_linked_there(storm, "client", "Customer", there, unit, value, fields):
        storm.hit("F42" if unit == "phone" else "F41")
        storm.hit("F39")


# -- service items and lists ----------------------------------------------------------------------------------


def item_here(storm: Storm) -> None:
    town, rng = storm.town, storm.rng
    items = ids_here(storm, "service_item")
    with town.here():
        if rng.random() < 0.3:
            income = ListEntry.objects.filter(list="account", account_type="Income", is_active=True)
            account = income.order_by("ledger_id").first()
            name = f"Service {storm.word()}"
            storm.tell(f"service item made here: {name}")
            create_service_item(
                firm_id=town.firm.pk,
                actor=SOMEBODY,
                name=name,
                rate=Decimal(rng.randrange(1, 50_000)) / 100,
                income_account_id=account.pk if account and rng.random() < 0.7 else None,
            )
            return
        one = rng.choice(items)
        if rng.random() < 0.1:
            act = rng.choice([archive_service_item, restore_service_item])
            storm.tell(f"service item {one}: {act.__name__}")
            act(firm_id=town.firm.pk, item_id=one, actor=SOMEBODY)
            return
        fields: dict[str, Any] = rng.choice(
            [
                {"rate": Decimal(rng.randrange(1, 50_000)) / 100},
                {"sku": f"S{storm.word()}"},
                {"description": f"about {storm.word()}"},
                {"name": f"Service {storm.word()}"},
            ]
        )
        storm.tell(f"service item {one} here: {fields}")
        storm.memory.look("service_item")
        change_service_item(firm_id=town.firm.pk, item_id=one, actor=SOMEBODY, **fields)
        now = RECORD_KINDS["service_item"].read(town.firm.pk, [one])[one].units
    storm.memory.was_typed("service_item", PRACTICE, one, {unit: now[unit] for unit in fields})


def item_there(storm: Storm) -> None:
    rng = storm.rng
    items = [one for one in records(storm, "Item") if one["Type"] == "Service"]
    choice = rng.random()
    if choice < 0.2 or not items:
        income = next(one for one in records(storm, "Account") if one["AccountType"] == "Income")
        kind = rng.choice(["Service", "Service", "NonInventory"])
        fields = {
            "Name": f"Item {storm.word()}",
            "Type": kind,
            "UnitPrice": Decimal(rng.randrange(1, 50_000)) / 100,
            "IncomeAccountRef": {"value": income["Id"]},
        }
        edit_there(storm, "Item", None, fields, "create")
        return
    one = rng.choice(items)
    if choice < 0.35:
        if edit_there(storm, "Item", one["Id"], {}, "deactivate" if one["Active"] else "reactivate"):
            storm.hit("F48")
    elif choice < 0.42:
        if edit_there(storm, "Account", one["IncomeAccountRef"]["value"], {}, "deactivate"):
            storm.hit("F49")
    elif one["Active"]:
        unit, value, fields = rng.choice(
            [
                ("rate", r := Decimal(rng.randrange(1, 50_000)) / 100, {"UnitPrice": r}),
                ("sku", s := f"Q{storm.word()}", {"Sku": s}),
                ("name", n := f"Item {storm.word()}", {"Name": n}),
            ]
        )
        if edit_linked_there(storm, "service_item", "Item", one["Id"], unit, value, fields):
            storm.hit("F48")


def list_there(storm: Storm) -> None:
    """Categories, classes, locations, accounts, terms: made, renamed or put away in QuickBooks."""
    rng = storm.rng
    word, fields = rng.choice(
        [
            ("Item", {"Name": f"Category {storm.word()}", "Type": "Category"}),
            ("Class", {"Name": f"Class {storm.word()}"}),
            ("Department", {"Name": f"Office {storm.word()}"}),
            ("Term", {"Name": f"Net {storm.word()}", "DueDays": 20}),
            ("PaymentMethod", {"Name": f"Method {storm.word()}"}),
            ("Account", {"Name": f"Account {storm.word()}", "AccountType": "Income"}),
        ]
    )
    if rng.random() < 0.6:
        edit_there(storm, word, None, fields, "create")
        return
    chosen = [
        one for one in records(storm, word) if one["Active"] and one.get("Type", "Category") == "Category"
    ]
    if chosen:
        one = rng.choice(chosen)
        what = rng.choice([("update", {"Name": f"{word} {storm.word()}"}), ("deactivate", {})])
        edit_there(storm, word, one["Id"], what[1], what[0])


def other_firm(storm: Storm) -> None:
    """Another firm on the same installation, with its own company: edits on both sides, and a pass of its own."""
    other, rng = storm.other, storm.rng
    choice = rng.random()
    if choice < 0.3:
        made = other.add_client(f"{rng.choice(FIRST)} {rng.choice(LAST)} {storm.word()}", phone=storm.word())
        storm.tell(f"the other firm's client {made} made")
    elif choice < 0.6:
        name = f"{rng.choice(FIRST)} {storm.word()}"
        try:
            other.add_customer(name)
            storm.tell(f"the other firm's customer {name} made there")
        except Fault as fault:
            storm.tell(f"the other firm's customer {name} refused there: {fault.code}")
        client_there(storm)  # so that one delivery may tell of both companies
    else:
        passed = other.run()
        storm.tell(f"the other firm's run: {passed and passed.outcome}")
        storm.probes["the other firm ran"] += 1


ACTS: Mapping[str, Act] = {
    "client here": client_here,
    "client there": client_there,
    "merge": merge,
    "twice": twice,
    "item here": item_here,
    "item there": item_there,
    "list there": list_there,
    "other firm": other_firm,
    "invoice": money.invoice,
    "invoice there": money.invoice_there,
    "money": payments.money,
    "money there": payments.money_there,
}
