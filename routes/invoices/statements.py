"""Kontoutdrag: what a payer, or all of them (FI3), were invoiced and have paid, as a page, a CSV and a PDF."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from models.exchange.pdf import write_pdf
from models.exchange.sheets.files import Row, writer
from models.invoices.statement import Account, Payer, TooLong, Total, payers, statement_of, totals_of
from models.values.money import KRONER
from routes.web.answers import page
from routes.web.downloads import download, whole_file
from routes.web.errors import not_found
from routes.web.fields import Choice, Option
from routes.web.search import PeriodSearch
from routes.web.visit import Visit
from routes.web.words import amount
from routes.web.words import date as day

ALL = "all"


class StatementSearch(PeriodSearch):
    """Whose account, and from when to when."""

    unit = Choice("Betaler:", default="", refusal="Velg en av deres betalere.")


@dataclass(frozen=True, slots=True)
class Statement:
    """An account statement with the words around it."""

    search: StatementSearch
    of: list[Payer]
    """Whose it is: one payer, or all of them."""
    accounts: list[Account]

    @property
    def is_of_all(self) -> bool:
        """Whether the payer has to be told of each account."""
        return bool(self.search.unit.data == ALL)

    @property
    def name(self) -> str:
        """Whose it is, in words."""
        return "Alle betalere" if self.is_of_all else self.of[0].name

    @property
    def totals(self) -> list[Total]:
        """What all accounts come to, where they are of all payers."""
        return totals_of(self.accounts) if self.is_of_all else []

    @property
    def period(self) -> str:
        """From when to when."""
        return f"{day(self.search.from_date.day)}–{day(self.search.to_date.day)}"

    def money(self, account: Account | Total, name: str) -> str:
        """A sum of an account, with its currency."""
        return f"{'kr' if account.currency == KRONER else account.currency}\u00a0{amount(getattr(account, name))}"

    def heading(self, account: Account) -> str:
        """What an account is called in the PDF."""
        currency = "Kroner" if account.currency == KRONER else account.currency
        return f"{account.payer.name}, {currency.lower()}" if self.is_of_all else currency

    def facts(self, customer: str) -> dict[str, Any]:
        """The texts of the PDF."""
        return {
            "title": f"Kontoutdrag {self.name}",
            "author": customer,
            "period": self.period,
            "heads": ["Dato", "Bilag", "Forfall", "Beløp", "Saldo"],
            "totals": [[(label, self.money(each, name)) for label, name in SUMS] for each in self.totals],
            "accounts": [
                {
                    "name": self.heading(account),
                    "sums": [(label, self.money(account, name)) for label, name in SUMS],
                    "rows": [
                        [day(each.on), each.text, day(each.due_on), amount(each.amount), amount(each.balance)]
                        for each in account.entries
                    ],
                }
                for account in self.accounts
            ],
        }


HEADINGS = ["Dato", "Bilag", "Forfallsdato", "Valuta", "Beløp", "Saldo"]
SUMS = (
    ("Saldo ved periodens start", "opening"),
    ("Fakturert og kreditert", "invoiced"),
    ("Betalt", "paid"),
    ("Saldo ved periodens slutt", "closing"),
)


def statement(visit: Visit) -> Response:
    """The account statement of a payer or of all: this year so far, unless another period is asked for."""
    search = _search(visit)
    found = _found(visit, search)
    return page(
        visit,
        "invoices/statement.html",
        part="statement",
        status=200 if found or not search.errors else 422,
        at=visit.url("statement", **search.filters),
        search=search,
        statement=found,
        sums=SUMS,
    )


def statement_csv(visit: Visit) -> Response:
    """The same as a spreadsheet."""
    found = _found(visit, _search(visit)) or _missing()
    rows: list[Row] = [
        (*whose, each.on, each.text, each.due_on, account.currency, each.amount, each.balance)
        for account in found.accounts
        for whose in [[account.payer.name] if found.is_of_all else []]
        for each in account.entries
    ]
    return download(
        visit,
        filename=f"Kontoutdrag {found.name}.csv",
        writer=writer("csv", ["Betaler", *HEADINGS] if found.is_of_all else HEADINGS),
        read=lambda _db, _after: (rows, None),
    )


def statement_pdf(visit: Visit) -> Response:
    """The same to print and to file."""
    found = _found(visit, _search(visit)) or _missing()
    assert visit.customer is not None
    facts = found.facts(visit.customer.name)
    body = visit.aside(write_pdf, "invoices/statement.typ", facts)
    return whole_file(body, f"{facts['title']}.pdf", "application/pdf", shown=True)


def _search(visit: Visit) -> StatementSearch:
    """What was asked for; what was left empty is this year so far, and the first payer."""
    search: StatementSearch = StatementSearch.of(visit)
    search.from_date.data = search.from_date.data or f"01.01.{visit.today.year}"
    search.to_date.data = search.to_date.data or day(visit.today)
    return search


def _found(visit: Visit, search: StatementSearch) -> Statement | None:
    """The statement, or None where the form says what is wrong, or nobody was ever invoiced."""
    found = payers(visit.db)
    search.unit.choices = [Option(str(payer.id), payer.name) for payer in found]
    if len(found) > 1:
        search.unit.choices.append(Option(ALL, "Alle betalere"))
    if not search.unit.data:
        if not found:  # there is nobody to choose yet, which is nobody's mistake
            return None
        search.unit.data = str(found[0].id)
    if not search.validate() or not found:
        return None
    of = [payer for payer in found if search.unit.data in (str(payer.id), ALL)]
    first, last = search.from_date.day, search.to_date.day
    assert first is not None
    assert last is not None
    try:
        accounts = statement_of(visit.db, of, first, last)
    except TooLong:
        search.to_date.errors = ["Perioden har for mange bilag til ett kontoutdrag. Velg en kortere periode."]
        return None
    return Statement(search, of, accounts)


def _missing() -> Statement:
    raise not_found()
