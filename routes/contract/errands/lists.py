"""Errands with lists: employees that are brought in, corrected and taken back again, and customers at the desk.

Single things are in `things`.
"""

from routes.contract.errands.going import Goer, Going

_NEW = "/employees/imports"
_UNCLEAR = (
    "Fornavn;Etternavn;E-post;Født;Avdeling\n"
    "Kari;Prøve;kari.prove@eksempel.example;03/04/1984;Bergen\n"
    "Per;Prøve;per.prove@eksempel.example;02/03/1979;Bergen\n"
)
_UNKNOWN = "Hva\tFornavn\tEtternavn\tE-post\nx\tEli\tPrøve\teli.prove@eksempel.example\n"
_FAULTY = (
    "Fornavn\tEtternavn\tE-post\nIda\tPrøve\tida.prove@eksempel.example\nOda\t\toda.prove@eksempel.example\n"
    "Una\t\tuna.prove@eksempel.example\n"
)
_CUSTOMERS = "Navn\tOrganisasjonsnummer\nPrøve AS\t912345610"
_SOME_FAULTY = "Navn\tOrganisasjonsnummer\nTest AS\t912345718\nFeil AS\t123"


async def unclear(going: Going) -> None:
    """A list has dates that can be read in two ways, and another one a column that nobody knows."""
    hms = await going.sign_in("hms.fjord")
    await hms.open(_NEW)
    url = await _sent(hms, _UNCLEAR)
    await hms.send("import_answers", "without an answer", part="import", **{"answer-0": ""})
    await hms.send("import_answers", to=f"{_NEW}/999999999/answers")
    await hms.send("import_answers")
    await hms.open(url)
    await hms.follow("import", having="import_columns")
    form = hms.form("import_columns")
    await hms.give(form, "no column is a name", part="import", meaning="email")
    await hms.open(_NEW)
    await _sent(hms, _UNKNOWN)
    await hms.follow("import", having="import_columns")
    form = hms.form("import_columns")
    await hms.press(form, "a row that is not there", to=f"{_NEW}/999999999/columns")
    await hms.press(form)


async def applied(going: Going) -> None:
    """Rows are corrected and taken out; the list is applied, and then taken back."""
    hms = await going.sign_in("hms.fjord")
    await hms.open(_NEW)
    url = await _sent(hms, _FAULTY)
    await hms.open(url, part="import")
    first, second = hms.forms("import_row")[:2]
    await hms.give(first, "corrected", part="row", family_name="Prøve")
    await hms.give(second, "corrected", family_name="Prøve")
    await hms.give(second, "a row that is not there", to=f"{url}/rows/999")
    await hms.open(url)
    form = hms.form("import_application")
    await hms.give(form, "changed meanwhile", part="import", version="0")
    await hms.give(form, "a row that is not there", to=f"{_NEW}/999999999/application", version="0")
    await hms.open(url)
    await hms.press(hms.form("import_application"))
    await hms.open(url)
    form = hms.form("import_reversal")
    await hms.press(form)
    await hms.press(form, "a row that is not there", to=f"{_NEW}/999999999/reversal")


async def thrown_away(going: Going) -> None:
    """A list is thrown away, and is no more there."""
    hms = await going.sign_in("hms.fjord")
    await hms.open(_NEW)
    url = await _sent(hms, _FAULTY)
    form = hms.form("import_deletion")
    await hms.press(form)
    await hms.press(form, "thrown away already")
    await hms.open(url, shows="thrown away already")


async def customers(going: Going) -> None:
    """Customers are looked over, and brought in once."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers/import")
    kam.take(await kam.send("import_customers", pasted=_SOME_FAULTY))
    await kam.send("apply_customers", "some rows are faulty", part="list")
    await kam.open("/desk/customers/import")
    kam.take(await kam.send("import_customers", pasted=_CUSTOMERS))
    form = kam.form("apply_customers")
    await kam.press(form)
    await kam.press(form, "sent twice", part="list")


async def _sent(hms: Goer, pasted: str) -> str:
    """Send a list; its page is open then."""
    units = [value for one in hms.form("create_import").fields if one.name == "unit" for value in one.options if value]
    url = (await hms.send("create_import", pasted=pasted, unit=units[0])).headers["location"]
    await hms.open(url)
    return url
