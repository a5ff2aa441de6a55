"""The demo's employees: the rows of the user guide, the named people of product 6.2, and many more.

All are invented: common given names and family names, joined by chance. Their identity numbers are in
`models.demo.identities`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from models.core.clock import in_oslo, today_in_oslo
from models.customers.units import Unit
from models.employees.details import Gender
from models.employees.employee import Employee

# unit, given name, family name, e-mail, mobile, born, gender, language
NAMED = [
    # the guide's rows
    ("Demokunde_Test", "Dolly", "Duck", "Dolly.Duck@testeren.no", None, None, None, "nb"),
    ("Demokunde_Test", "Donald", "Duck", "Donald.Duck@testeren.no", "41244845", date(2023, 5, 12), None, "nb"),
    ("Demokunde_Test", "test", "yoyo", None, None, None, None, "nb"),
    ("Testbedriften AS", "Donald", "Duck", "Duck@testikkeibruk.no", "12345678", date(2018, 9, 13), Gender.MALE, "nb"),
    # the table of section 6.2
    ("Bergen", "Ingrid", "Solbakken", "@", "12345611", date(1984, 3, 14), Gender.FEMALE, "nb"),
    ("Bergen", "Mohamed", "Aden", "@", "12345612", date(1990, 11, 2), Gender.MALE, "en"),
    ("Bergen", "Marek", "Nowak", "@", "12345613", date(1992, 5, 23), Gender.MALE, "en"),
    ("Administrasjon", "Siv", "Ånonsen", "@", "12345614", date(1969, 1, 1), Gender.FEMALE, "nb"),
    ("Helse og omsorg", "Kari", "Nygård", "@", "12345615", date(1996, 2, 29), Gender.FEMALE, "nb"),
    ("Brann og redning", "Lars", "Øvrebø", "@", "12345616", date(1978, 7, 7), Gender.MALE, "nb"),
    ("Produksjon", "Anna", "Kowalska", "@", "12345617", date(1988, 9, 19), Gender.FEMALE, "nb"),
    ("Nordlys Data AS", "Anna", "Kowalska", "@", "12345617", date(1988, 9, 19), Gender.FEMALE, "nb"),
    ("Nordlys Data AS", "Jonas", "Vik", "@", "12345618", date(2001, 12, 30), Gender.MALE, "nb"),
]
NAMED_IN = Counter(unit for unit, *_ in NAMED)
LEFT = {("Siv", "Ånonsen")}

# customer, domain of its e-mail, and how many work in each unit, the named ones among them
HEADCOUNT = [
    ("Demokunde_Test", "demokunde.example", {"Demokunde_Test": 3}),
    ("Testbedriften AS", "testbedriften.example", {"Testbedriften AS": 1, "Bergen TEST": 7}),
    (
        "Fjordbygg Entreprenør AS",
        "fjordbygg.example",
        {"Bergen": 100, "Stavanger": 75, "Tromsø": 45, "Administrasjon": 30},
    ),
    (
        "Solvik kommune",
        "solvik.example",
        {
            "Solvik kommune": 30,
            "Helse og omsorg": 430,
            "Brann og redning": 55,
            "Teknisk drift": 130,
            "Skole": 15,
            "Bjørkelia skole": 48,
            "Fjellvåken ungdomsskole": 62,
            "Grønnlia skole": 45,
            "Havnebukta skole": 38,
            "Kråkeneset skole": 22,
            "Lyngmoen ungdomsskole": 66,
            "Nedre Solvik skole": 58,
            "Nøtteskogen skole": 41,
            "Solvik voksenopplæring": 34,
            "Ærfugløya skole": 14,
            "Øvre Solvik skole": 63,
            "Åsgrenda skole": 49,
        },
    ),
    ("Havbris Sjømat AS", "havbris.example", {"Produksjon": 22, "Salg": 8}),
    ("Nordlys Data AS", "nordlys.example", {"Nordlys Data AS": 30}),
]

WOMEN = [
    "Amina",
    "Anne",
    "Astrid",
    "Berit",
    "Camilla",
    "Ellen",
    "Emma",
    "Fatima",
    "Gro",
    "Guri",
    "Hanne",
    "Heidi",
    "Ida",
    "Ingrid",
    "Jorunn",
    "Kari",
    "Katarzyna",
    "Kjersti",
    "Lene",
    "Liv",
    "Maja",
    "Marit",
    "Mari",
    "Nora",
    "Oda",
    "Randi",
    "Ragnhild",
    "Sara",
    "Sofie",
    "Solveig",
    "Synnøve",
    "Tone",
    "Trine",
    "Turid",
    "Vilde",
    "Wenche",
    "Åse",
]
MEN = [
    "Ahmed",
    "Andreas",
    "Are",
    "Arne",
    "Bjørn",
    "Christian",
    "Dag",
    "Eirik",
    "Elias",
    "Espen",
    "Frode",
    "Geir",
    "Gunnar",
    "Halvard",
    "Henrik",
    "Håkon",
    "Ivar",
    "Jan",
    "Jonas",
    "Kåre",
    "Lars",
    "Magnus",
    "Morten",
    "Odd",
    "Ola",
    "Omar",
    "Per",
    "Piotr",
    "Roar",
    "Sindre",
    "Sivert",
    "Stian",
    "Svein",
    "Tor",
    "Trygve",
    "Vegard",
    "Øystein",
]
FAMILY_NAMES = [
    "Aasen",
    "Ali",
    "Andersen",
    "Aune",
    "Bakke",
    "Berg",
    "Berntsen",
    "Birkeland",
    "Bråten",
    "Bø",
    "Dahl",
    "Dale",
    "Eide",
    "Eriksen",
    "Fjeld",
    "Foss",
    "Fredriksen",
    "Gundersen",
    "Hagen",
    "Halvorsen",
    "Hansen",
    "Haugland",
    "Helgesen",
    "Hovland",
    "Husby",
    "Iversen",
    "Jacobsen",
    "Johansen",
    "Knutsen",
    "Kowalski",
    "Kristiansen",
    "Kvam",
    "Larsen",
    "Lien",
    "Lunde",
    "Løken",
    "Martinsen",
    "Moen",
    "Myhre",
    "Myklebust",
    "Mæland",
    "Nguyen",
    "Nilsen",
    "Nygård",
    "Næss",
    "Olsen",
    "Paulsen",
    "Rønning",
    "Sandvik",
    "Skogen",
    "Solheim",
    "Strand",
    "Sunde",
    "Sæther",
    "Sørensen",
    "Tangen",
    "Thorsen",
    "Tveit",
    "Vik",
    "Yusuf",
    "Ødegård",
    "Østby",
    "Åsheim",
]
_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", " ": "."})

Staff = dict[str, list[Employee]]
"""The employees by the names of their units; the named ones come first."""


def add_employees(db: Session, units: dict[str, Unit], rng: Random, *, now: datetime) -> Staff:
    """Add everybody who works, or has worked, at the customers."""
    staff: Staff = {}
    for _, domain, headcount in HEADCOUNT:
        strangers = _strangers(rng, domain, headcount, now)
        for unit, count in headcount.items():
            named = [_named(row, domain, now) for row in NAMED if row[0] == unit]
            staff[unit] = named + [next(strangers) for _ in range(count - len(named))]
            for employee in staff[unit]:
                employee.customer_id = units[unit].customer_id
                employee.unit_id = units[unit].id
    db.add_all(employee for people in staff.values() for employee in people)
    db.flush()
    return staff


def address(given_name: str, family_name: str, domain: str) -> str:
    """An e-mail address for a name: `kari.nygard@solvik.example`."""
    return f"{given_name}.{family_name}@{domain}".casefold().translate(_ASCII)


def _named(
    row: tuple[str, str, str, str | None, str | None, date | None, Gender | None, str], domain: str, now: datetime
) -> Employee:
    _, given_name, family_name, email, mobile, birth_date, gender, language = row
    return Employee(
        given_name=given_name,
        family_name=family_name,
        email=address(given_name, family_name, domain) if email == "@" else email,
        mobile=mobile,
        birth_date=birth_date,
        gender=gender,
        language=language,
        deactivated_at=_some_time_ago(now, 40) if (given_name, family_name) in LEFT else None,
    )


def _strangers(rng: Random, domain: str, headcount: Mapping[str, int], now: datetime) -> Iterator[Employee]:
    """As many as are missing beside the named ones; 5 % of all without e-mail, some with less known of them."""
    total = sum(headcount.values())
    count = total - sum(NAMED_IN[unit] for unit in headcount)
    taken = {(given, family) for _, given, family, *_ in NAMED}
    names = [(given, family) for given in WOMEN + MEN for family in FAMILY_NAMES if (given, family) not in taken]
    silent = set(rng.sample(range(count), round(total * 0.05) if count else 0))
    oldest = today_in_oslo(now) - timedelta(days=round(66 * 365.25))
    for place, (given_name, family_name) in enumerate(rng.sample(names, count)):
        yield Employee(
            given_name=given_name,
            family_name=family_name,
            email=None if place in silent else address(given_name, family_name, domain),
            mobile=f"1{rng.randrange(10**7):07}" if rng.random() < 0.9 else None,
            birth_date=oldest + timedelta(days=rng.randrange(47 * 365)) if rng.random() < 0.97 else None,
            gender=(Gender.FEMALE if given_name in WOMEN else Gender.MALE) if rng.random() < 0.6 else None,
            language="en" if rng.random() < 0.04 else "nb",
            deactivated_at=_some_time_ago(now, rng.randrange(10, 900)) if rng.random() < 0.02 else None,
        )


def _some_time_ago(now: datetime, days: int) -> datetime:
    return in_oslo(today_in_oslo(now) - timedelta(days=days), time(10, 15))
