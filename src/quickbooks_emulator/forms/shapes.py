"""Decides: whether nested members (lines, tax details, links) are well formed, and what they are stored as.

A shape is a field list for an inner object. Stored money has two decimals when not zero and is a bare 0 when
zero; quantities and prices are without trailing zeros: the recorded print forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Access, Body, Field, Kind
from quickbooks_emulator.entities.schema_members import dropped
from quickbooks_emulator.entities.values import FORMS

CENT = Decimal("0.01")
ZERO = Decimal(0)
_LARGEST = Decimal(99_999_999_999)
_MOST_DECIMALS = Decimal("0.0000001")
Form = Callable[[Field, Any], Any]


@dataclass(frozen=True)
class Shape:
    """An inner object: its Java class (named in 2010) and members, in printing order. Without one of `needed` it is
    2020."""

    java_class: str
    fields: tuple[Field, ...]
    ignored: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {field.name: field for field in self.fields})

    def take(self, value: Any, where: str) -> Body:
        """The members of one inner object in stored form. Raises Fault."""
        if not isinstance(value, Mapping):
            raise faults.unreadable(f"{where} must be an object")
        by_name: dict[str, Field] = self._by_name  # type: ignore[attr-defined]
        given: Body = {}
        for name, member in value.items():
            field = by_name.get(name)
            if field is None:
                if name not in self.ignored and name not in dropped(self.java_class):
                    raise faults.unknown_property(name, self.java_class, [*by_name, *self.ignored])
                continue
            if member is None or field.access is Access.READ_ONLY:
                continue
            taken = None if member == "" else (field.form or FORMS[field.kind])(field, member)
            if taken is not None:
                given[name] = taken
        for name in self.needed:
            if name not in given:
                raise faults.required(f"{where}.{name}")
        return {field.name: given[field.name] for field in self.fields if field.name in given}


def one(shape: Shape) -> Form:
    return lambda field, value: shape.take(value, field.name)


def many(shape: Shape) -> Form:
    def form(field: Field, value: Any) -> list[Body]:
        if isinstance(value, Mapping):  # XML habits: a single one without its list
            value = [value]
        if not isinstance(value, list):
            raise faults.unreadable(f"{field.name} must be a list")
        return [shape.take(each, field.name) for each in value]

    return form


def amount(field: Field, value: Any) -> Decimal:
    """Money in stored form. 2140 beyond 11 digits before the point (documented: 99999999999)."""
    number: Decimal = FORMS[Kind.MONEY](field, value)
    if abs(number) > _LARGEST:
        raise faults.bad_value("2140", "Amount", value, field.name)
    return padded(number)


def quantity(field: Field, value: Any) -> Decimal:
    """A price, quantity or percent: unpadded, at most seven decimals (documented for UnitPrice)."""
    number: Decimal = FORMS[Kind.NUMBER](field, value)
    if abs(number) > _LARGEST:
        raise faults.bad_value("2140", "Amount", value, field.name)
    return unpadded(number)


def whole(least: int, most: int) -> Form:
    """A whole number in a range: 2240 outside of it."""

    def form(field: Field, value: Any) -> int:
        number: Decimal = FORMS[Kind.NUMBER](field, value)
        if number != number.to_integral_value() or not least <= number <= most:
            raise faults.bad_value("2240", "Number Range", value, field.name)
        return int(number)

    return form


def rounded(number: Decimal) -> Decimal:
    """Half up to cents."""
    return number.quantize(CENT, ROUND_HALF_UP)


def padded(number: Decimal) -> Decimal:
    return rounded(number) or ZERO


def unpadded(number: Decimal) -> Decimal:
    found = number.quantize(_MOST_DECIMALS, ROUND_HALF_UP).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def money_field(name: str, **more: Any) -> Field:
    return Field(name, Kind.MONEY, form=amount, **more)


def number_field(name: str, **more: Any) -> Field:
    return Field(name, Kind.NUMBER, form=quantity, **more)


def ref(name: str, target: str | None) -> Field:
    return Field(name, Kind.REF, target=target, named=True)


MEMO = Shape("MemoRef", (Field("value", Kind.TEXT, 1000),), ignored=("name",))
LINK = Shape(
    "LinkedTxn",
    (Field("TxnId"), Field("TxnType"), Field("TxnLineId")),
    ignored=("LinkedTxnEx", "TxnNumber"),
    needed=("TxnId", "TxnType"),
)
CUSTOM = Shape(
    "CustomField",
    (
        Field("DefinitionId"),
        Field("Name"),
        Field("Type"),
        Field("StringValue", Kind.TEXT, 31),
        Field("BooleanValue", Kind.BOOL),
        Field("DateValue", Kind.DATE),
        Field("NumberValue", Kind.NUMBER),
    ),
)
TAX_LINE = Shape(
    "Line",
    (
        money_field("Amount"),
        Field("DetailType"),
        Field(
            "TaxLineDetail",
            form=one(
                Shape(
                    "TaxLineDetail",
                    (
                        Field("TaxRateRef", Kind.REF, target="TaxRate"),
                        Field("PercentBased", Kind.BOOL),
                        number_field("TaxPercent"),
                        money_field("NetAmountTaxable"),
                        money_field("TaxInclusiveAmount"),
                        money_field("OverrideDeltaAmount"),
                        Field("ServiceDate", Kind.DATE),
                    ),
                )
            ),
        ),
    ),
    ignored=("Id", "LineNum", "Description", "LinkedTxn", "CustomField"),
)
TAX_DETAIL = Shape(
    "TxnTaxDetail",
    (
        Field("TxnTaxCodeRef", Kind.REF, target="TaxCode"),
        money_field("TotalTax"),
        Field("TaxLine", form=many(TAX_LINE)),
    ),
    ignored=("DefaultTaxCodeRef", "UseAutomatedSalesTax", "TaxReviewStatus"),
)
_SALES_DETAIL = Shape(
    "SalesItemLineDetail",
    (
        Field("ServiceDate", Kind.DATE),
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        number_field("UnitPrice"),
        number_field("Qty"),
        money_field("DiscountAmt"),
        number_field("DiscountRate"),
        Field("ItemAccountRef", Kind.REF, target="Account", named=True, access=Access.READ_ONLY),
        Field("TaxCodeRef", Kind.REF, target="TaxCode"),
        money_field("TaxInclusiveAmt"),
        Field("TaxClassificationRef", Kind.REF, access=Access.READ_ONLY),
    ),
    ignored=("MarkupInfo", "RatePercent", "PriceLevelRef", "InventorySiteRef", "UOMRef", "ProjectRef",
             "SalesItemLineDetailEx", "DeferredRevenue"),
)  # fmt: skip
_DISCOUNT_DETAIL = Shape(
    "DiscountLineDetail",
    (
        Field("PercentBased", Kind.BOOL),
        number_field("DiscountPercent"),
        ref("DiscountAccountRef", "Account"),
        ref("ClassRef", "Class"),
        Field("TaxCodeRef", Kind.REF, target="TaxCode"),
    ),
    ignored=("DiscountRef", "ServiceDate"),
)
_DESCRIPTION_DETAIL = Shape(
    "DescriptionLineDetail",
    (Field("ServiceDate", Kind.DATE), Field("TaxCodeRef", Kind.REF, target="TaxCode")),
)


def _line(details: tuple[Field, ...]) -> Shape:
    return Shape(
        "Line",
        (
            Field("Id"),
            Field("LineNum", Kind.NUMBER),
            Field("Description", Kind.TEXT, 4000),
            money_field("Amount"),
            Field("LinkedTxn", form=many(LINK)),
            Field("DetailType"),
            *details,
        ),
        ignored=("CustomField", "Received", "LineEx", "Tag", "ProjectRef"),
    )


_PLAIN_DETAILS = (
    Field("SalesItemLineDetail", form=one(_SALES_DETAIL)),
    Field(
        "SubTotalLineDetail", form=one(Shape("SubTotalLineDetail", (), ignored=("ItemRef", "ServiceDate")))
    ),
    Field("DiscountLineDetail", form=one(_DISCOUNT_DETAIL)),
    Field("DescriptionLineDetail", form=one(_DESCRIPTION_DETAIL)),
)
_GROUP_DETAIL = Shape(
    "GroupLineDetail",
    (
        ref("GroupItemRef", "Item"),
        number_field("Quantity"),
        Field("ServiceDate", Kind.DATE),
        Field("Line", form=many(_line(_PLAIN_DETAILS))),
    ),
    ignored=("UOMRef",),
)
SALES_LINE = _line((*_PLAIN_DETAILS, Field("GroupLineDetail", form=one(_GROUP_DETAIL))))
LINE_OF = _line
