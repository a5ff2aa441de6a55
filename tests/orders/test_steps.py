"""How far an order has come: the steps of each status, whatever way it took there."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.catalogue.entry import Kind, Meaning
from models.catalogue.words import Catalogue, Word
from models.orders.order import Order, StatusChange
from models.orders.steps import steps_of
from tests.stage.house import House
from tests.stage.times import NOW

SENT = date(2026, 9, 1)
RECEIVED, HANDLED, PLANNED, RUNNING = "Mottatt", "Under behandling", "Planlagt", "Løpende"
DONE, INVOICED, WAITING, CANCELLED, REJECTED = "Utført", "Fakturert", "Venter på kunde", "Avbestilt", "Avvist"
STATUSES = {
    RECEIVED: Meaning.RECEIVED,
    HANDLED: Meaning.OPEN,
    PLANNED: Meaning.PLANNED,
    RUNNING: Meaning.RUNNING,
    DONE: Meaning.DONE,
    INVOICED: Meaning.INVOICED,
    WAITING: Meaning.WAITING,
    CANCELLED: Meaning.CANCELLED,
    REJECTED: Meaning.REJECTED,
}
WAYS = [
    ([], "Sendt: now 1.9 | Mottatt | Planlagt | Utført | Fakturert"),
    ([RECEIVED], "Sendt: done 1.9 | Mottatt: now 1.10 | Planlagt | Utført | Fakturert"),
    ([RECEIVED, HANDLED], "Sendt: done 1.9 | Mottatt: now 1.10 | Planlagt | Utført | Fakturert"),
    ([PLANNED], "Sendt: done 1.9 | Mottatt: done | Planlagt: now 1.10 | Utført | Fakturert"),
    ([RECEIVED, PLANNED, RUNNING], "Sendt: done 1.9 | Mottatt: done 1.10 | Planlagt: now 2.10 | Utført | Fakturert"),
    ([PLANNED, WAITING], "Sendt: done 1.9 | Mottatt: done 2.10 | Planlagt: now 1.10 | Utført | Fakturert"),
    ([DONE, INVOICED], "Sendt: done 1.9 | Mottatt: done | Planlagt: done | Utført: done 1.10 | Fakturert: done 2.10"),
    ([CANCELLED], "Sendt: done 1.9 | Avbestilt: stop 1.10"),
    ([RECEIVED, PLANNED, REJECTED], "Sendt: done 1.9 | Mottatt: done 1.10 | Planlagt: done 2.10 | Avvist: stop 3.10"),
]


OTHERS = {
    "Registrert": Meaning.OPEN,
    "Hos lege": Meaning.PLANNED,
    "Avtalt": Meaning.PLANNED,
    "Ferdig": Meaning.DONE,
    "Trukket": Meaning.CANCELLED,
}
"""Of a provider with words of its own, which sends no invoices."""
THEIR_WAYS = [
    ([], "Sendt: now 1.9 | Registrert | Hos lege | Ferdig"),
    (["Registrert", "Avtalt"], "Sendt: done 1.9 | Registrert: done 1.10 | Hos lege: now 2.10 | Ferdig"),
    (["Avtalt", "Til fordeling"], "Sendt: done 1.9 | Registrert: done | Hos lege: now 1.10 | Ferdig"),
    (["Ferdig"], "Sendt: done 1.9 | Registrert: done | Hos lege: done | Ferdig: now 1.10"),
    (["Avtalt", "Trukket"], "Sendt: done 1.9 | Registrert: done | Hos lege: done 1.10 | Trukket: stop 2.10"),
]


def catalogue(words: dict[str, Meaning]) -> Catalogue:
    listed = enumerate(words.items(), 1)
    facts: dict[str, Any] = {
        "is_checks": False, "is_active": True, "is_news": False, "former_names": [], "version": 1, "changed_by": ""
    }  # fmt: skip
    return Catalogue([Word(at, Kind.STATUS, name, meaning, position=at, **facts) for at, (name, meaning) in listed])


@pytest.mark.parametrize(
    ("words", "statuses", "said"), [(STATUSES, *way) for way in WAYS] + [(OTHERS, *way) for way in THEIR_WAYS]
)
def test_b4_d7_the_steps_say_how_far_an_order_has_come(
    words: dict[str, Meaning], statuses: list[str], said: str
) -> None:
    order = Order(ordered_on=SENT, status=statuses[-1] if statuses else None)
    history = [StatusChange(status=status, at=NOW + timedelta(days=after)) for after, status in enumerate(statuses)]
    steps = [
        step.name + (f": {step.mark}" if step.mark else "") + (f" {step.on.day}.{step.on.month}" if step.on else "")
        for step in steps_of(order, history, catalogue(words))
    ]
    assert " | ".join(steps) == said


def test_b4_h3_every_status_says_what_comes_next(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    said = {}
    for status in (None, *STATUSES):
        with quiet_house.behind() as db:
            db.get_one(Order, 307390).status = status
            db.commit()
        page = tester.open("/orders/307390")
        said[status] = page.soup.select_one(".next b").get_text()  # type: ignore[union-attr]
        ways = {WAITING: ["#messages"], INVOICED: ["/invoices/2026-118500"]}
        assert [way["href"] for way in page.soup.select(".next a")] == ways.get(status or "", [])
    assert len(set(said.values())) == len(said)
    assert said[WAITING] == "Vi venter på dere."
    hms = quiet_house.sign_in("hms.fjord").open("/orders/307513")
    assert hms.has("12 plasser er ledige. Frist for påmelding og bytte: 12. oktober 2026 kl. 08:00, om 11 dager.")
    assert hms.click(hms.soup.select(".next a")[0]).h1 == "Helsekontroll Fjordbygg Bergen"
    quiet_house.clock.set(datetime.fromisoformat("2026-10-13T07:45:00+02:00"))
    late = quiet_house.sign_in("hms.fjord").open("/orders/307513")
    assert late.has("Neste time er 13. oktober 2026 kl. 08:00, i dag.")
    assert late.soup.select("#bookings .day > a") == []
