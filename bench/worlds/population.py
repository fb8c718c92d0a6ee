"""Decides who exists in a world: people, couples, companies, nonprofits, trusts and estates, and who shares what."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from random import Random

from bench.worlds.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Rates:
    """All shares are probabilities."""

    shares_phone: float = 0.75
    shares_address: float = 0.70
    shares_email: float = 0.60
    """That a relative, a company or a trust has the phone ... of the person it belongs to."""
    bookkeeper: float = 0.04
    overlap: float = 0.70
    repeated: float = 0.02
    dirty: tuple[float, float] = (0.35, 0.65)
    """That a row's name is typed otherwise than the client is called: here, in QuickBooks."""
    email: tuple[float, float] = (0.82, 0.62)
    phone: tuple[float, float] = (0.75, 0.50)
    street: tuple[float, float] = (0.75, 0.60)
    other_email: float = 0.08
    other_phone: float = 0.10
    moved: float = 0.08
    """That the two sides have different, both genuine, facts of one client."""
    typo_in_fact: float = 0.015
    inactive: float = 0.04


@dataclass(frozen=True, slots=True)
class Person:
    given: str
    middle: str
    surname: str
    generation: str = ""
    spouse: str = ""
    spouse_surname: str = ""


@dataclass(slots=True)
class Facts:
    email: str
    phone: str
    number: int
    street: str
    kind_of_street: str
    city: str
    state: str
    postal_code: str


@dataclass(slots=True)
class Entity:
    """One true client."""

    number: int
    kind: str
    """person, company, nonprofit, trust, estate"""
    facts: Facts
    person: Person | None = None
    """The person, or of a trust or estate the one it is named after."""
    words: str = ""
    """A company's or nonprofit's name without legal form."""
    form: str = ""
    trust: str = ""
    owner: Person | None = None
    trading_as: str = ""
    other: Facts | None = field(default=None)
    """What the other side may know instead of ``facts``."""


class _Weighted:
    """Draws with the frequency falling by rank, as names do."""

    def __init__(self, values: Sequence[str], fall: float) -> None:
        self.values = values
        self.sums = list(accumulate(1 / (rank + 8) ** fall for rank in range(len(values))))

    def draw(self, rng: Random) -> str:
        return self.values[bisect(self.sums, rng.random() * self.sums[-1])]


FORMS = (
    ("LLC", 46),
    ("Inc", 22),
    ("Corp", 5),
    ("PLLC", 3),
    ("PC", 3),
    ("LLP", 3),
    ("LP", 2),
    ("Ltd", 2),
    ("", 14),
)
PROVIDERS = (
    ("gmail.com",) * 9
    + ("yahoo.com",) * 4
    + ("hotmail.com", "outlook.com", "aol.com", "icloud.com", "comcast.net")
)


class Population:
    """Grows family by family until there are enough clients."""

    def __init__(self, rng: Random, words: Vocabulary, rates: Rates) -> None:
        self.rng, self.words, self.rates = rng, words, rates
        self.entities: list[Entity] = []
        self.surnames = _Weighted(words.surnames, 0.9)
        self.given = {"m": _Weighted(words.men, 0.8), "f": _Weighted(words.women, 0.8)}
        self.taken: set[str] = set()
        self.bookkeepers = [
            f"{each}@ledgerhelp.example" for each in ("ann", "office", "books", "admin", "jo", "max")
        ]

    def grow(self, size: int) -> list[Entity]:
        while len(self.entities) < size:
            seed = self.rng.random()
            if seed < 0.50:
                self._family()
            elif seed < 0.92:
                owner = self._person()
                self._company(owner, self._facts(owner), client=False)
            else:
                self._nonprofit()
        del self.entities[size:]
        return self.entities

    # -- people ----------------------------------------------------------------------------------------

    def _surname(self) -> str:
        if self.rng.random() < 0.25:
            return self.surnames.draw(self.rng)
        return self.rng.choice(self.words.rare_surnames)

    def _person(self, surname: str = "") -> Person:
        rng = self.rng
        sex = rng.choice("mf")
        surname = surname or self._surname()
        married = rng.random() < 0.40
        own = married and rng.random() < 0.12
        return Person(
            given=self.given[sex].draw(rng),
            middle=self.given[sex].draw(rng) if rng.random() < 0.6 else "",
            surname=surname,
            spouse=self.given["f" if sex == "m" else "m"].draw(rng) if married else "",
            spouse_surname=self._surname() if own else "",
        )

    def _family(self) -> None:
        rng = self.rng
        head = self._person()
        facts = self._facts(head)
        self._add("person", facts, person=head)
        names = {head.given, head.spouse}
        if rng.random() < 0.15:
            relative = self._person(head.surname)
            if relative.given not in names and relative.spouse not in names:
                self._add("person", self._inherited(facts, relative), person=relative)
        if rng.random() < 0.03:
            junior = replace(
                self._person(head.surname), given=head.given, middle=head.middle, generation="Jr"
            )
            self._add("person", self._inherited(facts, junior), person=junior)
            if rng.random() < 0.5:
                self.entities[-2].person = replace(head, generation="Sr")
        if rng.random() < 0.30:
            self._company(head, facts, client=True)
        if rng.random() < 0.08:
            kind = rng.choice(["trust", "trust", "estate"])
            trust = rng.choice(
                ["Family Trust", "Revocable Trust", "Living Trust", "Irrevocable Trust", "Trust"]
            )
            self._add(kind, self._inherited(facts, head), person=head, trust=trust if kind == "trust" else "")

    # -- companies -------------------------------------------------------------------------------------

    def _company(self, owner: Person, facts: Facts, *, client: bool) -> None:
        rng = self.rng
        own = self._inherited(facts, owner) if client else facts
        words = self._new(lambda: self._company_words(owner))
        self._add("company", self._business_facts(own, words), words=words, form=self._form(), owner=owner)
        first = self.entities[-1]
        if rng.random() < 0.06:
            first.trading_as = self._company_words(owner)
        if rng.random() < 0.30 and client:
            for number in range(rng.choice([1, 1, 2, 3])):
                self._sister(first, owner, number)

    def _sister(self, first: Entity, owner: Person, number: int) -> None:
        rng = self.rng
        way = rng.random()
        words, form = first.words, first.form
        if way < 0.35:
            words = (
                f"{words} {rng.choice(['II', 'III', '2', '3'])}"
                if number == 0
                else f"{words} {['IV', 'V'][number % 2]}"
            )
        elif way < 0.65:
            words = f"{words} {rng.choice(['Holdings', 'Properties', 'Management', 'Investments', 'Group'])}"
        elif way < 0.80:
            words = f"{words} of {rng.choice(self.words.cities)[0]}"
        elif way < 0.93:
            words = f"{first.facts.number + 2 * (number + 1)} {first.facts.street} Street"
            form = "LLC"
        else:
            # No register has both "X Inc" and "X Corp": the form must say something else.
            form = rng.choice(
                {"LLC": ("Inc", "LP"), "PLLC": ("Inc", "LP"), "LP": ("LLC", "Inc")}.get(form, ("LLC", "LP"))
            )
        taken = {(entity.words, entity.form) for entity in self.entities[-6:]}
        if (words, form) not in taken:
            self._add("company", self._inherited(first.facts, owner), words=words, form=form, owner=owner)

    def _new(self, words: Callable[[], str]) -> str:
        """A name nobody has yet, as a register would insist on; now and then there are two all the same."""
        found = words()
        for _ in range(20):
            if found not in self.taken or self.rng.random() < 0.01:
                break
            found = words()
        self.taken.add(found)
        return found

    def _cause(self) -> str:
        rng, words = self.rng, self.words
        way = rng.randrange(3)
        city = rng.choice(words.cities)[0]
        place = (city, rng.choice(words.nouns), f"Saint {rng.choice(words.men)}")[way]
        kind = rng.choice(words.causes)
        return f"{place} {kind}" if way == 0 or rng.random() < 0.3 else f"{place} {kind} of {city}"

    def _company_words(self, owner: Person) -> str:
        rng, words = self.rng, self.words
        trade = rng.choice(words.trades)
        way = rng.random()
        if way < 0.28:
            return f"{owner.surname} {trade}"
        if way < 0.36:
            return f"{owner.surname} & {rng.choice(['Sons', 'Associates', self._surname()])}"
        if way < 0.42:
            return f"{owner.given} {owner.surname} {trade}"
        if way < 0.52:
            return f"{rng.choice(words.adjectives)} {trade}"
        if way < 0.70:
            return f"{rng.choice(words.adjectives)} {rng.choice(words.nouns)} {trade}"
        if way < 0.78:
            return f"{rng.choice(words.cities)[0]} {trade}"
        if way < 0.92:
            return f"{rng.choice(words.invented)} {trade}"
        if way < 0.96:
            return f"{''.join(rng.choice('ABCDEFGHJKLMNPRSTW') for _ in range(3))} {trade}"
        return f"{rng.randint(100, 9900)} {rng.choice(words.streets)} Street"

    def _form(self) -> str:
        return self.rng.choices([form for form, _ in FORMS], [share for _, share in FORMS])[0]

    def _nonprofit(self) -> None:
        rng = self.rng
        words = self._new(self._cause)
        self._add(
            "nonprofit",
            self._business_facts(self._facts(self._person()), words),
            words=words,
            form=rng.choice(["", "", "Inc"]),
        )

    # -- contact facts ---------------------------------------------------------------------------------

    def _add(self, kind: str, facts: Facts, **parts: object) -> None:
        if self.rng.random() < self.rates.bookkeeper:
            facts = replace(facts, email=self.rng.choice(self.bookkeepers))
        entity = Entity(len(self.entities), kind, facts, **parts)  # type: ignore[arg-type]
        if self.rng.random() < 0.5:
            fresh = self._facts(entity.person or entity.owner or self._person())
            entity.other = fresh
        self.entities.append(entity)

    def _facts(self, person: Person) -> Facts:
        rng = self.rng
        given, surname = (
            person.given.lower(),
            "".join(c for c in person.surname.lower() if c.isalnum() and c.isascii()),
        )
        shape = rng.choice(
            [
                f"{given}.{surname}",
                f"{given[0]}{surname}",
                f"{given}{rng.randint(1, 99)}",
                f"{surname}{rng.randint(1, 999)}",
                f"{given}_{surname}",
            ]
        )
        city, state, postal = rng.choice(self.words.cities)
        return Facts(
            email=f"{shape}{rng.randint(1, 9999) if rng.random() < 0.4 else ''}@{rng.choice(PROVIDERS)}",
            phone=self._phone(),
            number=rng.randint(1, 9899),
            street=rng.choice(self.words.streets),
            kind_of_street=rng.choice(["Street", "Avenue", "Road", "Drive", "Lane", "Court"]),
            city=city,
            state=state,
            postal_code=f"{postal}{rng.randint(0, 99):02d}",
        )

    def _phone(self) -> str:
        rng = self.rng
        return f"{rng.choice([217, 312, 503, 608, 512, 813, 303, 775, 518, 937])}{rng.randint(200, 999)}{rng.randint(0, 9999):04d}"

    def _business_facts(self, facts: Facts, words: str) -> Facts:
        rng = self.rng
        if rng.random() < 0.55:
            domain = "".join(c for c in words.lower() if c.isalnum() and c.isascii())[:24]
            who = rng.choice(["info", "office", "billing", "contact", facts.email.partition("@")[0]])
            facts = replace(facts, email=f"{who}@{domain}.com")
        return facts

    def _inherited(self, facts: Facts, person: Person) -> Facts:
        """Facts of a relative or a company: each shared with its own probability."""
        rng, rates = self.rng, self.rates
        own = self._facts(person)
        if rng.random() < rates.shares_phone:
            own.phone = facts.phone
        if rng.random() < rates.shares_email:
            own.email = facts.email
        if rng.random() < rates.shares_address:
            for part in ("number", "street", "kind_of_street", "city", "state", "postal_code"):
                setattr(own, part, getattr(facts, part))
        return own
