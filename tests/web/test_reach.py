"""Everybody can use every place: axe-core finds nothing, and nothing has to be pushed sideways (WCAG 2.2 AA).

Each place is looked at in each of its states, wide and narrow, light and dark, in forced colours, with double text.
"""

from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from models.bookings.booking import Booking
from models.bookings.sign_ups.invitations import Invitation, invite
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.customers.customer import Customer
from models.employees.employee import Employee
from models.outbox.message import Channel, Outgoing, post
from routes import MAP
from tests.stage.browsers.chromium import DESK, PHONE, Visitor, Visitors
from tests.stage.rounds import HMS, a_round, people, slots_of
from tests.stage.times import NOW

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
NOT_PAGES = {
    *("root", "forget", "guide_pdf", "alive", "ready", "booking_calendar", "calendar_feed"),
    *("report_file", "report_preview", "figures_csv", "annual_report_pdf"),
    *("invoices_csv", "invoices_xlsx", "invoices_zip", "statement_csv", "statement_pdf"),
    *("invoice_pdf", "invoice_xml", "invoice_attachment", "employees_csv", "employees_xlsx"),
    *("order_receipt", "employee_receipt", "desk_order_receipt", "desk_report_file"),
}

State = Callable[[Visitor], object]


def opens(path: str) -> State:
    """The place as it comes."""
    return lambda person: person.open(path)


def refused_sign_in(person: Visitor) -> None:
    person.open("/login").field("Brukernavn").fill("hms.fjord")
    person.button("Logg inn").click()
    expect(person.part("problems")).to_be_visible()


def search_narrowed(person: Visitor) -> None:
    person.open("/orders").field("Bestillingsnummer:").fill("307513")
    expect(person.rows).to_have_count(1)


def search_refused(person: Visitor) -> None:
    person.open("/orders").field("Fra dato:").fill("31.02.2026")
    person.press("Enter")
    expect(person.part("from-error")).not_to_be_empty()


def invoices_refused(person: Visitor) -> None:
    person.open("/invoices").field("Fra dato:").fill("31.02.2026")
    person.press("Enter")
    expect(person.part("from-error")).not_to_be_empty()


def invoice_opened(kid: str) -> State:
    """The invoice with this KID."""

    def reach(person: Visitor) -> None:
        person.open(f"/invoices?number={kid}").rows.first.get_by_role("link").click()
        expect(person.part("pay")).to_be_visible()

    return reach


def first_credit_note(person: Visitor) -> None:
    person.open("/invoices?status=Kreditert&sort=total").rows.first.get_by_role("link").click()
    expect(person.h1).to_contain_text("Kreditnota")


def units_filtered(person: Visitor) -> None:
    person.open("/orders/new").field("Filtrer i bedrifts-/avdelingsliste").fill("tromsø")
    expect(person.part("unit-note")).to_be_visible()


def order_refused(person: Visitor) -> None:
    person.open("/orders/new").button("Send bestilling").click()
    expect(person.part("problems")).to_be_visible()


def order_guarded(person: Visitor, answer: str = "") -> None:
    person.open("/orders/new").field("Bedrift/avdeling:").select_option(label="Bergen")
    person.page.locator("#delivery").fill("Kurs")
    person.field("Bestillingsbeskrivelse:").fill("Hun er sykmeldt nå")
    person.button("Send bestilling").click()
    expect(person.button("Fjern")).to_be_visible()
    if answer:
        person.button(answer).click()


def order_cleaned(person: Visitor) -> None:
    order_guarded(person, "Fjern")
    expect(person.part("guard")).to_contain_text("Dette er fjernet")


def order_sent(person: Visitor) -> None:
    order_guarded(person, "Send likevel")
    expect(person.part("flash")).to_contain_text("er sendt")


def message_refused(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).button("Send melding").click()
    expect(person.part("problems")).to_be_visible()


def message_guarded(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).field("Skriv en melding").fill("Hun er sykmeldt")
    person.button("Send melding").click()
    expect(person.button("Fjern")).to_be_visible()


def message_sent(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).field("Skriv en melding").fill("Takk for det")
    person.button("Send melding").click()
    expect(person.part("flash")).to_contain_text("Meldingen er sendt")


def employee(person: Visitor, name: str = "Ingrid Solbakken") -> None:
    person.open(f"/employees?q={name}{'&inactive=1' if name == 'Siv Ånonsen' else ''}").link(name).click()
    expect(person.h1).to_have_text(name)


def employee_edited(person: Visitor) -> None:
    employee(person)
    person.link("Rediger").click()
    expect(person.h1).to_have_text("Rediger ansatt")


def employee_refused(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("")
    person.field("Fødselsnummer (11 siffer)").fill("1")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.part("problems")).to_be_visible()


def employee_asked_about(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("mohamed.aden@fjordbygg.example")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.button("Lagre likevel")).to_be_visible()


def number_about_to_go(person: Visitor) -> None:
    employee_edited(person)
    person.button("Fjern fødselsnummeret").click()
    expect(person.button("Ja, fjern nummeret")).to_be_visible()


def new_employee_refused(person: Visitor) -> None:
    person.open("/employees/new").button("Lagre").click()
    expect(person.part("problems")).to_be_visible()


def leaving(person: Visitor) -> None:
    """Somebody with times ahead, of whom nothing is decided yet."""
    person.open("/orders/307513")
    employee(person, person.page.locator("#bookings .slot li").first.inner_text())
    person.link("Deaktiver").click()
    person.button("Deaktiver").click()
    expect(person.part("problems")).to_be_visible()


def booking_at(person: Visitor, **changes: object) -> str:
    """A booking of this story's own, with one free time and one that is taken; `changes` are the provider's."""
    with person.portal.behind() as db:
        booking = a_round(db, times=2)
        early, _ = slots_of(db, booking)
        sign_up(db, early, people(db, 1)[0], by=HMS, now=NOW)
        for name, value in changes.items():
            setattr(booking, name, value)
        db.commit()
        return f"/bookings/{booking.id}"


def booking_refused(person: Visitor) -> None:
    person.open(booking_at(person)).button("Meld på").first.click()
    expect(person.part("problems")).to_be_visible()


def booking_moving(person: Visitor) -> None:
    person.open(booking_at(person)).page.get_by_role("link", name="Flytt").click()
    expect(person.button("Flytt hit")).to_be_visible()


def proposal(person: Visitor) -> None:
    url = booking_at(person)
    with person.portal.behind() as db:
        names = [employee.full_name for employee in people(db, 3)]
    person.open(f"{url}/distribution").field("Lim inn navn eller e-post").fill("\n".join([*names, "Ingen Slik"]))
    person.button("Foreslå tider").click()
    expect(person.h1).to_have_text("Forslag til tider")


def without_connection(person: Visitor) -> None:
    person.open("/orders/new").context.set_offline(offline=True)
    person.button("Send bestilling").click()
    expect(person.part("lost")).to_be_visible()
    person.context.set_offline(offline=False)


def signed_out(person: Visitor) -> None:
    person.open("/info").button("Logg ut").click()
    expect(person.part("flash")).to_be_visible()


def own_appointment(person: Visitor, state: str = "Bekreftet", *, language: str = "nb") -> None:
    """The page of somebody of the health checks whose sign-up is in this state."""
    with person.portal.behind() as db:
        link, email = db.execute(
            select(SignUp.link, Employee.email)
            .join(Employee, Employee.id == SignUp.employee_id)
            .join(Booking, Booking.id == SignUp.booking_id)
            .where(SignUp.state == state, Booking.order_number == 307513)
            .order_by(SignUp.id)
            .limit(1)
        ).one()
    person.open(person.portal.link(link, email) + f"?lang={language}")


def time_to_change(person: Visitor) -> None:
    own_appointment(person, "Påmeldt")
    for summary in person.page.locator("summary").all():
        summary.click()
    expect(person.button("Ja, meld meg av")).to_be_visible()


def own_offer(person: Visitor) -> None:
    with person.portal.behind() as db:
        waiting = db.scalars(select(SignUp).where(SignUp.state == "Venteliste").order_by(SignUp.id.desc())).first()
        assert waiting
        free = db.scalars(select(Slot).where(Slot.booking_id == waiting.booking_id, Slot.taken == 0)).first()
        assert free
        free.take(db)
        waiting.slot_id, waiting.state, waiting.offered_until = free.id, "Tilbudt", NOW + timedelta(hours=20)
        link, email = waiting.link, db.get_one(Employee, waiting.employee_id).email
        db.commit()
    person.open(person.portal.link(link, email))
    expect(person.button("Nei takk")).to_be_visible()


def own_choice(person: Visitor) -> None:
    with person.portal.behind() as db:
        booking = db.scalars(select(Booking).where(Booking.order_number == 307513)).one()
        free = select(Employee).where(
            Employee.unit_id == booking.unit_id,
            Employee.email.is_not(None),
            Employee.deactivated_at.is_(None),
            Employee.id.not_in(select(SignUp.employee_id)),
        )
        [asked] = invite(db, booking, [db.scalars(free.order_by(Employee.id.desc())).first().id], by=HMS, now=NOW)  # type: ignore[union-attr]
        db.commit()
        name = db.scalars(select(Invitation.link).order_by(Invitation.id.desc())).first()
    person.open(person.portal.link(name or "", asked.email))
    expect(person.h1).to_have_text("Velg en tid som passer deg")


def list_looked_over(person: Visitor) -> None:
    """A list with a new row and a faulty one."""
    person.open("/employees/imports").field("Eller lim inn fra Excel").fill(
        "Fornavn\tEtternavn\tEpost\tAvdeling\nKari\tNord\tkari@n.example\tBergen\nOla\tNord\t\tBergen"
    )
    person.button("Se over lista").click()
    expect(person.page.get_by_text("1 feil").first).to_be_visible()


def list_refused(person: Visitor) -> None:
    person.open("/employees/imports").button("Se over lista").click()
    expect(person.part("problems")).to_be_visible()


def own_time_taken(person: Visitor) -> None:
    own_appointment(person, "Påmeldt")
    person.page.locator("summary").first.click()
    with person.portal.behind() as db:
        taken = int(person.page.locator("button[name=slot]").first.get_attribute("value") or 0)
        db.execute(update(Slot).where(Slot.id == taken).values(taken=Slot.capacity))
        db.commit()
    person.page.locator("button[name=slot]").first.click()
    expect(person.part("problems")).to_be_visible()


def own_time_given_back(person: Visitor) -> None:
    own_appointment(person, "Påmeldt")
    person.page.locator("summary").last.click()
    person.button("Ja, meld meg av").click()
    expect(person.h1).to_have_text("Du er meldt av")


def calendar_made(person: Visitor) -> None:
    person.open("/calendar").page.get_by_role("button", name="kalenderlenke").click()
    expect(person.field("Kalenderlenken din")).to_be_visible()


def desk_customer(person: Visitor) -> None:
    person.open("/desk/customers").link("Fjordbygg Entreprenør AS").click()
    expect(person.part("viewing")).to_be_visible()


def from_the_customer(person: Visitor, *links: str, press: str = "") -> None:
    """A place that is reached from a customer's page, and a form there that is sent empty."""
    desk_customer(person)
    for link in links:
        person.link(link).first.click()
    if press:
        person.button(press).click()
        expect(person.part("problems")).to_be_visible()
    expect(person.page.locator(".crumbs")).to_be_visible()


def refused_for_many(person: Visitor) -> None:
    """A notice to nobody, about nothing."""
    person.open("/desk/notices/new")
    for box in person.page.locator("input[name=customer]").all():
        box.uncheck()
    person.button("Legg ut").click()
    expect(person.part("problems")).to_be_visible()


def invited_user(person: Visitor) -> None:
    """A user who has chosen no password yet."""
    from_the_customer(person, "Ny bruker")
    person.field("Fullt navn").fill("Kari Nord")
    person.field("E-post").fill("kari@nord.example")
    person.field("Brukernavn").fill("kari.nord")
    person.field("Bestilling").check()
    person.button("Legg til og inviter").click()
    person.link("Kari Nord").click()
    expect(person.button("Send invitasjonen på nytt")).to_be_visible()


def viewing_refused(person: Visitor) -> None:
    desk_customer(person)
    person.button("Se som kunden").click()
    expect(person.part("problems")).to_be_visible()


def viewing(person: Visitor) -> None:
    desk_customer(person)
    person.field("Hvorfor?").fill("Spør om en time")
    person.button("Se som kunden").click()
    expect(person.button("Avslutt innsyn")).to_be_visible()


def desk_booking(person: Visitor, *, under: str = "", **changes: object) -> None:
    person.open(f"/desk{booking_at(person, **changes)}{under}")


def desk_attendance(person: Visitor) -> None:
    """A booking of today, with one who came and one of whom nothing is noted."""
    url = booking_at(person)
    with person.portal.behind() as db:
        early, late = db.scalars(select(Slot).where(Slot.booking_id == int(url.rpartition("/")[2])).order_by(Slot.id))
        late.capacity = 3
        for slot in (early, late):
            slot.starts_at -= timedelta(days=19)
            slot.ends_at -= timedelta(days=19)
        for id in db.scalars(select(SignUp.id).where(SignUp.slot_id == early.id)):
            sitting = db.get_one(SignUp, id)
            again = {"customer_id": sitting.customer_id, "unit_id": sitting.unit_id, "booking_id": sitting.booking_id}
            other = people(db, 1)[0].id
            db.add(SignUp(**again, slot_id=late.id, employee_id=other, state="Påmeldt", signed_up_at=NOW))
            late.taken = 1
        db.commit()
    person.open(f"/desk{url}").page.get_by_role("button", name="møtte").first.click()
    expect(person.page.get_by_role("button", name="Angre oppmøtet")).to_be_visible()


def desk_slot_refused(person: Visitor) -> None:
    desk_booking(person)
    person.page.locator(".slot a").first.click()
    person.field("Plasser").fill("0")
    person.button("Lagre").click()
    expect(person.part("capacity-error")).not_to_be_empty()


def desk_new_booking(person: Visitor) -> None:
    desk_customer(person)
    person.link("Ny booking").click()
    expect(person.h1).to_have_text("Ny booking")


def desk_new_booking_refused(person: Visitor) -> None:
    desk_new_booking(person)
    person.button("Se over").click()
    expect(person.part("problems")).to_be_visible()


def desk_booking_looked_over(person: Visitor) -> None:
    desk_new_booking(person)
    person.field("Bedrift/avdeling").select_option(label="Bergen")
    for name, text in (("Tittel", "Kurs"), ("Sted", "Kantina"), ("Fra dato", "28.03.2027"), ("Til dato", "30.03.2027")):
        person.field(name).fill(text)
    person.field("Søndag").check()
    person.field("Åpner kl.").fill("01:00")
    person.button("Se over").click()
    expect(person.button("Publiser")).to_be_visible()


def password_forgotten(person: Visitor) -> None:
    person.open("/login").link("Glemt passord?").click()
    person.field("Brukernavn eller e-post").fill("hms.fjord")
    person.button("Send lenke").click()
    expect(person.part("request-form")).to_contain_text("Hvis brukeren finnes")


def request_refused(person: Visitor) -> None:
    person.open("/password/forgotten").button("Send lenke").click()
    expect(person.part("problems")).to_be_visible()


def password_link(person: Visitor, typed: str = "") -> None:
    """The page of a user's link, where a password was shown, or was refused."""
    person.open(person.portal.password_link("TESTWEB"))
    person.button("Vis passordet").click()
    if typed:
        person.field("Nytt passord").fill(typed)
        person.button("Lagre passordet").click()
        expect(person.part("problems")).to_be_visible()


def password_refused(person: Visitor) -> None:
    person.open("/password").button("Bytt passord").click()
    expect(person.part("problems")).to_be_visible()


def viewings(person: Visitor) -> None:
    viewing(person)
    person.button("Avslutt innsyn").click()
    person.link("Innsyn til nå").click()
    expect(person.part("list")).to_be_visible()


def dead_letter(person: Visitor) -> None:
    with person.portal.behind() as db:
        fjordbygg = select(Customer.id).where(Customer.name == "Fjordbygg Entreprenør AS").scalar_subquery()
        message = post(
            db,
            Outgoing(
                channel=Channel.MAIL,
                kind="order_confirmation",
                about="order:307513",
                customer_id=db.scalar(select(fjordbygg)),
                payload={},
                at=NOW,
                to="a@b.example",
            ),
        )
        message.dead_at, message.attempts, message.last_error = NOW, 390, "smtp 550"
        db.commit()
    person.open("/desk/deliveries")
    expect(person.button("Send på nytt").first).to_be_visible()


# route, user, state
STATES = {
    "sign-in": ("sign_in", None, opens("/login")),
    "sign-in refused": ("sign_in", None, refused_sign_in),
    "signed out": ("sign_in", "hms.fjord", signed_out),
    "password": ("password", "hms.fjord", opens("/password")),
    "password refused": ("password", "hms.fjord", password_refused),
    "password forgotten": ("forgotten_password", None, password_forgotten),
    "password request refused": ("forgotten_password", None, request_refused),
    "password link": ("password_link", None, password_link),
    "password link refused": ("password_link", None, lambda person: password_link(person, "kort")),
    "password link that is over": ("password_link", None, opens("/password/over")),
    "info": ("info", "hms.fjord", opens("/info")),
    "info of many units": ("info", "leder.brann", opens("/info")),
    "info of two customers": ("info", "anna.ka", opens("/info")),
    "desk": ("desk", "kam.lie", opens("/desk")),
    "desk orders": ("desk_orders", "kam.lie", opens("/desk/orders")),
    "no desk orders": ("desk_orders", "kam.lie", opens("/desk/orders?number=999999")),
    "desk order": ("desk_order", "kam.lie", opens("/desk/orders/307513")),
    "message refused at the desk": (
        "desk_order",
        "kam.lie",
        lambda person: message_refused(person, "/desk/orders/307512"),
    ),
    "message sent at the desk": ("desk_order", "kam.lie", lambda person: message_sent(person, "/desk/orders/307512")),
    "order with messages": ("order", "hms.fjord", opens("/orders/307512")),
    "message refused": ("order", "hms.fjord", message_refused),
    "message guarded": ("order", "hms.fjord", message_guarded),
    "message sent": ("order", "hms.fjord", message_sent),
    "desk customers": ("desk_customers", "kam.lie", opens("/desk/customers")),
    "no desk customers": ("desk_customers", "kam.lie", opens("/desk/customers?q=xyz")),
    "desk customer": ("desk_customer", "kam.lie", desk_customer),
    "desk bookings": ("desk_bookings", "kam.lie", opens("/desk/bookings")),
    "no desk bookings": ("desk_bookings", "kam.lie", opens("/desk/bookings?customer=xyz")),
    "desk booking": ("desk_booking", "kam.lie", desk_booking),
    "desk attendance": ("desk_booking", "kam.lie", desk_attendance),
    "desk slot refused": ("desk_edit_slot", "kam.lie", desk_slot_refused),
    "desk booking edited": ("desk_edit_booking", "kam.lie", lambda person: desk_booking(person, under="/edit")),
    "desk calling off": ("desk_cancellation", "kam.lie", lambda person: desk_booking(person, under="/cancellation")),
    "desk new times": ("desk_new_times", "kam.lie", lambda person: desk_booking(person, under="/times")),
    "desk day list": ("desk_day_list", "kam.lie", lambda person: desk_booking(person, under="/day-list")),
    "desk hidden names": (
        "desk_booking",
        "kam.lie",
        lambda person: desk_booking(person, under="?names=1", names_hidden=True),
    ),
    "desk new booking": ("desk_new_booking", "kam.lie", desk_new_booking),
    "desk new booking refused": ("desk_new_booking", "kam.lie", desk_new_booking_refused),
    "desk booking looked over": ("desk_new_booking", "kam.lie", desk_booking_looked_over),
    "new customer": ("new_customer", "kam.lie", opens("/desk/customers/new")),
    "new unit": ("new_unit", "kam.lie", lambda person: from_the_customer(person, "Ny avdeling", press="Legg til")),
    "unit": ("edit_unit", "kam.lie", lambda person: from_the_customer(person, "Bergen")),
    "new user": (
        "new_user",
        "kam.lie",
        lambda person: from_the_customer(person, "Ny bruker", press="Legg til og inviter"),
    ),
    "invited user": ("desk_user", "kam.lie", invited_user),
    "desk reports": ("desk_reports", "kam.lie", lambda person: from_the_customer(person, "Se og legg ut")),
    "new report": (
        "new_report",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "Legg ut rapport", press="Legg ut"),
    ),
    "report to be removed": (
        "report_removal",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "Ta bort Plan for BHT-bistand 2026"),
    ),
    "plan at the desk": (
        "desk_plan",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "2026", press="Legg inn plan"),
    ),
    "customer notice": ("new_customer_notice", "kam.lie", lambda person: from_the_customer(person, "Nytt oppslag")),
    "desk notices": ("desk_notices", "kam.lie", opens("/desk/notices")),
    "desk notices that are over": ("desk_notices", "kam.lie", opens("/desk/notices?state=Over")),
    "new notice": ("new_notice", "kam.lie", refused_for_many),
    "notice": ("edit_notice", "kam.lie", opens("/desk/notices/1/edit")),
    "viewing refused": ("desk_customer", "kam.lie", viewing_refused),
    "viewing": ("info", "kam.lie", viewing),
    "viewings": ("desk_viewings", "kam.lie", viewings),
    "dead letter": ("desk_deliveries", "kam.lie", dead_letter),
    "nothing to deliver": ("desk_deliveries", "kam.lie", opens("/desk/deliveries?customer=xyz")),
    "refused by the portal": ("desk_received", "kam.lie", opens("/desk/received")),
    "orders": ("orders", "hms.fjord", opens("/orders")),
    "orders narrowed": ("orders", "hms.fjord", search_narrowed),
    "no orders": ("orders", "hms.fjord", opens("/orders?number=999999")),
    "search refused": ("orders", "hms.fjord", search_refused),
    "new order": ("new_order", "hms.fjord", opens("/orders/new")),
    "units filtered": ("new_order", "hms.fjord", units_filtered),
    "order refused": ("new_order", "hms.fjord", order_refused),
    "order guarded": ("new_order", "hms.fjord", order_guarded),
    "order cleaned": ("new_order", "hms.fjord", order_cleaned),
    "without connection": ("new_order", "hms.fjord", without_connection),
    "order sent": ("order", "hms.fjord", order_sent),
    "order with bookings": ("order", "hms.fjord", opens("/orders/307513")),
    "order of the guide": ("order", "Tester", opens("/orders/307390")),
    "employees": ("employees", "hms.fjord", opens("/employees")),
    "no employees": ("employees", "hms.fjord", opens("/employees?q=xyz")),
    "employee": ("employee", "hms.fjord", employee),
    "employee who left": ("employee", "hms.fjord", lambda person: employee(person, "Siv Ånonsen")),
    "employee edited": ("edit_employee", "hms.fjord", employee_edited),
    "employee refused": ("edit_employee", "hms.fjord", employee_refused),
    "employee asked about": ("edit_employee", "hms.fjord", employee_asked_about),
    "number about to go": ("edit_employee", "hms.fjord", number_about_to_go),
    "new employee": ("new_employee", "hms.fjord", opens("/employees/new")),
    "new employee refused": ("new_employee", "hms.fjord", new_employee_refused),
    "leaving": ("deactivation", "hms.fjord", leaving),
    "invoices": ("invoices", "okonomi.fjord", opens("/invoices")),
    "invoices sorted": ("invoices", "Tester", opens("/invoices?sort=-status")),
    "no invoices": ("invoices", "okonomi.fjord", opens("/invoices?number=finnes+ikke")),
    "invoices refused": ("invoices", "okonomi.fjord", invoices_refused),
    "invoice": ("invoice", "Tester", invoice_opened("20260001183710")),
    "invoice overdue": ("invoice", "TESTWEB", opens("/invoices/2017-118350")),
    "credit note": ("invoice", "Tester", first_credit_note),
    "statement": ("statement", "Tester", opens("/invoices/statement?from=01.01.2024")),
    "statement refused": ("statement", "Tester", opens("/invoices/statement?from=i+dag")),
    "search": ("search", "Tester", opens("/search")),
    "search found": ("search", "Tester", opens("/search?q=PO-4471")),
    "search of a number": ("search", "Tester", opens("/search?q=14838419861")),
    "import": ("new_import", "hms.fjord", opens("/employees/imports")),
    "import refused": ("new_import", "hms.fjord", list_refused),
    "import looked over": ("import", "hms.fjord", list_looked_over),
    "worklist": ("worklist", "hms.fjord", opens("/worklist?todo=emails")),
    "worklist done": ("worklist", "Tester", opens("/worklist")),
    "units": ("units", "leder.brann", opens("/units")),
    "documents": ("reports", "hms.fjord", opens("/reports")),
    "no documents": ("reports", "hms.fjord", opens("/reports?year=2024&kind=Plan")),
    "documents refused": ("reports", "hms.fjord", opens("/reports?year=1900")),
    "document": ("report", "hms.fjord", opens("/reports/4")),
    "own appointment": ("appointment", None, time_to_change),
    "own appointment in English": ("appointment", None, lambda person: own_appointment(person, language="en")),
    "own place in the line": ("appointment", None, lambda person: own_appointment(person, "Venteliste")),
    "own offer": ("appointment", None, own_offer),
    "own choice": ("appointment", None, own_choice),
    "own time taken": ("appointment", None, own_time_taken),
    "own time given back": ("appointment", None, own_time_given_back),
    "link that is over": ("appointment", None, opens("/me/over")),
    "calendar": ("calendar", "hms.fjord", calendar_made),
    "figures": ("figures", "hms.fjord", opens("/reports/figures?year=2025")),
    "figures of this year": ("figures", "TESTWEB", opens("/reports/figures?year=2026")),
    "figures refused": ("figures", "hms.fjord", opens("/reports/figures?year=1900")),
    "plan": ("hms_year", "hms.fjord", opens("/reports/hms-year")),
    "no plan": ("hms_year", "hms.fjord", opens("/reports/hms-year?year=2027")),
    "annual report": ("annual_report", "hms.fjord", opens("/reports/annual-report?year=2025")),
    "bookings": ("bookings", "hms.fjord", opens("/bookings")),
    "no bookings": ("bookings", "hms.fjord", opens("/bookings?from=01.01.2030")),
    "booking": ("booking", "hms.fjord", opens("/bookings/1")),
    "booking refused": ("booking", "hms.fjord", booking_refused),
    "booking moving": ("booking", "hms.fjord", booking_moving),
    "booking too late": ("booking", "hms.fjord", lambda person: person.open(booking_at(person, deadline=NOW))),
    "booking cancelled": ("booking", "hms.fjord", lambda person: person.open(booking_at(person, cancelled_at=NOW))),
    "day list": ("day_list", "hms.fjord", opens("/bookings/1/day-list")),
    "many to distribute": ("new_distribution", "hms.fjord", opens("/bookings/1/distribution")),
    "proposal": (None, "hms.fjord", proposal),
    "guide": ("guide", "hms.fjord", opens("/guide")),
    "accessibility": ("accessibility", "hms.fjord", opens("/accessibility")),
    "not found": (None, "hms.fjord", opens("/orders/1")),
}


def test_every_place_is_looked_at() -> None:
    places = {line.name for line in MAP if line.method == "GET"} - NOT_PAGES
    assert places == {route for route, _, _ in STATES.values()} - {None}


def narrow(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 640})


def dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")


def wide(page: Page) -> None:
    page.set_viewport_size({"width": DESK, "height": 800})


def forced_colours(page: Page) -> None:
    page.emulate_media(color_scheme="light", forced_colors="active")


def double_text(page: Page) -> None:
    """As somebody has it who asked the browser for letters of twice the size."""
    page.emulate_media(forced_colors="none")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")


Rules = dict[str, object]
EVERYTHING: Rules = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
COLOURS: Rules = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# What it is called, how one gets there from the one before, and what can be different then.
LOOKS = [
    ("1280 px", wide, EVERYTHING),
    ("320 px", narrow, EVERYTHING),
    ("320 px, dark", dark, COLOURS),
    ("1280 px, dark", wide, COLOURS),
    ("1280 px, forced colours", forced_colours, COLOURS),
    ("1280 px, double text", double_text, EVERYTHING),
]


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(visitor: Visitors, name: str) -> None:
    _, username, reach = STATES[name]
    person = visitor(expects="status of 404|ERR_INTERNET_DISCONNECTED|Failed to fetch")
    if username:
        person.sign_in(username)
    reach(person)
    person.page.evaluate(AXE)
    found = []
    for seen, look, rules in LOOKS:
        look(person.page)
        found += [f"{seen}: {violation}" for violation in violations(person.page, rules)]
        if pushed := person.page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            found.append(f"{seen}: {pushed} px to the side")
    assert not found, "\n".join(found)


def violations(page: Page, rules: Rules) -> list[str]:
    """What axe-core finds, with the elements that have it."""
    return list(page.evaluate(_RUN, rules))


_RUN = """async rules => {
    const {violations} = await axe.run(document, {...rules, resultTypes: ['violations']});
    return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`);
}"""
