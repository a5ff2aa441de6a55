"""Kontoutdrag: what one payer was invoiced and has paid in a period, as a page, a CSV and a PDF."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from models.exchange.pdf import write_pdf
from models.exchange.sheets.files import Row, writer
from models.invoices.statement import Account, Payer, TooLong, payers, statement_of
from models.values.money import KRONER
from routes.web.answers import page
from routes.web.downloads import download, whole_file
from routes.web.errors import not_found
from routes.web.fields import Choice, Option
from routes.web.search import PeriodSearch
from routes.web.visit import Visit
from routes.web.words import amount
from routes.web.words import date as day


class StatementSearch(PeriodSearch):
    """Whose account, and from when to when."""

    unit = Choice("Betaler:", default="", refusal="Velg en av deres betalere.")


@dataclass(frozen=True, slots=True)
class Statement:
    """An account statement with the words around it."""

    search: StatementSearch
    payer: Payer
    accounts: list[Account]

    @property
    def period(self) -> str:
        """From when to when."""
        return f"{day(self.search.from_date.day)}–{day(self.search.to_date.day)}"

    def money(self, account: Account, name: str) -> str:
        """A sum of an account, with its currency."""
        return f"{'kr' if account.currency == KRONER else account.currency}\u00a0{amount(getattr(account, name))}"

    def facts(self, customer: str) -> dict[str, Any]:
        """The texts of the PDF."""
        return {
            "title": f"Kontoutdrag {self.payer.name}",
            "author": customer,
            "period": self.period,
            "heads": ["Dato", "Bilag", "Forfall", "Beløp", "Saldo"],
            "accounts": [
                {
                    "currency": account.currency,
                    "sums": [(label, self.money(account, name)) for label, name in SUMS],
                    "rows": [
                        [day(each.on), each.text, day(each.due_on), amount(each.amount), amount(each.balance)]
                        for each in account.entries
                    ],
                }
                for account in self.accounts
            ],
        }


SUMS = (
    ("Saldo ved periodens start", "opening"),
    ("Fakturert og kreditert", "invoiced"),
    ("Betalt", "paid"),
    ("Saldo ved periodens slutt", "closing"),
)


def statement(visit: Visit) -> Response:
    """The account statement of one payer: this year so far, unless another period is asked for."""
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
        [each.on, each.text, each.due_on, account.currency, each.amount, each.balance]
        for account in found.accounts
        for each in account.entries
    ]
    return download(
        visit,
        filename=f"Kontoutdrag {found.payer.name}.csv",
        writer=writer("csv", ["Dato", "Bilag", "Forfallsdato", "Valuta", "Beløp", "Saldo"]),
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
    if found and not search.unit.data:
        search.unit.data = str(found[0].id)
    if not search.validate() or not found:
        return None
    payer = next(payer for payer in found if str(payer.id) == search.unit.data)
    first, last = search.from_date.day, search.to_date.day
    assert first is not None
    assert last is not None
    try:
        accounts = statement_of(visit.db, payer.id, first, last)
    except TooLong:
        search.to_date.errors = ["Perioden har for mange bilag til ett kontoutdrag. Velg en kortere periode."]
        return None
    return Statement(search, payer, accounts)


def _missing() -> Statement:
    raise not_found()
