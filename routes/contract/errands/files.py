"""Errands with files: what is attached to an order, published, made anew each time, and fetched by calendars.

Lists that are brought in are in `lists`.
"""

import re

from routes.contract.errands.going import Goer, Going
from routes.contract.markup import Form

_NAME, _PAGE = "vedlegg.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_PLAN = ("plan.csv", b"Aktivitet;Kvartal\nVernerunde;2\n")


async def attached(going: Going) -> None:
    """A file comes with an order, another with a question about an invoice, and each is fetched on both sides."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await hms.open("/orders/new")
    hms.choose("files", _NAME, _PAGE)
    order = (await hms.give(hms.form("create_order"))).headers["location"].partition("?")[0]
    await hms.open(order)
    await hms.follow("order_file")
    await kam.open(f"/desk{order}")
    await kam.follow("desk_order_file")
    finance = await going.sign_in("okonomi.fjord")
    await finance.open("/invoices")
    invoice = await finance.follow("invoice")
    finance.choose("files", _NAME, _PAGE)
    await finance.give(finance.form("create_invoice_message"), message="Se vedlegget")
    await finance.open(invoice)
    await finance.follow("invoice_message_file")
    await kam.open("/desk")
    await kam.follow("desk_invoice")
    await kam.follow("desk_invoice_message_file")


async def published(going: Going) -> None:
    """A report and a plan are put up for a customer."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    customer = await kam.follow("desk_customer")
    await kam.open(f"{customer}/reports/new")
    form = kam.form("create_report")
    for title in ("Fra prøven", "Fra prøven", "En annen tittel"):
        kam.choose("file", "rapport.pdf", _PAGE)
        await kam.give(form, "the same key, other words" if title != "Fra prøven" else "done", **_report(form, title))
    await kam.open(f"{customer}/plan")
    kam.choose("file", *_PLAN)
    await kam.press(kam.form("create_plan"))


def _report(form: Form, title: str) -> dict[str, str]:
    fields = {one.name: [value for value in one.options if value] for one in form.fields}
    return {"title": title, **{name: fields[name][0] for name in ("unit", "kind")}}


async def made(going: Going) -> None:
    """What is known of an employee is given out at the desk, and what is attached to invoices is fetched."""
    kam, finance, hr = [await going.sign_in(who) for who in ("kam.lie", "Tester", "hr.solvik")]
    await kam.open("/desk/customers")
    await kam.open(f"{await kam.follow('desk_customer')}/disclosure?q=a")
    for url in [kam.ways(line)[0] for line in ("desk_employee_pdf", "desk_employee_json")]:
        await kam.open(url)
        await kam.open(re.sub(r"\d+", "999999999", url), shows="a row that is not there")
    await _attachment(finance)
    with going.outside.are_many("invoices"):
        await finance.open("/invoices.zip", shows="more than fit into one file")
    for ending in ("", ".pdf"):
        await finance.open(f"/invoices/statement{ending}", shows="an address of before")
    await hr.open("/reports")
    for url in hr.ways("report"):
        await hr.open(f"{url}/preview", shows="the first page, where it has one")


async def _attachment(goer: Goer) -> None:
    """The first attachment of an invoice, where one has some."""
    await goer.open("/invoices")
    for url in goer.ways("invoice"):
        await goer.open(url)
        for way in goer.ways("invoice_attachment")[:1]:
            await goer.open(way)
            return


async def calendar(going: Going) -> None:
    """A calendar program fetches a secret address."""
    hms = await going.sign_in("hms.fjord")
    await hms.open("/calendar")
    found = re.search(r"/calendar/[^\"'<\s]+\.ics", (await hms.send("create_calendar")).html)
    if found is None:
        raise LookupError("secret")
    nobody = await going.sign_in(None)
    await nobody.open(found[0])
    await nobody.open("/calendar/finnes-ikke.ics", shows="an address of nobody")
