"""Setting up where a customer's users sign in at work, at the desk: each change is in the customer's log, and told.

Whom an issuer means is in `linking`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.core.signed import new_name
from models.users.administration import administrators, held
from models.users.events import tell
from models.users.issuers.issuer import Issuer, IssuerDomain, SetUp, Subject
from models.users.sessions import SignedIn, UserSession
from models.users.user import User


class NotProved(Exception):
    """Nobody has come in through the issuer as it would be: it cannot become the only way."""


class DomainTaken(Exception):
    """Another customer has this e-mail domain."""

    def __init__(self, domain: str) -> None:
        super().__init__("the domain is taken")
        self.domain = domain


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is typed at the desk of an issuer; without a secret, the one of before is kept."""

    address: str
    client_id: str
    secret: str
    domains: tuple[str, ...]
    must_verify: bool
    is_on: bool
    is_only_way: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An issuer as the desk shows it; its secret is shown to nobody."""

    key: str
    address: str
    client_id: str
    domains: tuple[str, ...]
    must_verify: bool
    is_on: bool
    is_only_way: bool
    is_proved: bool
    """Whether somebody has come in through it as it is set up."""
    linked: int
    """How many users it has vouched for."""


def shown(db: Session, customer_id: int) -> Shown | None:
    """The issuer of a customer, if one is set up."""
    issuer = db.scalar(select(Issuer).where(Issuer.customer_id == customer_id))
    if issuer is None:
        return None
    linked = db.scalar(select(func.count(Subject.id)).where(Subject.customer_id == customer_id)) or 0
    ticks = (issuer.must_verify, issuer.is_on, issuer.is_only_way, issuer.proved_at is not None)
    return Shown(issuer.key, issuer.address, issuer.client_id, _domains(db, customer_id), *ticks, linked)


def set_up(db: Session, keyring: Keyring, customer_id: int, wanted: Wanted, *, by: SignedIn, now: datetime) -> None:
    """Say where a customer's users sign in at work; raises DomainTaken and NotProved.

    Another issuer, or another name of the portal there, knows users by other names: they are linked anew. Whoever came
    in through what is not so any more is out, as is, where it becomes the only way, whoever came with a password.
    """
    held(db, by, customer_id)
    issuer = db.scalar(select(Issuer).where(Issuer.customer_id == customer_id).with_for_update())
    before = _told(issuer, _domains(db, customer_id)) if issuer else {}
    if issuer is None:
        issuer = Issuer(customer_id=customer_id, key=new_name())
        db.add(issuer)
    elif (issuer.address, issuer.client_id) != (wanted.address, wanted.client_id):
        db.execute(delete(Subject).where(Subject.customer_id == customer_id))
    issuer.address, issuer.client_id, issuer.is_on = wanted.address, wanted.client_id, wanted.is_on
    issuer.must_verify, issuer.is_only_way = wanted.must_verify, wanted.is_only_way
    if before and (wanted.secret or any(before[name] != of for name, of in _client(issuer).items())):
        issuer.proved_at = None
    if wanted.is_only_way and not (wanted.is_on and issuer.proved_at):
        raise NotProved
    if wanted.secret:
        issuer.keep(keyring, wanted.secret)
    db.flush()
    _set_domains(db, customer_id, wanted.domains)
    after = _told(issuer, _domains(db, customer_id))
    if before == after and not wanted.secret:
        return
    _end_sessions(db, customer_id, now)
    if wanted.is_only_way and before.get("is_only_way") != "ja":
        _end_sessions_with_password(db, customer_id, now)
    names = [name for name in after if before.get(name) != after[name]]
    sides = (("before", before), ("after", after)) if names else ()
    told = {side: {name: of[name] for name in names if name in of} for side, of in sides}
    _say(db, customer_id, "sign-on changed" if before else "sign-on set up", told, by=by, now=now)


def prove(db: Session, issuer: SetUp, now: datetime) -> None:
    """Somebody has come in through an issuer; where it was set up otherwise meanwhile, that says nothing of it."""
    unchanged = (Issuer.customer_id == issuer.customer_id) & (Issuer.address == issuer.address)
    unchanged &= (Issuer.client_id == issuer.client_id) & (Issuer.sealed == issuer.sealed)
    with across_customers(db):
        db.execute(update(Issuer).where(unchanged, Issuer.proved_at.is_(None)).values(proved_at=now))


def remove(db: Session, customer_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Let nobody sign in at work any more, and forget who did; False where there is nothing to remove."""
    held(db, by, customer_id)
    issuer = db.scalar(select(Issuer).where(Issuer.customer_id == customer_id).with_for_update())
    if issuer is None:
        return False
    _end_sessions(db, customer_id, now)
    for table in (Subject, IssuerDomain, Issuer):
        db.execute(delete(table).where(table.customer_id == customer_id))
    _say(db, customer_id, "sign-on removed", {}, by=by, now=now)
    return True


def unlink(db: Session, customer_id: int, user_id: int, *, by: SignedIn, now: datetime) -> bool:
    """Forget by which name the issuer knows a user, as where it is another account by now; False where it does not."""
    held(db, by, customer_id)
    mine = (Subject.customer_id == customer_id) & (Subject.user_id == user_id)
    if not db.scalars(delete(Subject).where(mine).returning(Subject.id)).all():
        return False
    _end_sessions(db, customer_id, now, user_id=user_id)
    about = f"user:{user_id}"
    action = "work account unlinked"
    record(db, Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now))
    return True


def _end_sessions(db: Session, customer_id: int, now: datetime, *, user_id: int | None = None) -> None:
    """Whoever came in through the issuer is out: everybody, or one user."""
    live = (UserSession.vouched_at_id == customer_id) & UserSession.ended_at.is_(None)
    live &= UserSession.user_id == user_id if user_id is not None else true()
    db.execute(update(UserSession).where(live).values(ended_at=now))


def _end_sessions_with_password(db: Session, customer_id: int, now: datetime) -> None:
    """Users who are at the customer with a password sign in anew; whoever is elsewhere with one stays there."""
    users = select(User.id).where(User.account_manager_id.is_(None))
    here = (UserSession.customer_id == customer_id) & UserSession.vouched_at_id.is_(None)
    live = here & UserSession.ended_at.is_(None) & UserSession.user_id.in_(users)
    db.execute(update(UserSession).where(live).values(ended_at=now))


def _set_domains(db: Session, customer_id: int, domains: tuple[str, ...]) -> None:
    there = set(_domains(db, customer_id))
    gone = IssuerDomain.domain.in_(there.difference(domains))
    db.execute(delete(IssuerDomain).where(IssuerDomain.customer_id == customer_id, gone))
    for domain in dict.fromkeys(domains):
        if domain not in there:
            try:
                with db.begin_nested():
                    db.add(IssuerDomain(domain=domain, customer_id=customer_id))
            except IntegrityError:
                raise DomainTaken(domain) from None


def _domains(db: Session, customer_id: int) -> tuple[str, ...]:
    of = select(IssuerDomain.domain).where(IssuerDomain.customer_id == customer_id)
    return tuple(db.scalars(of.order_by(IssuerDomain.domain)))


def _told(issuer: Issuer, domains: tuple[str, ...]) -> dict[str, Any]:
    """What the log says of it."""
    ticks = {name: getattr(issuer, name) for name in ("must_verify", "is_on", "is_only_way")}
    said = {name: "ja" if is_so else "nei" for name, is_so in ticks.items()}
    return {**_client(issuer), "domains": list(domains), **said}


def _client(issuer: Issuer) -> dict[str, str]:
    """Whom the portal asks, and as whom."""
    return {"issuer": issuer.address, "client_id": issuer.client_id}


def _say(db: Session, customer_id: int, action: str, told: dict[str, Any], *, by: SignedIn, now: datetime) -> None:
    """It is in the log, and the customer's own administrators hear of it: who sets it up says who may come in."""
    about = f"customer:{customer_id}"
    record(db, Change(customer_id=customer_id, actor=by.label, about=about, action=action, at=now, changed=told))
    with across_customers(db):
        for user_id in sorted(administrators(db, customer_id)):
            tell(db, db.get_one(User, user_id), "sign_on_changed", {"at": now.isoformat()}, now)
