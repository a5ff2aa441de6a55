"""Referanse kreves (D19): the pattern is a small language, the order form asks for it, invoices without it say so."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from models.customers.references import Rule, Rules
from models.customers.units import Unit
from models.invoices.invoice import Invoice
from models.orders.order import Order
from tests.stage.costs import cost_of
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, STAVANGER, let_in, paper
from tests.stage.page import Page


@pytest.mark.parametrize(
    ("pattern", "reference", "fits"),
    [
        ("", "hva som helst", True),
        ("", "", False),
        ("PO-00000", "PO-12345", True),
        ("PO-00000", "po-12345", True),
        ("PO-00000", "PO-1234", False),
        ("PO-00000", "PO-123456", False),
        ("PO-00000", "XO-12345", False),
        ("AA 00", "Øå 42", True),
        ("AA 00", "A1 42", False),
        ("00", "٣٤", False),  # digits of another script are none that an invoice system reads
        (".*[0]+", ".*[7]+", True),  # no sign means more than itself
        ("(A+)+0", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", False),
    ],
)
def test_d19_a_pattern_is_what_it_looks_like(pattern: str, reference: str, fits: bool) -> None:
    assert Rule(pattern).fits(reference) is fits


def test_no_pattern_takes_long_and_each_has_an_example() -> None:
    for pattern in ("A" * 40, "0" * 40, "(A*)*" * 8):
        assert not Rule(pattern).fits("a" * 100_000)
        assert Rule(pattern).fits(Rule(pattern).shown)
        assert cost_of(partial(Rule(pattern).fits, "a" * 100_000), enough=0.3) < 0.3
    assert Rule("PO-000", "PO-471").shown == "PO-471"
    assert Rule("PO-000").refusal("") == "Avdelingen krever referanse, for eksempel PO-456."
    assert Rule().refusal("") == "Avdelingen krever referanse."


def test_a_rule_holds_below_its_unit_and_the_nearest_one_counts() -> None:
    top, nearer = Rule("A"), Rule("0")
    rules = Rules({"/1/": top, "/1/5/": nearer})
    assert [rules.of(path) for path in ("/1/", "/1/4/", "/1/5/", "/1/5/9/", "/2/", "/11/")] == [
        *(top, top, nearer, nearer, None, None)
    ]


def links(page: Page) -> list[str]:
    """The words of the links above the list."""
    return [" ".join(a.get_text().split()) for a in page.soup.select("#results > header a")]


def ask_for(kam: Page, house: House, **typed: str) -> Page:
    """Say at the desk that Bergen wants its reference."""
    with house.behind() as db:
        id = db.scalars(select(Unit.id).where(Unit.name == "Bergen").order_by(Unit.id)).first()
    kam.open(f"/desk/customers/units/{id}/edit").fill(**typed)
    return kam.press("Lagre")


def test_d19_the_order_form_asks_for_what_the_desk_has_said(house: House, hms: Page) -> None:
    kam = house.sign_in("kam.lie")
    wrong = {"reference_pattern": "PO-00000", "reference_example": "4711"}
    assert ask_for(kam, house, reference_needed="1", **wrong).status_code == 422
    assert kam.problems == ["Eksemplet passer ikke med hvordan referansen skal se ut."]
    ask_for(kam, house, reference_needed="1", reference_pattern="PO-00000", reference_example="PO-12345")
    assert kam.flash == "Bergen er lagret."

    hms.open("/orders/new")
    assert hms.has("Må fylles ut for Bergen (for eksempel PO-12345).")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Kurs", description="Blir stående").press("Send bestilling")
    assert (hms.status_code, hms.error("reference")) == (422, "Avdelingen krever referanse, for eksempel PO-12345.")
    assert hms.soup.select_one("[name=reference][aria-required]")
    assert hms.value("description") == "Blir stående"
    hms.fill(reference="4711").press("Send bestilling")
    assert hms.error("reference") == "Referansen må se ut som avtalt, for eksempel PO-12345."
    assert hms.value("reference") == "4711"
    hms.fill(reference="po-00042").press("Send bestilling")
    assert hms.flash.startswith("Bestilling")
    number = int(hms.number)
    hms.fill(reference="").press("Lagre referanse")
    assert hms.error("reference") == "Avdelingen krever referanse, for eksempel PO-12345."
    with house.behind() as db:
        assert db.get_one(Order, number).reference == "po-00042"


def test_d19_an_invoice_without_it_says_so(quiet_house: House) -> None:
    kam, okonomi = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("okonomi.fjord")
    with quiet_house.behind() as db:
        of_bergen = select(Invoice).join(Unit, Unit.id == Invoice.unit_id).where(Unit.name == "Bergen")
        invoice = db.scalars(of_bergen.order_by(Invoice.id)).first()
        assert invoice is not None
        number, invoice.buyer_reference = invoice.number, "4711"
        db.commit()
    assert okonomi.open(f"/invoices/{number}").soup.select("#no-reference") == []
    ask_for(kam, quiet_house, reference_needed="1", reference_pattern="PO-00000")
    note = okonomi.open(f"/invoices/{number}").part("no-reference").get_text(" ", strip=True)
    assert "Fakturaen er merket 4711. Bergen krever en referanse som PO-45678." in note


def test_d19_the_list_says_which_invoices_to_pay_lack_it_and_finds_them(house: House) -> None:
    with house.behind() as db:
        let_in(
            db,
            paper("R-1", BERGEN, date(2026, 9, 1), reference="", order="307513"),
            paper("R-2", BERGEN, date(2026, 9, 2)),
            paper("R-3", STAVANGER, date(2026, 9, 3), reference="", order="307513"),
            paper("R-4", BERGEN, date(2026, 9, 4), "0.00", reference="", order="307513"),
        )
    okonomi, kam = house.sign_in("okonomi.fjord").open("/invoices"), house.sign_in("kam.lie")
    assert not okonomi.has("Referanse mangler (")
    ask_for(kam, house, reference_needed="1")
    okonomi.open("/invoices").follow(next(a for a in links(okonomi) if a.startswith("Referanse mangler (")))
    lacking = {row[0] for row in okonomi.rows}
    assert {"R-1"} == lacking & {"R-1", "R-2", "R-3", "R-4"}
    assert okonomi.value("status") == "no_reference"
    assert all(row[-1].endswith("Referanse mangler") for row in okonomi.rows if row[0] in lacking)
    marked = [row[0] for row in okonomi.open("/invoices?number=R-").rows if "Referanse mangler" in row[-1]]
    assert marked == ["R-1"], "what is paid asks for nothing, and who asks for none, gets none"


def test_d19_a_customers_administrator_sees_which_units_need_one(quiet_house: House) -> None:
    hr, kam = quiet_house.sign_in("hr.solvik"), quiet_house.sign_in("kam.lie")
    assert not hr.open("/users").soup.select("#references")
    for name, typed in (("Skole", {"reference_pattern": "PO-00"}), ("Åsgrenda skole", {})):
        with quiet_house.behind() as db:
            id = db.scalars(select(Unit.id).where(Unit.name == name)).one()
        kam.open(f"/desk/customers/units/{id}/edit").fill(reference_needed="1", **typed).press("Lagre")
    rows = [" ".join(row.get_text(" ").split()) for row in hr.open("/users").soup.select("#references li")]
    assert (len(rows), rows[0], rows[-1]) == (
        13,
        "Skole for eksempel PO-45",
        "Åsgrenda skole hva som helst",
    )
