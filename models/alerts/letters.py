"""The letters with alerts: at once for whoever wishes that, on working mornings at seven for the others.

Nothing is scheduled: each postman looks once a minute for what is due. Who may see what is asked again here, so that
nobody is told of what was taken from him or her meanwhile.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models.alerts.kinds import ABOUT, Kind
from models.alerts.waiting import WaitingAlert
from models.alerts.wishes import AlertWish, wish, wishes_of
from models.core.clock import last_morning
from models.core.scope import Scope
from models.customers.account_managers import MailWish
from models.customers.customer import Customer
from models.outbox.message import Channel, Outgoing, post
from models.users.user import User, scope_of


def post_alerts(db: Session, now: datetime) -> int:
    """Post the letters that are due, and forget what nobody wishes any more; how many. The caller commits.

    Across customers. Due is what waited when the morning came, and at once what its user wants to be told at once.
    """
    due = db.execute(
        select(WaitingAlert.user_id, WaitingAlert.customer_id)
        .outerjoin(AlertWish, (AlertWish.user_id == WaitingAlert.user_id) & (AlertWish.kind == WaitingAlert.kind))
        .where(or_(wish(WaitingAlert.kind) != MailWish.MORNING.value, WaitingAlert.at < last_morning(now)))
        .distinct()
        .order_by(WaitingAlert.user_id, WaitingAlert.customer_id)
    ).all()
    return sum(_post(db, user_id, customer_id, now) for user_id, customer_id in due)


def _post(db: Session, user_id: int, customer_id: int, now: datetime) -> bool:
    """Take what is due for a user at a customer, unless another postman has, and write the letter."""
    wishes = wishes_of(db, user_id)
    at_once = [kind.value for kind, wanted in wishes.items() if wanted != MailWish.MORNING]
    mine = (WaitingAlert.user_id == user_id) & (WaitingAlert.customer_id == customer_id)
    taken = db.execute(
        delete(WaitingAlert)
        .where(mine, or_(WaitingAlert.kind.in_(at_once), WaitingAlert.at < last_morning(now)))
        .returning(
            *(WaitingAlert.id, WaitingAlert.unit_id, WaitingAlert.kind),
            *(WaitingAlert.about, WaitingAlert.title, WaitingAlert.told),
        ),
        execution_options={"synchronize_session": False},
    ).all()
    user, scope = db.get_one(User, user_id), scope_of(db, user_id, customer_id)
    wanted = [one for one in taken if wishes[Kind(one.kind)] != MailWish.NONE]
    kinds = _by_kind(one for one in sorted(wanted) if _may_see(scope, one.kind, one.unit_id))
    if not kinds or not user.active:
        return False
    customer = db.get_one(Customer, customer_id)
    payload = {"to_name": user.full_name, "customer": customer.name, "kinds": kinds}
    post(
        db,
        Outgoing(
            channel=Channel.MAIL,
            kind="alerts",
            about=f"user:{user_id}",
            customer_id=customer_id,
            to=user.email,
            payload=payload,
            at=now,
        ),
    )
    return True


def _may_see(scope: Scope | None, kind: str, unit_id: int) -> bool:
    if scope is None:
        return False
    units = scope.units_with(*ABOUT[Kind(kind)].rights)
    return units is None or unit_id in units


def _by_kind(alerts: Iterable[Any]) -> Sequence[dict[str, Any]]:
    """What the letter says, kind by kind: each thing once, with all that is told of it."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for one in alerts:
        line = found.setdefault(one.kind, {}).setdefault(one.about, {"told": []})
        route, _, key = one.about.partition(":")
        line |= {"title": one.title, "route": route, "key": int(key) if key.isdecimal() else key}
        line["told"] += [one.told] if one.told and one.told not in line["told"] else []
    return [{"label": ABOUT[kind].label, "lines": list(found[kind].values())} for kind in Kind if kind in found]
