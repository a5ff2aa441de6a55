"""What the log of changes and the CRM are told of an employee.

That they are told is in `employee` and `batches`; of an identity number, in `national_ids`.
"""

from datetime import datetime
from typing import Any

from models.core.audit import Actor, Change
from models.employees.details import Details, facts_of
from models.outbox.message import Channel, Outgoing

_FOR_THE_CRM = ("fields", "freed", "handed_over")
"""Of what has changed: which values are new, and what became of the times ahead."""


def change_and_event(
    customer_id: int,
    id: int,
    action: str,
    changed: dict[str, Any],
    payload: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> tuple[Change, Outgoing]:
    """What the log and what the CRM are told of an employee; what values were before is for the log alone."""
    payload |= {name: changed[name] for name in _FOR_THE_CRM if name in changed}
    about, kind = f"employee:{id}", f"employee.{action}"
    change = Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now, changed=changed)
    event = Outgoing(channel=Channel.CRM, kind=kind, about=about, customer_id=customer_id, payload=payload, at=now)
    return change, event


def facts(id: int, details: Details, unit_name: str, *, active: bool) -> dict[str, Any]:
    """An employee as the CRM is told of one."""
    return {"id": id, **facts_of(details), "unit_id": details.unit_id, "unit": unit_name, "active": active}
