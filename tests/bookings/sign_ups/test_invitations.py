"""Invited to choose a time: from the booking's page to the employee's choice (5.16)."""

from datetime import datetime

from sqlalchemy import select, update

from models.bookings.sign_ups.invitations import invite
from models.bookings.slots import Slot
from models.core.audit import THE_PORTAL
from models.employees.employee import Employee
from tests.bookings.sign_ups.holder import (
    INGRID,
    employee,
    letters,
    now_on,
    somebody_free,
    the_round,
    whole,
)
from tests.stage.house import House
from tests.stage.sweeps import digest


def test_5_16_who_is_invited_chooses_and_the_same_link_leads_to_the_appointment(house: House) -> None:
    with house.behind() as db:
        somebody = somebody_free(db)
        name, booking = (somebody.given_name, somebody.family_name), the_round(db)
        ingrid = employee(db, INGRID)
        whole(db, booking)
        asked = invite(db, booking, [somebody.id, ingrid.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        assert [person.id for person in asked] == [somebody.id], "who has a time is not asked"
        [(kind, payload)] = letters(db, name)
        assert kind == "invitation"
        url = f"/me/{house.portal.signer.sign(str(payload['link']), somebody.email or '')}"
    page = house.visitor().open(url)
    assert (page.status_code, page.h1) == (200, "Velg en tid som passer deg")
    page.press("08:30")
    assert (page.flash, page.h1) == ("Timen er din.", "Timen din")
    assert house.visitor().open(url).h1 == "Timen din"
    with house.behind() as db:
        assert now_on(db, name)[0] == "signed_up"
        assert [kind for kind, _ in letters(db, name)] == ["invitation", "created"]
    house.visitor().open(url).press("Ja, meld meg av")
    assert house.visitor().open(url).status_code == 410, "given back is given back"
    with house.behind() as db:
        booking = the_round(db)
        invite(whole(db, booking), booking, [somebody.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        link = letters(db, name)[-1][1]["link"]
    assert house.visitor().open(url).status_code == 410, "asked anew is another link"
    anew = house.visitor().open(f"/me/{house.portal.signer.sign(str(link), somebody.email or '')}")
    assert anew.h1 == "Velg en tid som passer deg"
    assert anew.press("08:30").h1 == "Timen din"
    assert house.visitor().open(url).status_code == 410


def test_5_16_an_invitation_is_refused_or_leads_to_the_waiting_list(house: House) -> None:
    with house.behind() as db:
        somebody, booking = somebody_free(db), the_round(db)
        whole(db, booking)
        for _ in range(2):
            invite(db, booking, [somebody.id], by=THE_PORTAL, now=house.clock.now())
        db.commit()
        first, second = (payload for _, payload in letters(db, (somebody.given_name, somebody.family_name)))
        assert first["link"] == second["link"], "asked again is the same invitation"
        url = f"/me/{house.portal.signer.sign(str(first['link']), somebody.email or '')}"
        if house.mode == "plain":
            db.execute(update(Slot).where(Slot.booking_id == booking.id).values(taken=Slot.capacity))
            db.commit()
    page = house.visitor().open(url)
    if house.mode == "plain":
        assert page.has("Akkurat nå er alle tidene opptatt.")
        assert page.press("Sett meg på ventelisten").flash == "Du står på ventelisten."
        assert page.h1 == "Du står på venteliste"
        page.press("Ja, ta meg av ventelisten")
    else:
        page.press("Ja, jeg lar det være")
    assert page.flash == "Du er meldt av."
    assert house.visitor().open(url).status_code == 410


def test_5_16_the_ticked_employees_are_invited_from_the_bookings_page(house: House) -> None:
    with house.behind() as db:
        booking, somebody, ingrid = the_round(db).id, somebody_free(db), employee(db, INGRID)
    hms = house.sign_in("hms.fjord").open(f"/bookings/{booking}")
    button = "Inviter valgte til å velge tid selv"
    assert hms.press(button).flash == "Velg hvem som skal inviteres: kryss av minst én ansatt."
    hms.fill(employee=[str(somebody.id), str(ingrid.id)]).press(button)
    assert hms.flash == (
        "1 ansatt er invitert til å velge tid selv. "
        "1 ble ikke invitert, fordi de har en time fra før, mangler e-post eller er deaktivert."
    )
    fields = [("csrf_token", hms.token()), ("employee", str(ingrid.id)), ("invite", "1")]
    assert hms.send("POST", f"/bookings/{booking}/signups", fields).headers["location"] == f"/bookings/{booking}"
    person = (
        hms.open(f"/bookings/{booking}")
        .open(f"/bookings/{booking}?q={somebody.full_name}")
        .soup.select_one(f"#person-{somebody.id}")
    )
    assert person
    assert "Invitert til å velge tid." in person.get_text()
    with house.behind() as db:
        [(kind, payload)] = letters(db, (somebody.given_name, somebody.family_name))
        assert (kind, payload["contact_name"]) == ("invitation", "Hilde Moldskred")
        others = select(Employee.id).where(Employee.customer_id != somebody.customer_id)
        foreign = db.scalars(others.order_by(Employee.id)).first()
    before = digest(house)
    fields = [("csrf_token", hms.token()), ("employee", str(foreign))]
    assert hms.send("POST", f"/bookings/{booking}/invitations", fields).status_code == 404
    house.clock.set(datetime.fromisoformat("2026-10-12T09:00:00+00:00"))
    late = house.sign_in("hms.fjord").open(f"/bookings/{booking}")
    fields = [("csrf_token", late.token()), ("employee", str(somebody.id))]
    late.send("POST", f"/bookings/{booking}/invitations", fields)
    assert late.open(f"/bookings/{booking}").flash == "Fristen er ute. Ingen er invitert."
    assert digest(house)["invitations"] == before["invitations"]
