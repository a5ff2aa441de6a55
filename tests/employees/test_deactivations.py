"""Deaktiver (AD4, section 5 number 7): asked first, with its consequences, and the way back."""

from sqlalchemy import func, select

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import OPEN, SignUp
from models.bookings.slots import Slot
from models.core.audit import AuditEntry
from models.employees.employee import Employee
from models.outbox.message import Message
from tests.customers.test_customers import switch_to
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import TODAY

TITLE = "Helsekontroll Fjordbygg Bergen"


def somebody_with_a_time(house: House) -> tuple[Employee, SignUp, Employee]:
    """Somebody of Fjordbygg with one time ahead that can still be given on, and a colleague without any."""
    with house.behind() as db:
        now = house.clock.now()
        open_ = select(SignUp.employee_id).where(SignUp.state.in_(OPEN))
        twice = open_.group_by(SignUp.employee_id).having(func.count() > 1)
        ahead = db.execute(
            select(Employee, SignUp)
            .join(SignUp, SignUp.employee_id == Employee.id)
            .join(Booking, Booking.id == SignUp.booking_id)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(SignUp.state == "signed_up", Booking.deadline > now, Slot.starts_at > now)
            .where(Booking.title == TITLE, SignUp.employee_id.not_in(twice))
            .order_by(SignUp.id)
        ).first()
        assert ahead
        employee, sign_up = ahead
        heir = db.scalars(
            select(Employee)
            .where(
                Employee.customer_id == employee.customer_id,
                Employee.id.not_in(open_),
                Employee.email.is_not(None),
                Employee.deactivated_at.is_(None),
            )
            .order_by(Employee.id)
        ).first()
        assert heir
        return employee, sign_up, heir


def test_ad4_who_has_nothing_ahead_is_asked_about_and_comes_back(house: House, tester: Page) -> None:
    page = tester.open("/employees").follow("test yoyo").follow("Deaktiver")
    assert page.h1 == "Deaktiver ansatt"
    assert page.has("Vil du deaktivere test yoyo?")
    assert page.follow("Avbryt").h1 == "test yoyo"
    page.follow("Deaktiver").press("Deaktiver")
    assert (page.h1, page.flash) == ("test yoyo", "test yoyo er deaktivert.")
    assert page.has(f"Deaktivert {TODAY:%d.%m.%Y}")
    assert [row[0] for row in page.open("/employees").rows] == ["Dolly Duck", "Donald Duck"]
    page.follow("Vis deaktiverte").follow("test yoyo").press("Aktiver igjen")
    assert page.flash == "test yoyo er aktiv igjen."
    assert page.has("Aktivert igjen")
    assert page.has("Test Bruker (Tester)")
    assert "test yoyo" in [row[0] for row in page.open("/employees").rows]
    with house.behind() as db:
        kinds = db.scalars(select(Message.kind).where(Message.kind.like("employee.%")).order_by(Message.id)).all()
        assert kinds == ["employee.deactivated", "employee.reactivated"]
        actions = select(AuditEntry.action).where(AuditEntry.about.like("employee:%")).order_by(AuditEntry.id)
        assert db.scalars(actions).all() == ["deactivated", "reactivated"]


def test_u17_each_time_ahead_is_freed_after_a_yes(house: House, hms: Page) -> None:
    employee, sign_up, _ = somebody_with_a_time(house)
    page = hms.open(f"/employees/{employee.id}/deactivation")
    assert page.has(TITLE)
    page.press("Deaktiver")
    assert page.status_code == 422
    assert page.problems == [f"{TITLE}: Kryss av for å frigi timen, eller skriv hvem som skal ha den."]
    with house.behind() as db:
        assert db.get_one(SignUp, sign_up.id).state == "signed_up"
        assert db.get_one(Employee, employee.id).deactivated_at is None
    ids = [str(box["value"]) for box in page.soup.select("input[name=free]")]
    page.fill(free=ids).press("Deaktiver")
    assert page.flash == f"{employee.full_name} er deaktivert."
    assert page.soup.select_one("#history"), "a page that was opened at the question has all around the card afterwards"
    assert not page.soup.select("#coming, #free, #checks")
    with house.behind() as db:
        assert db.get_one(SignUp, sign_up.id).state == "cancelled"
        assert db.get_one(Employee, employee.id).deactivated_at
    page.press("Aktiver igjen")
    assert page.soup.select(f"#coming :-soup-contains('{TITLE}')"), "without opening it again"
    assert page.soup.select("#checks li")
    assert page.flash.startswith(f"{employee.full_name} er aktiv igjen. Har fått tilbake ")
    with house.behind() as db:
        again = select(SignUp).where(SignUp.employee_id == employee.id, SignUp.state.in_(OPEN))
        slot = db.get_one(Slot, db.scalars(again).one().slot_id)
    page.follow("Deaktiver").fill(free=[str(box["value"]) for box in page.soup.select("input[name=free]")])
    page.press("Deaktiver")
    with house.behind() as db:  # somebody else gets the place meanwhile
        taken = db.get_one(Slot, slot.id)
        taken.taken = taken.capacity
        db.commit()
    page.press("Aktiver igjen")
    assert "Er ikke lenger å få: " in page.flash


def test_u17_or_it_is_given_to_a_colleague(house: House, hms: Page) -> None:
    employee, sign_up, heir = somebody_with_a_time(house)
    page = hms.open(f"/employees/{employee.id}/deactivation")
    page.fill(heir="berg").press("Deaktiver")
    assert page.status_code == 422
    assert page.problems[0].startswith(f"{TITLE}: Flere passer:")
    assert page.value("heir") == "berg"
    page.fill(heir="finnes ikke").press("Deaktiver")
    assert page.problems == [f"{TITLE}: Fant ingen aktiv ansatt med dette navnet eller denne e-postadressen."]
    page.fill(heir=employee.email or "").press("Deaktiver")
    assert page.status_code == 422
    page.fill(heir=heir.email or "").press("Deaktiver")
    assert page.flash == f"{employee.full_name} er deaktivert."
    with house.behind() as db:
        assert db.get_one(SignUp, sign_up.id).state == "cancelled"
        seated = db.scalars(select(SignUp).where(SignUp.employee_id == heir.id, SignUp.state == "signed_up")).one()
        assert seated.slot_id == sign_up.slot_id
        assert db.get_one(Slot, sign_up.slot_id).taken == 1


def test_t7_a_time_with_hidden_names_is_not_told_of_and_stays(quiet_house: House) -> None:
    """Who has a støttesamtale is not the employer's to know, nor to end."""
    hidden = select(SignUp).join(Booking, Booking.id == SignUp.booking_id).where(Booking.names_hidden)
    with quiet_house.behind() as db:
        sign_up = db.scalars(hidden.where(SignUp.state.in_(OPEN)).order_by(SignUp.id)).first()
    assert sign_up
    anna = switch_to(quiet_house.sign_in("anna.ka").open("/info"), "Nordlys Data AS")
    page = anna.open(f"/employees/{sign_up.employee_id}/deactivation")
    assert page.status_code == 200
    assert not page.has("Støttesamtale")
    page.press("Deaktiver")
    assert "er deaktivert" in page.flash
    with quiet_house.behind() as db:
        assert db.get_one(SignUp, sign_up.id).state == sign_up.state


def test_pressing_twice_deactivates_once(house: House, tester: Page) -> None:
    page = tester.open("/employees").follow("test yoyo").follow("Deaktiver")
    form = page.soup.select_one("#leaving")
    assert form
    sent = page.fields(form)
    for _ in range(2):
        assert tester.send("POST", str(form["action"]), sent).status_code == 303
    with house.behind() as db:
        assert len(db.scalars(select(Message).where(Message.kind == "employee.deactivated")).all()) == 1
