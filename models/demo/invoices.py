"""The demo's invoices (product 6.7): the five of the user guide, and some years of others up to the day of loading.

Each of them is written as an EHF document and taken in as the ERP's would be, so that each has its file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import in_oslo
from models.customers.customer import Customer
from models.customers.units import Unit
from models.demo.days import on_or_before
from models.demo.ehf import write
from models.demo.orders import Placed
from models.demo.papers import Item, Paper, Reduction, Side, due
from models.exchange.ehf.files import Found
from models.exchange.ehf.intake import take_in
from models.invoices.invoice import Invoice, SentAs
from models.invoices.settlements import register_payment, send_to_collection
from models.values.kid import with_mod10

FIRST_NUMBER = 118400
"""The guide's numbers end before it."""
_ZERO = Decimal(0)
_PAID_AFTER = timedelta(days=17)

# number, issued on, payer, total: the rows of the guide, letter for letter
GUIDES_FIVE = [
    ("2017-118350", date(2017, 12, 31), "Testbedriften AS", 1500),
    ("2017-118352", date(2017, 12, 19), "Bergen TEST", 3000),
    ("2017-118359", date(2017, 12, 31), "Bergen TEST", 3000),
    ("2018-118371", date(2018, 2, 28), "Bergen TEST", 1000),
    ("2018-118376", date(2018, 3, 6), "Testbedriften AS", 5),
]

# unit, what it pays a quarter for its agreement
AGREEMENTS = [
    ("Fjordbygg Entreprenør AS", 18400),
    ("Bergen", 6250),
    ("Stavanger", 4980),
    ("Tromsø", 3120),
    ("Solvik kommune", 62000),
    ("Havbris Sjømat AS", 15900),
    ("Nordlys Data AS", 2400),
]
_QUARTERS = 8

# product group, name of the line, price, whether it is a health service and so without VAT
PRICES = {
    "Ergonomi": ("Ergonomigjennomgang, per time", 1290, False),
    "Yrkeshygiene": ("Yrkeshygieniker, per time", 1450, False),
    "Kurs": ("Kurs, per deltaker", 1650, False),
    "Vaksinasjon": ("Vaksine med oppmøte, per person", 395, True),
    "Arbeidshelse / helsekontroll": ("Helsekontroll, per person", 1180, True),
    "Psykososialt og organisatorisk arbeidsmiljø": ("Støttesamtale, per time", 1350, True),
    "Systematisk HMS": ("HMS-rådgiver, per time", 1390, False),
    "Hjertestarter": ("Hjertestarter med skap", 14900, False),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """An invoice of the demo, and what becomes of it."""

    paper: Paper
    paid: Decimal | None = None
    """What has been paid; everything where it is None and `is_paid`."""
    is_paid: bool = False
    in_collection: bool = False
    sent_as: SentAs = SentAs.EHF


def add_invoices(db: Session, units: dict[str, Unit], orders: dict[str, Placed], *, today: date) -> None:
    """Add all invoices, in the order in which they were sent, with what has been paid on each."""
    payers = _payers(db, units)
    others = [
        *_agreements(payers, today),
        *_of_orders(payers, units, orders, today),
        *_special(payers, orders, today),
    ]
    others.sort(key=lambda planned: planned.paper.issued_on)
    for planned in [*_guides_five(payers), *_numbered(others)]:
        _let_in(db, planned, today)


def _payers(db: Session, units: dict[str, Unit]) -> dict[str, Side]:
    """How each unit stands on an invoice: one without a number of its own is invoiced through its company."""
    companies = {customer.id: customer for customer in db.scalars(select(Customer))}
    return {
        name: Side(name, unit.organisation_number)
        if unit.organisation_number
        else Side(companies[unit.customer_id].name, companies[unit.customer_id].organisation_number)
        for name, unit in units.items()
    }


def _guides_five(payers: dict[str, Side]) -> Iterator[Planned]:
    for number, issued_on, payer, total in GUIDES_FIVE:
        item = _health("Bedriftshelsetjeneste", total)
        paper = Paper(number, payers[payer], issued_on, (item,), due_on=due(issued_on), reference="TB-1001")
        yield Planned(replace(paper, kid=_kid(number)))


def _agreements(payers: dict[str, Side], today: date) -> Iterator[Planned]:
    """One a quarter for two years: all but the last are paid."""
    for quarter in range(_QUARTERS):
        issued_on = on_or_before(today - timedelta(days=24 + 91 * quarter))
        for unit, price in AGREEMENTS:
            item = Item("Avtale om bedriftshelsetjeneste, kvartal", Decimal(price))
            note = f"Gjelder {unit}."
            paper = Paper("", payers[unit], issued_on, (item,), reference=f"Avtale {price}", note=note)
            yield Planned(replace(paper, due_on=due(issued_on, 30)), is_paid=quarter > 0)


def _of_orders(
    payers: dict[str, Side], units: dict[str, Unit], orders: dict[str, Placed], today: date
) -> Iterator[Planned]:
    """Each order that is invoiced has its invoice, with its number and the customer's own reference (NB7)."""
    names = {unit.id: name for name, unit in units.items()}
    guides = units["Bergen TEST"].customer_id
    for placed in orders.values():
        order = placed.order
        if order.status != "Fakturert" or order.customer_id == guides:  # whose invoices are those of the guide
            continue
        name, price, is_health = PRICES.get(order.product_group or "", PRICES["Systematisk HMS"])
        item = _health(name, price, 4) if is_health else Item(name, Decimal(price), Decimal(4))
        issued_on = min(placed.since["Fakturert"].date(), today)
        paper = Paper(
            "",
            payers[names[order.unit_id]],
            issued_on,
            (replace(item, description=order.delivery),),
            due_on=due(issued_on),
            reference=order.reference,
            sales_order=str(order.number),
        )
        yield Planned(paper, is_paid=due(issued_on) < today)


def _special(payers: dict[str, Side], orders: dict[str, Placed], today: date) -> Iterator[Planned]:
    """Every case that an invoice can be in, for those who sign in to look at them (product 6.7)."""
    for payer in ("Demokunde_Test", "Fjordbygg Entreprenør AS"):
        yield from _standings(payers[payer], today)
    course, health = (
        Item("Førstehjelpskurs, per deltaker", Decimal(1650), Decimal(6)),
        _health("Helsekontroll", 1180, 3),
    )
    tester, fjord = payers["Demokunde_Test"], payers["Fjordbygg Entreprenør AS"]
    yield Planned(_with_everything(_ago("", tester, today, 3, course, health), orders))
    yield Planned(replace(_ago("", tester, today, 5, course), kid="118377-"), sent_as=SentAs.EMAIL)
    without = _ago("", tester, today, 8, Item("Dataskjermbriller", Decimal("1499.50"), Decimal(2)))
    yield Planned(replace(without, reference="", order="NA"))
    yield Planned(_ago("", tester, today, 40, Item("Informasjonsmøte, gratis", _ZERO)))
    yield Planned(_ago("", fjord, today, 2, _health("Målrettet helsekontroll, alle anlegg", Decimal("1234567.89"))))
    discounted = replace(course, reductions=(("Rabatt for avtalekunder", Decimal(495)),))
    yield Planned(_prepaid(_ago("", fjord, today, 9, discounted)))
    swedish = _ago("", payers["Stavanger"], today, 15, Item("Kurs i Göteborg", Decimal(4200)))
    yield Planned(replace(swedish, currency="SEK", tax_currency="NOK", tax_in_tax_currency=Decimal("1018.50")))


def _with_everything(paper: Paper, orders: dict[str, Placed]) -> Paper:
    """With a reference, an order, a note and attachments."""
    order = orders["307390"].order
    return replace(
        paper,
        reference=order.reference,
        sales_order=str(order.number),
        kid="20260001183710",
        note="Takk for at dere bruker oss. Spørsmål om fakturaen: faktura@bht.example.",
        attachments=(("Deltakerliste.csv", "text/csv", "Kurs;Deltakere\nFørstehjelp;6\n".encode()),),
        links=(("Prisliste", "https://bht.example/priser"),),
    )


def _prepaid(paper: Paper) -> Paper:
    """With an allowance and a charge on the whole, something paid before, and a rounding."""
    return replace(
        paper,
        reductions=(Reduction("Mengderabatt", Decimal(200)), Reduction("Reise", Decimal(-640))),
        prepaid=Decimal(5000),
        rounding=Decimal("0.25"),
    )


def _standings(payer: Side, today: date) -> Iterator[Planned]:
    """One invoice for each status, and the credit notes that take off from them."""
    talks = _health("Støttesamtale, per time", 1350, 2)
    advice = Item("HMS-rådgiver, per time", Decimal(1390), Decimal(5))
    round_ = Item("Vernerunde", Decimal(5600))
    yield Planned(_ago("", payer, today, 6, advice), sent_as=SentAs.EMAIL)
    yield Planned(_ago("", payer, today, 45, talks))
    yield Planned(_ago("", payer, today, 12, round_), paid=Decimal(3000))
    yield Planned(_ago("", payer, today, 75, talks, advice), is_paid=True)
    yield Planned(_ago("", payer, today, 130, round_), in_collection=True)
    yield from _credited(payer, _ago("whole", payer, today, 60, talks), talks, days=4)
    some, fewer = replace(advice, quantity=Decimal(8)), replace(advice, quantity=Decimal(2))
    yield from _credited(payer, _ago("part", payer, today, 18, some), fewer, days=4)
    cheaper = replace(round_, price=Decimal(600))
    yield from _credited(payer, _ago("late", payer, today, 90, round_), cheaper, days=25, is_paid=True)


def _credited(payer: Side, paper: Paper, item: Item, *, days: int, is_paid: bool = False) -> Iterator[Planned]:
    """An invoice, and the credit note that takes an item of it back some days later."""
    key = f"{paper.number} {payer.organisation_number}"  # until the two have their numbers
    yield Planned(replace(paper, number=key), is_paid=is_paid)
    later = paper.issued_on + timedelta(days=days)
    credit_note = replace(paper, number="", issued_on=later, due_on=None, items=(item,), credits=(key,))
    yield Planned(replace(credit_note, is_credit_note=True))


def _ago(key: str, payer: Side, today: date, days: int, *items: Item) -> Paper:
    """An ordinary invoice that was sent some days ago."""
    issued_on = today - timedelta(days=days)
    return Paper(key, payer, issued_on, items, due_on=due(issued_on), reference=f"PO-{4500 + days}")


def _health(name: str, price: Decimal | int, quantity: int = 1) -> Item:
    return Item(name, Decimal(price), Decimal(quantity), category="E", rate=_ZERO)


def _numbered(planned: list[Planned]) -> Iterator[Planned]:
    """With running numbers, and KIDs of them; what was a key becomes the number, also where it is named."""
    numbers: dict[str, str] = {}
    for place, each in enumerate(planned):
        paper = each.paper
        number = f"{paper.issued_on.year}-{FIRST_NUMBER + place}"
        numbers[paper.number] = number
        named = tuple(numbers[key] for key in paper.credits)
        kid = paper.kid or ("" if paper.is_credit_note else _kid(number))
        yield replace(each, paper=replace(paper, number=number, kid=kid, credits=named))


def _kid(number: str) -> str:
    year, _, running = number.partition("-")
    return with_mod10(f"{year}{running:0>9}")


def _let_in(db: Session, planned: Planned, today: date) -> None:
    paper = planned.paper
    data = write(paper)
    received = in_oslo(paper.issued_on, time(6, 15))
    result = take_in(db, Found(f"{paper.number}.xml", len(data), data), now=received, is_news=False)
    if result.refusal:
        raise ValueError(f"the demo's invoice is refused: {result}")
    invoice = db.scalars(select(Invoice).where(Invoice.number == paper.number)).one()
    invoice.sent_as = planned.sent_as
    amount = planned.paid or (invoice.outstanding if planned.is_paid else _ZERO)
    if amount > 0:
        paid_on = min(paper.issued_on + _PAID_AFTER, today)
        register_payment(
            db, invoice, amount, paid_on=paid_on, reference=_kid(paper.number), now=in_oslo(paid_on, time(9))
        )
    if planned.in_collection:
        since = paper.issued_on + timedelta(days=60)
        send_to_collection(db, invoice, since, now=in_oslo(since, time(9)))
