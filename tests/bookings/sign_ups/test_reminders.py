"""Reminders: each one once, of what is so when it is due, however many postmen there are (T6)."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select, update

from models.bookings.booking import Booking
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.reminders import remind
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL
from models.core.database import Database
from models.core.scope import Scope, across_customers, bind
from models.employees.employee import Employee
from models.exchange.deliver import Postman
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.together import Meet, together

DUE = datetime.fromisoformat("2026-10-11T12:00:00+00:00")
"""Two days before the second half of the first day of the health checks; its first half was due before."""


def reminded(house: House) -> Counter[tuple[str, str]]:
    """To whom reminders are posted, and of which time."""
    with house.behind() as db:
        rows = db.execute(select(Message.to, Message.payload).where(Message.kind == "appointment_reminder"))
        return Counter((str(to), str(payload["starts_at"])) for to, payload in rows)


def expected(house: House, now: datetime) -> Counter[tuple[str, str]]:
    """Who has an appointment in the two days after a moment."""
    with house.behind() as db:
        rows = db.execute(
            select(Employee.email, Slot.starts_at)
            .join(SignUp, SignUp.employee_id == Employee.id)
            .join(Slot, Slot.id == SignUp.slot_id)
            .join(Booking, Booking.id == Slot.booking_id)
            .where(
                SignUp.state.in_(COMING),
                Slot.starts_at > now,
                Slot.starts_at <= now + timedelta(days=2),
                Booking.cancelled_at.is_(None),
            )
        )
        return Counter((str(to), starts_at.isoformat()) for to, starts_at in rows)


def look(house: House, now: datetime) -> int:
    """One look of a postman."""
    with house.behind() as db:
        posted = remind(db, now)
        db.commit()
    return posted


def test_t6_everybody_is_reminded_once_two_days_before(quiet_house: House) -> None:
    who = expected(quiet_house, DUE)
    assert who.total() > 5
    assert look(quiet_house, DUE) == who.total()
    assert reminded(quiet_house) == who
    assert look(quiet_house, DUE + timedelta(minutes=1)) == 0
    later = DUE + timedelta(days=1)
    look(quiet_house, later)
    assert reminded(quiet_house) == who | expected(quiet_house, later)


def test_t6_several_postmen_at_the_same_moment_remind_once(quiet_house: House) -> None:
    who = expected(quiet_house, DUE)

    def come(meet: Meet) -> int:
        database = Database(quiet_house.settings.database_url)
        with database.session() as db, across_customers(db):
            meet()
            posted = remind(db, DUE)
            db.commit()
        database.close()
        return posted

    assert sum(together([come] * 4)) == who.total()
    assert reminded(quiet_house) == who


def test_t6_who_is_taken_off_has_left_or_cannot_come_is_not_reminded(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        rows = db.execute(
            select(SignUp, Employee, Booking)
            .join(Slot, Slot.id == SignUp.slot_id)
            .join(Employee, Employee.id == SignUp.employee_id)
            .join(Booking, Booking.id == SignUp.booking_id)
            .where(SignUp.state.in_(COMING), Slot.starts_at > DUE, Slot.starts_at <= DUE + timedelta(days=2))
            .order_by(SignUp.id)
        ).all()
        off, left, lost = rows[:3]
        scope = Scope.whole(off[0].customer_id)
        bind(db, scope)
        seating.cancel(db, off[0], by=THE_PORTAL, now=quiet_house.clock.now())
        left[1].deactivated_at = quiet_house.clock.now()
        lost[1].email = None
        db.commit()
        gone = {off[1].email, left[1].email}
    look(quiet_house, DUE)
    told = {to for to, _ in reminded(quiet_house)}
    assert told
    assert not told & gone
    assert len(told) == len(rows) - 3
    quiet_house.refill()
    with quiet_house.behind() as db:
        db.execute(update(Booking).values(cancelled_at=quiet_house.clock.now()))
        db.commit()
    assert look(quiet_house, DUE) == 0


def test_t6_who_is_moved_is_reminded_of_the_new_time_and_who_comes_late_not_at_all(quiet_house: House) -> None:
    look(quiet_house, DUE)
    with quiet_house.behind() as db:
        seated = db.scalars(
            select(SignUp)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(SignUp.reminded_slot_id.is_not(None), SignUp.state.in_(COMING), Slot.capacity == 1)
            .order_by(SignUp.id)
        ).first()
        assert seated
        employee = db.get_one(Employee, seated.employee_id)
        free = db.scalars(
            select(Slot).where(Slot.booking_id == seated.booking_id, Slot.taken == 0).order_by(Slot.starts_at.desc())
        ).all()
        late = db.scalars(
            select(Employee)
            .where(
                Employee.unit_id == employee.unit_id,
                Employee.email.is_not(None),
                Employee.deactivated_at.is_(None),
                Employee.id.not_in(select(SignUp.employee_id)),
            )
            .order_by(Employee.id)
        ).first()
        assert late
        bind(db, Scope.whole(seated.customer_id))
        seating.move(db, seated, free[0], by=THE_PORTAL, now=DUE)
        sign_up(db, free[-1], late, by=THE_PORTAL, now=DUE)
        db.commit()
    look(quiet_house, free[0].starts_at - timedelta(days=2))
    told = reminded(quiet_house)
    assert told[str(employee.email), free[0].starts_at.isoformat()] == 1
    assert not [to for to, _ in told if to == late.email], "the letter about the time has just come"


def test_t6_the_postman_posts_reminders_and_brings_them_out(quiet_house: House) -> None:
    quiet_house.clock.set(DUE)
    database = Database(quiet_house.settings.database_url)
    postman = Postman(database, quiet_house.settings, quiet_house.clock, quiet_house.portal.links.absolute)
    who = expected(quiet_house, DUE)
    mail = quiet_house.settings.var / "mail"
    before = set(mail.glob("*reminder*.eml"))  # of other stories
    assert postman.deliver_due() == who.total()
    assert postman.deliver_due() == 0
    letters = [file.read_text() for file in set(mail.glob("*reminder*.eml")) - before]
    database.close()
    assert len(letters) == who.total()
    assert all("/me/" in letter for letter in letters)
