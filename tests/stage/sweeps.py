"""What a sweep over the map needs: addresses to send to, rows that are one's own or somebody else's, a look at all."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.base import Base
from models.core.scope import CustomerOwned, Right, UnitOwned
from models.customers.customer import Customer
from models.customers.units import Unit, UnitRow
from models.employees.employee import Employee
from models.exchange.sheets.files import read_pasted
from models.imports.dry_run import begin, read_all
from models.imports.judging.fates import judge
from models.imports.judging.matching import Known
from models.imports.lists import Dumped, keep
from models.invoices.contents import InvoiceDetails
from models.invoices.invoice import Invoice
from models.outbox.message import Channel, Message, Outgoing, post
from models.users.password_links import PasswordLink, send_link
from models.users.sessions import first_customer
from models.users.user import Grant, User
from routes import MAP
from routes.web.forms import PortalForm
from routes.web.lines import Line
from tests.stage.house import House
from tests.stage.times import NOW, TODAY

_PARAMETER = re.compile(r"{\w+(?::\w+)?}")
_BEFORE = re.compile(r"/(\w+)/{")
_BY_SEGMENT = {mapper.class_.__tablename__.replace("_", ""): mapper.class_ for mapper in Base.registry.mappers}
_BY_SEGMENT["deliveries"] = Message
_BY_SEGMENT["users"] = Grant

PASSWORD_LINKS = {"password_link", "choose_password"}
PERSONAL = {"appointment", "answer_appointment"} | PASSWORD_LINKS
"""Routes that a personal link opens, for whoever holds it."""
MEMBERS = {line.name for line in MAP if line.path.startswith("/desk/staff/{")}
"""Routes of one member of the staff, who belongs to no customer."""
ENTRIES = {line.name for line in MAP if line.path.startswith("/desk/catalogue/{")}
"""Routes of one entry of the catalogue, which is no customer's."""
PASSKEYS = {line.name for line in MAP if line.path.startswith("/password/passkeys/{")}
"""Routes of a user's own passkey: no user of the demo has one."""
AT_WORK = {"leave_for_work", "sign_out_at_work"}
"""Routes of an issuer, named by chance: no customer of the demo has one."""
NO_ROWS = {"guide_pdf", "calendar_feed", "contract_line"} | AT_WORK | PERSONAL | MEMBERS | ENTRIES | PASSKEYS
"""Routes whose parameter names no row of a customer: the guide's file, what only a letter or calendar knows, staff,
the catalogue."""
_AT_DESK: dict[str, type[CustomerOwned]] = {"/desk/invoices/{id:int}": InvoiceDetails}
"""Addresses that name a row in another way than elsewhere: an invoice of whichever customer by its id."""
TABLES: dict[str, type[CustomerOwned]] = {
    line.name: next((table for path, table in _AT_DESK.items() if line.path.startswith(path)), None)
    or _BY_SEGMENT[found.group(1)]
    for line in MAP
    if (found := _BEFORE.search(line.path)) and found.group(1) in _BY_SEGMENT and line.name not in ENTRIES
}
"""By route, the table whose row a parameter names: `/orders/{number}` is one of `orders`."""
_NAMED_BY: dict[type[CustomerOwned], str] = {Invoice: "number", Grant: "user_id"}
"""What names a row in an address, where it is not its primary key."""


def named_by(table: type[CustomerOwned]) -> Any:
    """The column that names a row of a table in an address."""
    return getattr(table, _NAMED_BY.get(table, inspect(table).primary_key[0].name))


def of_method(method: str) -> list[Line]:
    """The lines of the map with this method."""
    return [line for line in MAP if line.method == method]


def path_of(line: Line, value: object) -> str:
    """An address of a line, with `value` for its parameters."""
    return _PARAMETER.sub(str(value), line.path)


def my_path(house: House, line: Line, username: str) -> str:
    """An address of a line that is good for the user, where there is one."""
    if line.name in PASSWORD_LINKS:
        return path_of(line, password_token_of(house, username))
    if line.name in PERSONAL:
        return path_of(line, token_of(house, "Ingrid", "Solbakken"))
    if line.name in MEMBERS | ENTRIES | PASSKEYS:
        return path_of(line, 1)
    if line.name == "contract_line":
        return path_of(line, "orders")
    if line.name not in TABLES:
        return path_of(line, house.settings.guide_file)
    mine, foreign = house.once(_divided, TABLES[line.name], username)
    return path_of(line, mine[0] if mine else foreign[0][1])


def token_of(house: House, given_name: str, family_name: str) -> str:
    """The token of the personal link that an employee has in a letter about the first booking ahead."""
    with house.behind() as db:
        link, email = db.execute(
            select(SignUp.link, Employee.email)
            .join(Employee, Employee.id == SignUp.employee_id)
            .outerjoin(Slot, Slot.id == SignUp.slot_id)
            .where(Employee.given_name == given_name, Employee.family_name == family_name)
            .where(Slot.starts_at.is_(None) | (Slot.starts_at > NOW))
            .order_by(SignUp.booking_id, SignUp.id.desc())
            .limit(1)
        ).one()
    return house.portal.signer.sign(link, email or "")


def password_token_of(house: House, username: str) -> str:
    """The token of the link with which a user may choose a password, newly sent where there is none."""
    with house.behind() as db:
        name, email = password_link_of(db, username, house.clock.now())
        db.commit()
    return house.portal.password_signer.sign(name, email)


def password_link_of(db: Session, username: str, now: datetime) -> tuple[str, str]:
    """What the link with which a user may choose a password is known by, and whom it is signed for."""
    user = db.scalars(select(User).where(User.username == username)).one()
    of_user = select(PasswordLink.link).where(PasswordLink.user_id == user.id, PasswordLink.ended_at.is_(None))
    if db.scalar(of_user) is None:
        send_link(db, user, now)
    return db.scalars(of_user).one(), user.email


def form_token_of(house: House, token: str) -> str:
    """The form token on the page that a personal link opens."""
    return house.portal.cookies.form_token(f"link:{hashlib.sha256(token.encode()).hexdigest()}")


def foreign_ids(house: House, table: type[CustomerOwned], username: str) -> list[object]:
    """Ids of rows that the user may not see: of each other customer, each other unit at home, without the right.

    Whoever is a user of several customers has signed in to the first, and sees nothing of the others meanwhile.

    The first and the last of each kind: what stands between them differs in nothing that the walls look at.
    """
    kinds: dict[tuple[int, int | None], list[object]] = {}
    with house.behind() as db:
        home = {customer_id for customer_id, _, _ in _grants_at_first(db, username)}
    for kind, id in _divided(house, table, username)[1]:
        kinds.setdefault(kind if kind[0] in home else (kind[0], None), []).append(id)
    return [id for ids in kinds.values() for id in dict.fromkeys((ids[0], ids[-1]))]


def with_lists(house: House, each: int = 11) -> House:
    """What the demo has none of: lists of employees, one row new and one faulty, letters, and password links."""
    units = [UnitRow(0, "Bergen", None, None, "/0/")]
    dry_run = begin(
        read_pasted("Fornavn\tEtternavn\tEpost\nKari\tNord\tkari@n.example\nOla\tNord\t"), units, today=TODAY
    )
    judge(read_all(dry_run, units, today=TODAY, synthetic=True), Known(units), today=TODAY)
    with house.behind() as db:
        for grant in db.scalars(select(Grant)).all():
            by = SimpleNamespace(user_id=grant.user_id)
            for _ in range(each):
                kept = Dumped.of(dry_run)
                keep(db, house.portal.keyring, kept, by=by, customer_id=grant.customer_id, now=NOW)  # type: ignore[arg-type]
            post(
                db,
                Outgoing(
                    channel=Channel.MAIL,
                    kind="order_placed",
                    about="order:1",
                    customer_id=grant.customer_id,
                    payload={},
                    at=NOW,
                    to="kari@n.example",
                ),
            )
        for user in db.scalars(select(User)).all():
            send_link(db, user, NOW)
        db.commit()
    return house


def _divided(
    house: House, table: type[CustomerOwned], username: str
) -> tuple[list[object], list[tuple[tuple[int, int | None], object]]]:
    """The ids of the user's own rows, and of the others with the customer and the unit of each."""
    mine: list[object] = []
    foreign: list[tuple[tuple[int, int | None], object]] = []
    key = inspect(table).primary_key[0]
    name = named_by(table).key
    asked = [column for column in (name, "customer_id", "unit_id", "user_id") if hasattr(table, column)]
    with house.behind() as db:
        grants = _grants_at_first(db, username)
        user_id = db.scalar(select(User.id).where(User.username == username))
        paths = {unit.id: unit.path for unit in db.execute(select(Unit.id, Unit.path))}
        for row in db.execute(select(*(getattr(table, column) for column in asked)).order_by(key)):
            seen = any(
                customer_id == row.customer_id
                and (table is Grant or getattr(row, "user_id", user_id) == user_id)
                and (
                    not issubclass(table, UnitOwned)
                    or (paths[row.unit_id].startswith(path) and rights & {*table.rights})
                )
                for customer_id, path, rights in grants
            )
            if seen:
                mine.append(getattr(row, name))
            else:
                foreign.append(((row.customer_id, getattr(row, "unit_id", None)), getattr(row, name)))
    return mine, foreign


def _grants_at_first(db: Session, username: str) -> list[tuple[int, str, set[Right]]]:
    rows = db.execute(
        select(Grant, Unit.path, Customer.has_reports)
        .join(Unit, Unit.id == Grant.unit_id)
        .join(User, User.id == Grant.user_id)
        .join(Customer, Customer.id == Grant.customer_id)
        .where(User.username == username, Grant.customer_id == _first(db, username))
    )
    return [
        (
            grant.customer_id,
            path,
            {right for right in Right if getattr(grant, right) and (on or right != Right.REPORTS)},
        )
        for grant, path, on in rows
    ]


def _first(db: Session, username: str) -> int | None:
    """The customer that a user is signed in to."""
    id = db.scalar(select(User.id).where(User.username == username))
    return None if id is None else first_customer(db, id)


def digest(house: House) -> dict[str, str]:
    """What stands in the whole database, by table."""
    with house.behind() as db:
        ask = db.connection().exec_driver_sql
        if db.get_bind().dialect.name == "sqlite":
            return {name: _digest(ask(f"SELECT * FROM {name}")) for name in _tables()}  # noqa: S608  # our own names
        return {name: _digest(ask(_AS_TEXT.format(name))) for name in _tables()}


_AS_TEXT = "SELECT md5(t::text) FROM {} t"


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _digest(rows: Iterable[object]) -> str:
    """The same for the same rows, in whatever order they come."""
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def fields_of(form: type[PortalForm]) -> list[str]:
    """The names of a form's fields, as they are sent."""
    return [field.name for field in form(meta={"today": TODAY})]


def forms() -> list[type[PortalForm]]:
    """Every form of the portal."""
    found = list(PortalForm.__subclasses__())
    for form in found:
        found += form.__subclasses__()
    return found


def every_field() -> list[str]:
    """The names of all fields of all forms."""
    return sorted({name for form in forms() for name in fields_of(form)})


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The SQL statements of the portal, without BEGIN."""
    said: list[str] = []

    def note(*event: object) -> None:
        statement = str(event[2])
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engine = house.portal.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)
