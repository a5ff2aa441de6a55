"""The members of the staff as the desk sees them: found by name, and one by one.

What is changed of them is in `changes`, `leaving` and `stand_ins`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, String, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.core.scope import looking_across
from models.core.search import PAGE_SIZE, Found, Search
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.search import within
from models.customers.stand_ins import StandIn
from models.customers.units import Unit, in_norwegian, is_called
from models.users.user import HAS_FACTOR, Role, User


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the provider's own; without a user name, one whom customers know and who cannot sign in."""

    id: int
    """As an account manager."""
    name: str
    email: str
    phone: str
    serves: bool
    user_id: int | None
    username: str | None
    role: Role | None
    may_sign_in: bool
    has_password: bool
    has_factor: bool
    customer_count: int
    stand_in: str | None
    """Who stands in today."""
    away_until: date | None

    @property
    def is_here(self) -> bool:
        """Whether it has not left."""
        return self.may_sign_in if self.user_id is not None else self.serves

    @property
    def is_invited(self) -> bool:
        """Whether the first password is not chosen yet."""
        return self.may_sign_in and not self.has_password


_TODAY = bindparam("today", type_=Date)
_other = aliased(AccountManager)
_of_units = select(Unit.customer_id).where(Unit.account_manager_id == AccountManager.id).correlate(AccountManager)
_CUSTOMERS = (
    select(func.count(Customer.id))
    .where(or_(Customer.account_manager_id == AccountManager.id, Customer.id.in_(_of_units)))
    .correlate(AccountManager)
    .scalar_subquery()
)


def _stand_in(what: Any) -> Any:
    today = (StandIn.first_day <= _TODAY) & (StandIn.last_day >= _TODAY) & _other.serves
    found = select(what).select_from(StandIn).join(_other, _other.id == StandIn.stand_in_id)
    found = found.where(StandIn.account_manager_id == AccountManager.id, today).order_by(StandIn.id).limit(1)
    return found.correlate(AccountManager).scalar_subquery()


_SHOWN = (
    AccountManager.name,
    AccountManager.email,
    AccountManager.phone,
    AccountManager.serves,
    User.id,
    User.username,
    User.role,
    User.active,
    User.password_hash != "",
    HAS_FACTOR,
    _CUSTOMERS,
    _stand_in(_other.name),
    _stand_in(StandIn.last_day),
)


def _member(id: int, name: str, email: str, phone: str, serves: object, *rest: Any) -> Member:
    user_id, username, role, active, has_password, has_factor, count, stand_in, until = rest
    signs_in = bool(active), bool(has_password), bool(has_factor)
    told = user_id, username, Role(role) if role else None, *signs_in
    return Member(id, name, email, phone, bool(serves), *told, count, stand_in, until)


_TEXT = bindparam("text", type_=String)
_SIGN_IN = select(User.account_manager_id).where(User.account_manager_id.is_not(None))
_named = User.username_folded.like(_TEXT, escape="/")
_BY_NAME = Search(
    key=AccountManager.id,
    shown=_SHOWN,
    row=_member,
    conditions={
        "text": or_(
            is_called(AccountManager.name, _TEXT),
            func.lower(AccountManager.email).like(_TEXT, escape="/"),
            AccountManager.id.in_(_SIGN_IN.where(_named)),
        ),
        "here": AccountManager.id.in_(_SIGN_IN.where(User.active))
        | (AccountManager.serves & AccountManager.id.not_in(_SIGN_IN)),
    },
    order=(in_norwegian(AccountManager.name),),
    joined=lambda rows: rows.outerjoin(User, User.account_manager_id == AccountManager.id),
)
_ONE = (
    _BY_NAME.joined(select(AccountManager.id, *_SHOWN))
    .where(AccountManager.id == bindparam("id"))
    .order_by(User.active.desc(), User.id)
)


def find_members(
    db: Session, text: str, today: date, *, also_left: bool, after: int | None, page_size: int = PAGE_SIZE
) -> Found[Member]:
    """The members of the staff, by name; `text` is somewhere in a name, an address or a user name."""
    holding = {"text": within(text) if text else None, "here": None if also_left else True, "today": today}
    with looking_across(db):
        return _BY_NAME.find(db, holding, after=after, page_size=page_size)


def member_by_id(db: Session, id: int, today: date) -> Member | None:
    """One member of the staff; None where there is none."""
    with looking_across(db):
        rows = select_rows(db, _ONE, {"id": id, "today": today})
    return _member(*rows[0]) if rows else None
