"""When employees last came to a check, told in a list (H8): read, looked over, counted, undone, given out again."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models.checks.due import NEVER, DueCheck
from models.checks.told import NOT_KNOWN, LastDay, ToldDay
from models.core.audit import AuditEntry
from models.employees.employee import Employee
from models.exchange.sheets.files import read_pasted
from models.imports.cells.checks import LastOn
from models.imports.dry_run import DryRun, begin, read_all
from models.imports.judging.fates import judge
from models.imports.judging.matching import Known
from models.imports.rows import Fate
from tests.bookings.test_bookings import Stage
from tests.bookings.test_desk_bookings import press
from tests.imports.test_imports import counts, row, send
from tests.imports.test_reading import INGRID, TODAY, UNITS, column
from tests.stage.house import House
from tests.stage.page import Page

HEARING, SIGHT = "Hørselskontroll", "Syn, skjermbriller"


@pytest.mark.parametrize(
    ("heading", "checks", "at"),
    [
        ("Hørselskontroll sist", [HEARING, SIGHT], 0),
        ("SIST HØRSELSKONTROLL:", [HEARING, SIGHT], 0),
        ("Dato for siste hørselskontroll", [HEARING, SIGHT], 0),
        ("Hørselskontroll (sist)", [HEARING, SIGHT], 0),
        ("Hørselskontroll utført (dd.mm.åååå)", [HEARING, SIGHT], 0),
        ("H?rselskontroll sist", [HEARING, SIGHT], 0),
        ("Syn skjermbriller sist", [HEARING, SIGHT], 1),
        ("Sist kontroll", [HEARING], 0),
        ("Dato siste helsekontroll", [HEARING], 0),
        ("Sist kontroll", [HEARING, SIGHT], None),
        ("Neste hørselskontroll", [HEARING, SIGHT], None),
        ("Hørselskontroll forfaller", [HEARING], None),
        ("Hørselskontroll resultat", [HEARING], None),
        ("Hørselskontroll sist", [SIGHT], None),
        ("Hørselskontroll sist", [], None),
    ],
)
def test_a_column_is_known_by_the_name_of_a_check(heading: str, checks: list[str], at: int | None) -> None:
    begun = begin(read_pasted(column(heading, "12.05.2024")), UNITS, today=TODAY, unit_id=1, checks=checks)
    assert begun.is_read
    assert begun.meanings[3] == (None if at is None else f"last_on-{at}")


def test_the_bare_name_of_a_check_is_proposed_and_not_taken() -> None:
    begun = begin(read_pasted(column("Dato hørselskontroll", "12.05.2024")), UNITS, today=TODAY, checks=[HEARING])
    assert (begun.is_read, begun.meanings[3]) == (False, "last_on-0")
    begun = begin(read_pasted(column(HEARING, "ja")), UNITS, today=TODAY, checks=[HEARING])
    assert (begun.is_read, begun.meanings[3]) == (True, None)


def looked_over(born: str, cell: str) -> DryRun:
    text = f"Fornavn\tEtternavn\tE-post\tFødt\tHørselskontroll sist\nNy\tPrøve\tny@firma.example\t{born}\t{cell}"
    begun = begin(read_pasted(text), UNITS, today=TODAY, unit_id=1, checks=[HEARING])
    judge(read_all(begun, UNITS, today=TODAY, synthetic=True), Known(UNITS), today=TODAY)
    return begun


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1.10.2026", "01.10.2026"),
        ("2024-03-09 00:00:00", "09.03.2024"),
        ("9/3-24", "09.03.2024"),
        ("Aldri", "tas ikke med"),
        ("2.10.2026", "Datoen kan ikke være etter i dag: her står det når kontrollen sist var."),
        ("13.03.1984", "Datoen er før den ansatte ble født, 14.03.1984."),
        ("01.01.1900", "Datoen er for over 100 år siden. Rett den, eller la feltet stå tomt."),
        ("2023", "Her står det bare et årstall. Skriv hele datoen, for eksempel 13.10.2026."),
        ("31.02.2024", "Denne datoen finnes ikke i kalenderen."),
        ("OK", "Skriv datoen som dd.mm.åååå, for eksempel 13.10.2026."),
        ("14838419861", "Her står det et fødselsnummer. Det hører bare hjemme i kolonnen for fødselsnummer."),
    ],
)
def test_each_cell_is_a_day_or_says_why_it_is_none(cell: str, said: str) -> None:
    [one] = looked_over("14.03.1984", cell).rows
    assert (one.faults.get("last_on-0") or one.understood.get("last_on-0") or one.values["last_on-0"]) == said
    assert (one.fate is Fate.FAULTY) == ("last_on-0" in one.faults)


def test_a_column_that_does_not_tell_its_order_is_asked_about() -> None:
    begun = begin(read_pasted(column("Hørselskontroll sist", "03/04/2024")), UNITS, today=TODAY, checks=[HEARING])
    assert [q.text for q in begun.questions] == ["Hvordan skal datoene i kolonnen for hørselskontroll sist leses?"]


DAY = date(2024, 5, 12)


@pytest.mark.parametrize(
    ("known", "is_changed", "warned"),
    [
        (NOT_KNOWN, True, False),
        (LastDay(DAY, DAY), False, False),
        (LastDay(DAY, None), False, False),
        (LastDay(date(2023, 1, 1), None), True, False),
        (LastDay(date(2025, 1, 1), None), False, True),
        (LastDay(date(2025, 1, 1), date(2023, 1, 1)), False, True),
        (LastDay(date(2025, 1, 1), date(2025, 1, 1)), True, False),  # what was told wrong is told anew
    ],
)
def test_what_is_told_changes_something_or_not(known: LastDay, is_changed: bool, warned: bool) -> None:
    text = f"Fornavn\tEtternavn\tE-post\tHørselskontroll sist\nIngrid\tSolbakken\t{INGRID.details.email}\t12.05.2024"
    begun = begin(read_pasted(text), UNITS, today=TODAY, checks=[HEARING])
    portal = Known(UNITS, last_days={(INGRID.id, HEARING): known})
    portal.take(INGRID)
    judge(read_all(begun, UNITS, today=TODAY, synthetic=True), portal, today=TODAY)
    [one] = begun.rows
    assert one.changes == ([LastOn(0, HEARING).value] if is_changed else [])
    assert any("senere dato" in warning for warning in one.warnings) == warned


def due(house: House, id: int) -> tuple[date | None, date]:
    """When a check of an employee was last, and when it is due."""
    with house.behind() as db:
        one = db.scalars(select(DueCheck).where(DueCheck.employee_id == id, DueCheck.name == HEARING)).one()
        return one.last_on, one.due_on


def test_h8_a_day_from_a_list_gives_the_next_and_the_later_of_it_and_who_came_counts(house: House, hms: Page) -> None:
    stage = Stage(house, 4, capacity=4, title="Hørselskontroll i Bergen")
    one, two = stage.ids[:2]
    with house.behind() as db:
        people = [db.get_one(Employee, id) for id in (one, two)]
        first, second = (f"{who.id};{who.given_name};{who.family_name};{who.email or 'a@b.no'}" for who in people)
    assert due(house, one) == (None, NEVER)
    assert hms.open("/employees/imports").has("når hver kontroll sist var: Hørselskontroll sist")
    headings = "Portal-ID;Fornavn;Etternavn;E-post;Hørselskontroll sist"
    send(hms, f"{headings}\n{first};09.03.2024\n{second};9.3.2034")
    assert "Endres: Hørselskontroll sist" in row(hms, 2)
    assert "Datoen kan ikke være etter i dag" in row(hms, 3)
    hms.fill(**{"last_on-0": "31.02.2024"}).press("Rett")
    assert "Denne datoen finnes ikke" in row(hms, 3)
    hms.fill(**{"last_on-0": "10.03.2024"}).press("Rett").press("Importer 2")
    assert hms.has("2 endret"), hms.soup.select_one("main")
    at = hms.url
    assert due(house, one) == (date(2024, 3, 9), date(2027, 3, 9))
    assert hms.open(f"/employees/{one}").has("sist 09.03.2024 · innen 09.03.2027")
    assert hms.has("Endret : Hørselskontroll sist")

    exported = hms.send("GET", "/employees.csv").content
    assert re.search(rf"^{one};.*;09\.03\.2024\r?$", exported.decode("utf-8-sig"), re.MULTILINE)
    send(hms, exported)
    assert re.fullmatch(r"\d+ uendret", counts(hms)), counts(hms)

    hms.open(at).press("Angre importen")
    assert hms.has("2 som før importen"), hms.soup.select_one("main")
    assert (due(house, one), due(house, two)) == ((None, NEVER), (None, NEVER))
    with house.behind() as db:
        assert db.scalars(select(ToldDay)).all() == []
        about = select(AuditEntry).where(AuditEntry.about == f"employee:{one}").order_by(AuditEntry.id.desc())
        assert db.scalars(about.limit(1)).one().changed["before"] == {"Hørselskontroll sist": "2024-03-09"}

    send(hms, f"{headings}\n{first};09.03.2024\n{second};10.03.2024").press("Importer 2")
    for who in (1, 2):
        stage.sits(0, who)
    house.clock.set(datetime(2026, 10, 20, 5, tzinfo=UTC))
    press(house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}"), f"#slot-{stage.slots[0]}", "Alle møtt")
    came, _ = due(house, two)
    assert came == date(2026, 10, 20), "the later of the two counts"
    assert due(house, one)[0] == date(2024, 3, 9)
    hms = house.sign_in("hms.fjord")
    send(hms, f"{headings}\n{first};01.03.2024\n{second};10.03.2024")
    assert "Endres: Hørselskontroll sist" in row(hms, 2), "what was told wrong is told anew"
    assert f"portalen har en senere dato, {came:%d.%m.%Y}. Den gjelder." in row(hms, 3)
    hms.press("Importer 1")
    assert (due(house, one)[0], due(house, two)[0]) == (date(2024, 3, 1), came)
    assert '"told_days"' in hms.send("GET", f"/employees/{one}/disclosure.json").text
