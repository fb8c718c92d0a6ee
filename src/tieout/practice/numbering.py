"""Acts: gives documents their numbers, each once, without gaps, whoever asks at the same moment.

Typed numbers do not move the sequence; it steps over them. A number that was taken in a transaction that failed is
given again: it was never on anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import NumberSequence
from tieout.practice.credits import Credit
from tieout.practice.invoices import Invoice
from tieout.practice.number_text import LONGEST, next_number
from tieout.practice.validation import Invalid

FIRST = {"invoice": "0001", "credit": "CR-0001"}
"""Kind of document -> the first number, until the firm chooses another."""
LOOK_AHEAD = 50
"""How many numbers are looked through for one that no document here has."""


def sequence_of(firm_id: int, kind: str) -> NumberSequence:
    """The sequence as it is, for showing."""
    return NumberSequence.objects.filter(firm_id=firm_id, kind=kind).first() or NumberSequence(
        firm_id=firm_id, kind=kind, next=FIRST[kind]
    )


def lock_sequence(firm_id: int, kind: str) -> NumberSequence:
    """The sequence, locked until the transaction ends: the last lock of every verb that takes a number."""
    sequences = NumberSequence.objects.filter(firm_id=firm_id, kind=kind).select_for_update()
    sequence = sequences.first()
    if sequence is None:
        NumberSequence.objects.bulk_create(
            [NumberSequence(firm_id=firm_id, kind=kind, next=FIRST[kind])], ignore_conflicts=True
        )
        sequence = sequences.get()
    return sequence


def take_number(firm_id: int, kind: str, is_taken: Callable[[str], bool]) -> str:
    """The next number that ``is_taken`` does not know. Raises Invalid when the sequence has grown too long to go on."""
    sequence = lock_sequence(firm_id, kind)
    number = sequence.next
    while is_taken(number):
        number = next_number(number)
    if len(number) > LONGEST:
        raise Invalid(
            {
                "number": f"The next number would have more than {LONGEST} characters. Choose a shorter start "
                "in the billing settings."
            }
        )
    following = next_number(number)
    sequence.next = following if len(following) <= LONGEST else number
    sequence.save(update_fields=["next"])
    return number


def unused_numbers(firm_id: int, wanted: Collection[str]) -> dict[str, str]:
    """For each of these the first number, from it on, that no invoice and no credit here has; without one that is near it
    is left out. Ledgers keep one set of numbers for both.

    Two queries.
    """
    candidates = {each: list(_counted_on(each)) for each in wanted}
    everything = {number for numbers in candidates.values() for number in numbers}
    used: set[str] = set()
    if everything:
        used.update(rows_of(Invoice, firm_id).filter(number__in=everything).values_list("number", flat=True))
        used.update(rows_of(Credit, firm_id).filter(number__in=everything).values_list("number", flat=True))
    free = {
        each: next((one for one in numbers if one not in used), "") for each, numbers in candidates.items()
    }
    return {each: number for each, number in free.items() if number}


def _counted_on(number: str) -> Iterator[str]:
    for _ in range(LOOK_AHEAD):
        if len(number) > LONGEST:
            return
        yield number
        number = next_number(number)
