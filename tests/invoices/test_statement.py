"""Kontoutdrag: what a payer was invoiced and has paid, with the balance before, between and after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.core.scope import Scope, bind
from models.customers.units import Unit
from models.invoices.invoice import Invoice, invoice_by_number
from models.invoices.settlements import register_payment
from models.invoices.statement import Payer, statement_of
from tests.invoices.test_invoice_page import fact, plain
from tests.invoices.test_pdf import text_of
from tests.stage.house import House
from tests.stage.material.invoicing import TESTBEDRIFTEN, let_in, paper
from tests.stage.page import Page
from tests.stage.times import NOW, TODAY


@pytest.fixture
def paid(house: House) -> Page:
    """The guide's user; of two invoices one is credited in part, and one is paid in part."""
    with house.behind() as db:
        first, second = TODAY - timedelta(days=40), TODAY - timedelta(days=10)
        let_in(
            db,
            paper("T-1", TESTBEDRIFTEN, first, "1000"),
            paper("T-2", TESTBEDRIFTEN, second, "300", is_credit_note=True, credits=("T-1",)),
            paper("T-3", TESTBEDRIFTEN, second, "50", currency="EUR"),
        )
        invoice = invoice_by_number(db, "T-1")
        assert invoice
        register_payment(db, invoice, Decimal(200), paid_on=TODAY - timedelta(days=5), reference="b", now=NOW)
        db.commit()
    return house.sign_in("TESTWEB")


def rows(page: Page) -> list[list[str]]:
    return [
        [plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in page.soup.select("#statement tbody tr")
    ]


def test_it_is_this_year_so_far_unless_one_asks_for_another_period(paid: Page) -> None:
    page = paid.open("/invoices").follow("Kontoutdrag")
    assert page.h1 == "Kontoutdrag"
    assert page.options("unit") == ["Bergen TEST", "Testbedriften AS", "Alle betalere"]
    assert (page.value("from"), page.value("to")) == ("01.01.2026", "01.10.2026")
    page.fill(unit=page.option("unit", "Testbedriften AS")).press("Vis")
    assert rows(page) == [
        ["22.08.2026", "Faktura T-1", "11.09.2026", "1 000,00", "2 505,00"],
        ["21.09.2026", "Kreditnota T-2", "", "\N{MINUS SIGN}300,00", "2 205,00"],
        ["26.09.2026", "Betaling av T-1", "", "\N{MINUS SIGN}200,00", "2 005,00"],
        ["21.09.2026", "Faktura T-3", "11.10.2026", "50,00", "50,00"],
    ]
    said = [fact(page, label) for label in ("Saldo ved periodens start", "Fakturert og kreditert", "Betalt")]
    assert said == ["kr 1 505,00", "kr 700,00", "kr 200,00"]
    assert fact(page, "Saldo ved periodens slutt") == "kr 2 005,00"
    assert page.has("EUR 50,00"), "another currency has an account of its own"


def test_the_files_say_the_same(paid: Page) -> None:
    page = paid.open("/account-statement").fill(from_="2026-09-01")
    page.fill(unit=page.option("unit", "Testbedriften AS")).press("Vis")
    links = {link.get_text(): str(link["href"]) for link in page.soup.select("#statement header a")}
    csv = page.send("GET", links["CSV"]).text.removeprefix("\ufeff").splitlines()
    assert csv[0] == "Dato;Bilag;Forfallsdato;Valuta;Beløp;Saldo"
    assert csv[1] == "21.09.2026;Kreditnota T-2;;NOK;-300,00;2205,00"
    pdf = plain(text_of(page.send("GET", links["PDF"]).content))
    for row in rows(page):
        assert all(cell in pdf for cell in row), row
    assert "Kontoutdrag Testbedriften AS" in pdf
    assert "Saldo ved periodens start kr 2 505,00" in pdf


def test_fi3_all_payers_at_once_with_their_sums_in_the_page_and_in_both_files(paid: Page) -> None:
    page = paid.open("/account-statement").fill(from_="01.09.2026")
    page.fill(unit=page.option("unit", "Alle betalere")).press("Vis")
    table = page.soup.select_one("#payers")
    assert table
    said = [[plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in table.select("tr")]
    credited, minus = "\N{MINUS SIGN}300,00", "\N{MINUS SIGN}"
    assert said == [
        ["Betaler", "Saldo ved periodens start", "Fakturert og kreditert", "Betalt", "Saldo ved periodens slutt"],
        ["Bergen TEST", "7 000,00", "0,00", "0,00", "7 000,00"],
        ["Testbedriften AS", "2 505,00", credited, "200,00", "2 005,00"],
        ["Testbedriften AS", "EUR 0,00", "EUR 50,00", "EUR 0,00", "EUR 50,00"],
        ["Sum", "9 505,00", credited, "200,00", "9 005,00"],
        ["Sum i EUR", "EUR 0,00", "EUR 50,00", "EUR 0,00", "EUR 50,00"],
    ]
    assert [head.get_text() for head in page.soup.select("#statement h2")] == [
        *("Alle betalere", "Bergen TEST", "Testbedriften AS", "Testbedriften AS, EUR")
    ]
    links = {link.get_text(): str(link["href"]) for link in page.soup.select("#statement header a")}
    csv = page.send("GET", links["CSV"]).text.removeprefix("\ufeff").splitlines()
    assert csv[0] == "Betaler;Dato;Bilag;Forfallsdato;Valuta;Beløp;Saldo"
    assert csv[1] == "Testbedriften AS;21.09.2026;Kreditnota T-2;;NOK;-300,00;2205,00"
    pdf = plain(text_of(page.send("GET", links["PDF"]).content))
    for text in ("Kontoutdrag Alle betalere", "Bergen TEST, kroner", "Testbedriften AS, eur", f"{minus}300,00"):
        assert text in pdf


def test_what_is_wrong_is_said_at_the_field(paid: Page) -> None:
    page = paid.open("/account-statement").fill(from_="02.02.2026", to="01.02.2026").press("Vis")
    assert (page.status_code, rows(page)) == (422, [])
    assert page.error("to").startswith("Til dato er før fra dato.")
    for url in ("/account-statement.csv?from=x", "/account-statement.pdf?unit=999999"):
        assert page.send("GET", url).status_code == 404


def test_x1_the_payer_of_another_customer_is_none_of_the_choices(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/account-statement")
    assert "Bergen TEST" not in okonomi.options("unit")
    with quiet_house.behind() as db:
        foreign = db.scalars(select(Unit.id).where(Unit.name == "Bergen TEST")).one()
    assert okonomi.open(f"/account-statement?unit={foreign}").status_code == 422
    assert rows(okonomi) == []
    nobody = quiet_house.sign_in("leder.brann")
    assert nobody.send("GET", "/account-statement").status_code == 404


def test_a_period_of_too_many_entries_is_refused_at_the_field(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.invoices.statement.MOST_ENTRIES", 1)
    testweb = quiet_house.sign_in("TESTWEB").open("/account-statement?from=01.01.2017")
    assert testweb.status_code == 422
    assert testweb.error("to") == "Perioden har for mange bilag til ett kontoutdrag. Velg en kortere periode."


def test_on_the_last_day_it_ends_with_what_is_outstanding(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        for unit in db.scalars(select(Unit)).all():
            bind(db, Scope.whole(unit.customer_id))
            accounts = statement_of(db, [Payer(unit.id, unit.name)], date(2026, 3, 1), date(2100, 1, 1))
            outstanding = dict(
                db.execute(
                    select(Invoice.currency, func.sum(Invoice.outstanding))
                    .where(Invoice.unit_id == unit.id)
                    .group_by(Invoice.currency)
                ).all()
            )
            assert {each.currency: each.closing for each in accounts} == {"NOK": 0} | outstanding, unit.name
