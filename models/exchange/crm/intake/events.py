"""The shape of an event, and what its kinds have in common: whose record it is about, and what it refers to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.audit import THE_CRM, Change, record
from models.crm.records import CrmRecord, record_id_of
from models.customers.units import Unit

CRM = THE_CRM
"""The actor in the log of changes."""

Key = Annotated[str, Meta(min_length=1, max_length=100)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, Meta(tz=True)]
OrganisationNumber = Annotated[str, Meta(pattern="^[0-9]{9}$")]


class Event(Struct):
    """One event, as CloudEvents 1.0 writes it, with two attributes of ours: `version` and `customer`."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: str
    type: str
    subject: Annotated[str, Meta(pattern="^[a-z_]+:.+$", max_length=140)]
    """The record: its kind and the CRM's key, such as `booking:B-2026-17`."""
    time: Moment
    version: Annotated[int, Meta(ge=0, lt=2**53)]
    """Which version of the record this is; it counts, not when the event arrives."""
    data: dict[str, Any]
    customer: OrganisationNumber | None = None
    """The organisation number of the company that the record belongs to; left out for what is the provider's own."""

    @property
    def key(self) -> str:
        """The CRM's key of the record."""
        return self.subject.partition(":")[2]


class Refusal(Exception):
    """The event cannot be applied; says why, in one sentence without personal data."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that is being applied."""

    db: Session
    customer_id: int | None
    key: str
    record: CrmRecord
    data: Any
    now: datetime

    @property
    def owner(self) -> int:
        """The customer whose record it is; raises Refusal where the event names none."""
        if self.customer_id is None:
            raise Refusal("the event names no customer")
        return self.customer_id

    def note(self, about: str, action: str, customer_id: int | None = None) -> None:
        """Note in the log what the CRM did, to something of the record's customer unless another is named."""
        owner = self.owner if customer_id is None else customer_id
        record(self.db, Change(customer_id=owner, actor=THE_CRM.label, about=about, action=action, at=self.now))

    def unit(self, key: str) -> Unit:
        """A unit of the customer, by the CRM's key or as `orgnr:318609136`; raises Refusal."""
        found = select(Unit).where(Unit.customer_id == self.owner)
        scheme, colon, number = key.partition(":")
        if colon and scheme == "orgnr":
            units = self.db.scalars(found.where(Unit.organisation_number == number)).all()
            # A company and its only unit may share a number: the company is meant.
            unit = min(units, key=lambda each: each.path.count("/"), default=None)
        else:
            unit = self.db.scalar(found.where(Unit.id == record_id_of(self.db, "unit", key, self.owner)))
        if unit is None:
            raise Refusal(f"the customer has no unit {key}")
        return unit
