"""Decides: what CompanyInfo is: one object with Id 1, readable, a few members updatable."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import BASE, Entity, Family, Field, Kind, read_only, text

COMPANY_INFO = Entity(
    name="CompanyInfo",
    family=Family.SINGLE,
    noun="company",
    order_field="CompanyName",
    creatable=False,
    fields=(
        text("CompanyName", 1024).queried(),
        text("LegalName", 1024).queried(),
        Field("CompanyAddr", Kind.ADDRESS),
        Field("CustomerCommunicationAddr", Kind.ADDRESS),
        Field("LegalAddr", Kind.ADDRESS),
        Field("CustomerCommunicationEmailAddr", Kind.EMAIL, 100),
        Field("PrimaryPhone", Kind.PHONE, 30),
        read_only("CompanyStartDate"),
        read_only("FiscalYearStartMonth"),
        read_only("Country"),
        Field("Email", Kind.EMAIL, 100),
        Field("WebAddr", Kind.WEB, 1000),
        read_only("SupportedLanguages"),
        read_only("DefaultTimeZone"),
        read_only("NameValue", Kind.OPEN),
        read_only("EmployerId"),
        read_only("MultiByteCharsSupported"),
        BASE,
    ),
    events=(),
    in_changes=False,
)
