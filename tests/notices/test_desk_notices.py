"""Oppslag: what the provider says on Info, to one customer or to several, and who of a customer sees it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.notices.notice import Notice, read_link
from tests.stage.house import House
from tests.stage.page import Page

FJORDBYGG = "Fjordbygg Entreprenør AS"
TEXT = "Vi måler støy i uke 45.\n\nSi fra om dagen ikke passer."


def on_info(page: Page) -> list[str]:
    """The notices that somebody sees on Info, each with all its text."""
    page.open("/info")
    return [" ".join(note.get_text(" ", strip=True).split()) for note in page.soup.select("main [id^=notice-]")]


def titles(page: Page) -> list[str]:
    """The headings alone."""
    page.open("/info")
    return [note.get_text() for note in page.soup.select("main [id^=notice-] > b")]


def listed(page: Page) -> list[list[str]]:
    """Heading, customer, unit and state of each line of the list."""
    return [[row[0], row[1], row[2], row[4]] for row in page.rows]


def written(page: Page, **changed: str | list[str]) -> Page:
    """The form, filled in."""
    return page.fill(**{"title": "Støymåling", "text": TEXT, **changed})


def at(kam: Page, customer: str) -> Page:
    """The page of a customer at the desk."""
    return kam.open("/desk/customers?whose=all").follow(customer)


def test_i1_a_notice_to_a_customer_stands_on_its_info_until_it_is_withdrawn(house: House) -> None:
    kam, hms = house.sign_in("kam.lie"), house.sign_in("hms.fjord")
    assert titles(hms) == ["Vaksine mot influensa på jobben"]
    at(kam, FJORDBYGG).follow("Nytt oppslag")
    assert (kam.h1, kam.value("first_day"), kam.value("last_day")) == ("Nytt oppslag", "01.10.2026", "31.10.2026")
    written(kam, tone="important", link="https://bht.example/støy").press("Legg ut")
    assert (kam.status_code, kam.problems) == (422, ["Lenken kan ikke leses. Kopier adressen fra nettleseren."])
    assert kam.value("text") == TEXT
    kam.fill(link="https://bht.example/stoy").press("Legg ut")
    assert (kam.h1, kam.flash) == (FJORDBYGG, "Oppslaget er lagt ut.")
    assert kam.has("Støymåling")
    assert on_info(hms)[0] == (
        "Viktig: Støymåling Vi måler støy i uke 45. Si fra om dagen ikke passer. bht.example Per-Arne Lie, 01.10.2026"
    )
    assert hms.soup.select_one("main [id^=notice-] a[href='https://bht.example/stoy']")
    kam.follow("Støymåling")
    kam.fill(title="Støymåling utsatt", tone="").press("Lagre")
    assert kam.flash == "Oppslaget er lagret."
    assert titles(hms) == ["Støymåling utsatt", "Vaksine mot influensa på jobben"]
    kam.follow("Støymåling utsatt").press("Trekk")
    assert kam.flash == "Oppslaget er trukket."
    assert titles(hms) == ["Vaksine mot influensa på jobben"]
    kam.open("/desk/notices?state=Over").follow("Støymåling utsatt")
    assert kam.has("Oppslaget er trukket.")
    kam.press("Lagre")
    assert titles(hms)[0] == "Støymåling utsatt"
    with house.behind() as db:
        newest = select(Notice.id).order_by(Notice.id.desc()).limit(1).scalar_subquery()
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == "notice:" + str(db.scalar(select(newest)))))
        told = [(entry.actor, entry.action, entry.changed) for entry in entries]
    me = "Per-Arne Lie (kam.lie)"
    assert told == [
        (me, "published", {}),
        (me, "changed", {"fields": ["title", "is_important"]}),
        (me, "withdrawn", {}),
        (me, "changed", {"fields": ["withdrawn_at"]}),
    ]


def test_x1_whoever_has_a_unit_sees_what_is_said_to_it_and_above_it_and_nothing_else(quiet_house: House) -> None:
    kam, leder = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("leder.brann")
    assert titles(leder) == ["Viktig: Attester for røykdykking må være gyldige"], "not what is said to the schools"
    for unit in ("Solvik kommune", "Teknisk drift", "Bjørkelia skole"):
        at(kam, "Solvik kommune").follow("Nytt oppslag")
        chosen = next(option for option in kam.options("unit") if option.strip() == unit)
        written(kam, title=f"Til {unit}", unit=kam.option("unit", chosen)).press("Legg ut")
    assert titles(leder) == ["Viktig: Attester for røykdykking må være gyldige", "Til Solvik kommune"]
    assert titles(quiet_house.sign_in("hms.fjord")) == ["Vaksine mot influensa på jobben"]


def test_to_all_of_ones_customers_at_once_but_those_taken_away(house: House) -> None:
    kam, hms, anna = house.sign_in("kam.lie"), house.sign_in("hms.fjord"), house.sign_in("anna.ka")
    kam.open("/desk").follow("Se oppslagene").follow("Nytt oppslag")
    written(kam).press("Legg ut")
    assert (kam.h1, kam.flash) == ("Oppslag", "Oppslaget er lagt ut til 2 kunder.")
    assert listed(kam)[0] == ["Støymåling", "2 kunder", "", "Vises nå"]
    assert titles(hms)[0] == titles(anna)[0] == "Støymåling"
    kam.follow("Støymåling")
    assert kam.has("Fjordbygg Entreprenør AS Havbris Sjømat AS")
    kam.fill(title="Støymåling hos dere begge").press("Lagre")
    assert titles(hms)[0] == titles(anna)[0] == "Støymåling hos dere begge"
    kam.follow("Støymåling hos dere begge").press("Trekk")
    assert "Støymåling hos dere begge" not in titles(hms) + titles(anna)
    kam.open("/desk/notices/new")
    with house.behind() as db:
        ids = {name: str(id) for id, name in db.execute(select(Customer.id, Customer.name))}
    written(kam, title="Bare til én", customer=[ids["Havbris Sjømat AS"]]).press("Legg ut")
    assert kam.flash == "Oppslaget er lagt ut til én kunde."
    assert "Bare til én" in titles(anna)
    assert "Bare til én" not in titles(hms)
    kam.open("/desk/notices/new")
    written(kam, customer=[]).press("Legg ut")
    assert kam.problems == ["Velg minst én kunde."]
    written(kam, customer=[ids["Solvik kommune"]]).press("Legg ut")
    assert kam.problems == ["Velg blant kundene dine."]


def test_what_was_typed_is_still_there_after_the_session_ended(house: House) -> None:
    kam = house.sign_in("kam.lie").open("/desk/notices/new")
    with house.behind() as db:
        havbris = str(db.scalars(select(Customer.id).where(Customer.name == "Havbris Sjømat AS")).one())
    house.clock.advance(timedelta(hours=2))
    written(kam, customer=[havbris]).press("Legg ut")
    assert kam.h1 == "Logg inn"
    kam.fill(username="kam.lie", password="demo-kam.lie").press("Logg inn")
    assert (kam.h1, kam.value("title"), kam.value("text")) == ("Nytt oppslag", "Støymåling", TEXT)
    assert [box["value"] for box in kam.soup.select("input[name=customer][checked]")] == [havbris]
    kam.press("Legg ut")
    assert kam.flash == "Oppslaget er lagt ut til én kunde."


def test_twice_is_once_and_another_notice_under_the_same_key_is_asked_about(house: House) -> None:
    kam = house.sign_in("kam.lie")
    for way in ("/desk/notices/new", None):
        kam.open(way) if way else at(kam, FJORDBYGG).follow("Nytt oppslag")
        written(kam, title="En gang")
        form = kam.soup.select_one("#notice-form")
        assert form
        fields = kam.fields(form)
        url = str(form["action"])
        first, second = kam.send("POST", url, fields), kam.send("POST", url, fields)
        assert first.status_code == second.status_code == 303
        other = [(name, "En til" if name == "title" else value) for name, value in fields]
        answer = kam.send("POST", url, other)
        assert answer.status_code == 409
        assert "Dette skjemaet er allerede sendt, med annet innhold." in answer.text
    with house.behind() as db:
        found = db.scalars(select(Notice.title).where(Notice.title.in_(["En gang", "En til"]))).all()
    assert found == ["En gang"] * 3, "two customers at once, and one of them alone"


def test_the_list_by_state_and_by_whose(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/notices")
    assert listed(kam) == [
        ["Stengt i romjulen", FJORDBYGG, "", "Kommer"],
        ["Vaksine mot influensa på jobben", "2 kunder", "", "Vises nå"],
    ]
    kam.fill(whose="all", state="up").press("Søk")
    assert [row[1:3] for row in listed(kam)] == [
        ["Solvik kommune", "Skole"],
        ["Solvik kommune", "Brann og redning"],
        ["2 kunder", ""],
    ]
    assert listed(kam.open("/desk/notices?state=Over")) == [["Nytt telefonnummer", "Havbris Sjømat AS", "", "Over"]]
    assert kam.open("/desk/notices?state=x").status_code == 422
    assert kam.open("/desk/notices?after=x").status_code == 404
    quiet_house.clock.advance(timedelta(days=25))
    assert titles(quiet_house.sign_in("hms.fjord")) == ["Stengt i romjulen", "Vaksine mot influensa på jobben"]
    quiet_house.clock.advance(timedelta(days=1))
    assert titles(quiet_house.sign_in("hms.fjord")) == ["Stengt i romjulen"], "the last day is the last"


REFUSED = [
    ("title", "", "Skriv en overskrift."),
    ("text", " ", "Skriv hva du vil si."),
    ("text", "x" * 2001, "Teksten kan ha høyst 2000 tegn, og her står det 2001. Gjør den kortere."),
    ("last_day", "", "Skriv den siste dagen oppslaget vises."),
    ("last_day", "30.09.2026", "Den dagen er passert. Velg en dag som kommer."),
    ("first_day", "02.11.2026", "Siste dag er før første dag. Bytt om eller rett en av dem."),
    ("last_day", "01.01.2028", "Et oppslag vises i høyst ett år. Velg en tidligere dag."),
    ("link", "http://bht.example", "Lenken må begynne med https:// og være en hel adresse."),
    ("tone", "loud", "Velg fra listen."),
]


def test_what_cannot_be_put_up_is_refused_with_a_sentence(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    for name, value, sentence in REFUSED:
        written(kam.open("/desk/notices/new"), **{name: value}).press("Legg ut")
        assert (kam.status_code, kam.problems) == (422, [sentence])
    assert kam.open("/desk/notices").has("2 oppslag")


def test_identity_numbers_are_masked_wherever_they_are_typed(quiet_house: House) -> None:
    kam, hms = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("hms.fjord")
    at(kam, FJORDBYGG).follow("Nytt oppslag")
    written(kam, title="Gjelder 14838419861", text="Ring 14838419861", link_label="14838419861").press("Legg ut")
    assert kam.flash == "Oppslaget er lagt ut. 3 fødselsnumre i teksten ble skjult."
    assert titles(hms)[0] == "Gjelder 148384*****"


def test_a_link_leads_to_an_ordinary_page_and_nowhere_else() -> None:
    for good in ("", "https://www.fhi.no/va/influensavaksine/?a=b&c=%C3%B8#d"):
        assert read_link(good) == good
    for bad in (
        "javascript:alert(1)",
        "//fhi.no",
        "https://",
        "https://[",
        "https://fhi",
        "https://fhi.no:8443/",
        "https://fhi.no@evil.example/",
        'https://fhi.no/"onclick',
        "https://fhi.no/a b",
        "https://fhi.no/\t",
        "https://www.førde.example/",
        "https://fhi.no/" + "x" * 500,
    ):
        with pytest.raises(ValueError, match=r"Lenken "):
            read_link(bad)
