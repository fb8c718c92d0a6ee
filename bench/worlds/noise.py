"""Decides how a client's name is written: cleanly, or as people type it. One draw per habit, from the world's rng."""

from __future__ import annotations

import re
from random import Random

from bench.worlds.population import Entity, Person
from tieout.reconcile.match_nicknames import NICKNAMES

ABBREVIATED = {
    "Services": "Svcs", "Construction": "Const", "Management": "Mgmt", "Associates": "Assoc", "Properties": "Props",
    "Investments": "Inv", "Enterprises": "Ent", "Technologies": "Tech", "Manufacturing": "Mfg", "Development": "Dev",
    "Association": "Assn", "Insurance": "Ins", "Transportation": "Transp", "Foundation": "Fdn", "Holdings": "Hldgs",
    "Street": "St", "Financial": "Fin", "Industries": "Ind", "Contracting": "Contr", "Saint": "St", "Center": "Ctr",
    "Advertising": "Adv", "Engineering": "Eng", "Group": "Grp", "Memorial": "Mem", "International": "Intl",
}  # fmt: skip
FORM_SPELLINGS = {
    "LLC": ("L.L.C.", "llc", "Limited Liability Company", "LLC."),
    "Inc": ("Inc.", "Incorporated", "INC", ", Inc."),
    "Corp": ("Corporation", "Corp.", "CORP"),
    "PLLC": ("P.L.L.C.", "PLLC."),
    "PC": ("P.C.", "Professional Corporation"),
    "LLP": ("L.L.P.",),
    "LP": ("L.P.", "Limited Partnership"),
    "Ltd": ("Ltd.", "Limited"),
}


def clean_name(entity: Entity, rng: Random) -> str:
    person = entity.person
    if entity.kind == "person" and person:
        return _person(
            person, rng, middle=rng.choice(["", "initial", "initial", "full"]) if person.middle else ""
        )
    if entity.kind == "trust" and person:
        return (
            f"{_both(person)} {entity.trust}" if rng.random() < 0.7 else f"The {_both(person)} {entity.trust}"
        )
    if entity.kind == "estate" and person:
        return f"Estate of {person.given} {person.surname}"
    return f"{entity.words}{', ' if entity.form and rng.random() < 0.3 else ' '}{entity.form}".strip(" ,")


def _both(person: Person) -> str:
    if person.spouse and not person.spouse_surname:
        return f"{person.given} & {person.spouse} {person.surname}"
    return f"{person.given} {person.surname}"


def _person(person: Person, rng: Random, *, middle: str = "") -> str:
    between = {"": "", "initial": f" {person.middle[:1]}.", "full": f" {person.middle}"}[middle]
    first = f"{person.given}{between if not person.spouse else ''}"
    tail = f" {person.generation}" if person.generation else ""
    if person.spouse and person.spouse_surname:
        return f"{first} {person.surname} & {person.spouse} {person.spouse_surname}{tail}"
    if person.spouse:
        return f"{first} & {person.spouse} {person.surname}{tail}"
    return f"{first} {person.surname}{tail}"


def dirty_name(entity: Entity, rng: Random) -> str:
    """One habit, sometimes two."""
    name = clean_name(entity, rng)
    for _ in range(1 if rng.random() < 0.75 else 2):
        name = (_dirty_person if entity.kind == "person" else _dirty_other)(entity, name, rng)
    return name


def _dirty_person(entity: Entity, name: str, rng: Random) -> str:
    person = entity.person
    assert person is not None
    way = rng.random()
    tail = f" {person.generation}" if person.generation else ""
    if way < 0.30:
        spouse = f" & {person.spouse}" if person.spouse and not person.spouse_surname else ""
        middle = f" {person.middle[0]}" if person.middle and rng.random() < 0.4 and not spouse else ""
        return f"{person.surname}{tail}, {person.given}{middle}{spouse}"
    if way < 0.42:
        short = sorted(NICKNAMES.get(person.given.lower(), ()))
        return name.replace(person.given, rng.choice(short).title(), 1) if short else name
    if way < 0.48:
        return name.replace(person.given, f"{person.given[0]}.", 1)
    if way < 0.60 and person.spouse:
        return f"{person.given} {person.surname}{tail}"
    if way < 0.63 and person.spouse and not person.spouse_surname:
        return f"{person.spouse} & {person.given} {person.surname}{tail}"
    if way < 0.66:
        return f"{person.surname} {person.given}{tail}"
    if way < 0.80:
        return typo(name, rng)
    return _decorated(name, rng)


def _dirty_other(entity: Entity, name: str, rng: Random) -> str:
    way = rng.random()
    if way < 0.26 and entity.form:
        return re.sub(rf",?\s+{entity.form}$", "", name)
    if way < 0.40 and entity.form:
        return re.sub(rf"{entity.form}$", rng.choice(FORM_SPELLINGS.get(entity.form, (entity.form,))), name)
    if way < 0.54:
        known = [word for word in ABBREVIATED if re.search(rf"\b{word}\b", name)]
        return (
            re.sub(rf"\b{(word := rng.choice(known))}\b", ABBREVIATED[word], name)
            if known
            else typo(name, rng)
        )
    if way < 0.60:
        return name.replace("&", "and") if "&" in name else name.replace(" and ", " & ")
    if way < 0.64 and entity.trading_as:
        return f"{name} dba {entity.trading_as}"
    if way < 0.66 and len(entity.words.split()) > 2 and entity.kind != "trust":
        return "".join(word[0] for word in entity.words.split() if word[0].isalnum()) + f" {entity.form}"
    if way < 0.68 and entity.kind == "trust" and entity.person:
        return f"{entity.person.surname} {entity.trust}"
    if way < 0.82:
        return typo(name, rng)
    return _decorated(name, rng)


def _decorated(name: str, rng: Random) -> str:
    way = rng.random()
    if way < 0.35:
        return name.upper()
    if way < 0.45:
        return name.lower()
    if way < 0.60:
        return f"{name} ({rng.randint(1000, 9999)})"
    if way < 0.70:
        return f"{rng.randint(1000, 99999)} - {name}"
    if way < 0.85:
        return f"{name} - {rng.choice(['1040', '1120S', '1065', '2023', 'tax'])}"
    return name.replace(".", "").replace("'", "").replace(" ", "  ", 1)


def typo(name: str, rng: Random) -> str:
    """A letter dropped, doubled, swapped or mistaken, never the first of a word."""
    places = [i for i in range(1, len(name) - 1) if name[i].isalpha() and name[i - 1].isalpha()]
    if not places:
        return name
    at = rng.choice(places)
    way = rng.random()
    if way < 0.3:
        return name[:at] + name[at + 1 :]
    if way < 0.5:
        return name[:at] + name[at] + name[at:]
    if way < 0.7 and at + 1 < len(name) and name[at + 1].isalpha():
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + rng.choice("aeiourstnl") + name[at + 1 :]
