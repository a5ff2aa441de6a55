"""Errands at orders, invoices and employees: what the CRM takes, what is asked, a word that is changed meanwhile.

Lists are in `lists`, bookings in `bookings`, what comes by letter or from a telephone in `letters` and `factors`.
"""

from routes.contract.errands.going import Goer, Going
from routes.contract.markup import Form

_NUMBER = "30920154901"
"""An identity number that nobody can have: its month is one of the synthetic ones."""
_ABOUT_HEALTH = "Den ansatte er sykmeldt"
_TOO_LONG = "x" * 201
_ANOTHER_KEY = "another-key-of-a-form"
_NUMBERS = (_NUMBER, "13868510077")


async def looked_for(going: Going) -> None:
    """What is looked for holds an identity number, or is too long."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    customer = await kam.follow("desk_customer")
    of_customer = [(hms, url) for url in ("/search", "/orders", "/employees")]
    at_desk = [(kam, url) for url in ("/desk/search", "/desk/orders", f"{customer}/employees")]
    for goer, url in (*of_customer, *at_desk):
        await goer.open(f"{url}?q={_NUMBER}", shows="an identity number")
        await goer.open(f"{url}?q={_TOO_LONG}", shows="too long")
    await hms.open("/bookings")
    for goer, url in ((hms, hms.ways("booking")[0]), (kam, f"/desk{hms.ways('booking')[0]}/signups")):
        await goer.open(f"{url}?q={_NUMBER}", shows="an identity number")


async def orders(going: Going) -> None:
    """An order is taken back: with words about health, and while the provider is at work; another has bookings."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await hms.open("/orders/new")
    order = (await hms.send("create_order")).headers["location"].partition("?")[0]
    await hms.open(order)
    await hms.send("order_reference", "too long", part="reference", reference=_TOO_LONG)
    reference = hms.form("order_reference")
    await hms.open(f"{order}/cancellation")
    form = hms.form("cancel_order")
    await hms.give(form, "words about health", part="cancellation", reason=_ABOUT_HEALTH)
    await hms.give(form, "words about health, taken out", reason=_ABOUT_HEALTH, sensitive="remove")
    await kam.open(f"/desk{order}")
    progress = kam.form("desk_order_progress")
    for status in [value for one in progress.fields if one.name == "status" for value in one.options if value]:
        await kam.open(f"/desk{order}")
        await kam.send("desk_order_progress", status=status)
        await hms.give(reference, "invoiced meanwhile", part="reference", reference="4711")
    await hms.give(form, "begun meanwhile", reason="Trengs ikke")
    await hms.open("/bookings")
    await hms.follow("booking")
    await hms.follow("order")


async def employees(going: Going) -> None:
    """Somebody is added with the key of before, changed by two at once, and gets a number from the worklist."""
    hms, colleague = await going.sign_in("hms.fjord"), await going.sign_in("hms.fjord")
    await hms.open("/employees/new")
    form = hms.form("create_employee")
    units = [value for one in form.fields if one.name == "unit" for value in one.options if value]
    new = {"given_name": "Eva", "family_name": "Prøve", "unit": units[0], "email": "eva.prove@eksempel.example"}
    url = (await hms.give(form, **new)).headers["location"]
    await hms.give(form, "the same key, other words", part="employee-form", **new | {"given_name": "Siv"})
    for goer in (hms, colleague):
        await goer.open(f"{url}/edit")
    await hms.send("update_employee", part="employee", mobile="41 24 48 03")
    await colleague.send("update_employee", "changed meanwhile", part="employee", mobile="41 24 48 04")
    await hms.open("/worklist")
    await hms.follow("worklist", having="employee_national_id")
    for form, part, number in zip(hms.forms("employee_national_id"), ("worklist", None), _NUMBERS, strict=False):
        await hms.give(form, part=part, national_id=number)
    await hms.open("/worklist")
    await hms.follow("worklist", having="employee_email")
    without = [form.action.split("/")[2] for form in hms.forms("employee_email")]
    await hms.open("/bookings")
    for id, part in zip(without, ("people", None), strict=False):
        address = {"address": id, f"email-{id}": f"ansatt.{id}@eksempel.example"}
        await hms.post(f"{hms.ways('booking')[0]}/addresses", part=part, **address)


async def employees_at_desk(going: Going) -> None:
    """Staff write down an employee for a customer, and then another one with the key of before."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    await kam.open(f"{await kam.follow('desk_customer')}/employees/new")
    form = kam.form("desk_create_employee")
    units = [value for one in form.fields if one.name == "unit" for value in one.options if value]
    new = {"family_name": "Prøve", "unit": units[0], "email": "liv.prove@eksempel.example", "asked_name": "Ada Prøve"}
    await kam.give(form, **new, given_name="Liv")
    await kam.give(form, "the same key, other words", **new, given_name="Una")


async def told(going: Going) -> None:
    """An order and an employee are saved; the CRM has not taken them yet, and then it has."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await hms.open("/orders/new")
    order = (await hms.send("create_order")).headers["location"].partition("?")[0]
    await hms.open("/employees")
    employee = await hms.follow("employee")
    await hms.open(f"{employee}/edit")
    await hms.send("update_employee", mobile="41 24 48 02")
    asked = [(hms, f"{order}/receipt"), (hms, f"{employee}/receipt"), (kam, f"/desk{order}/receipt")]
    for who, url in asked:
        await who.open(url, part="receipt", shows="nothing new")
    going.outside.crm_takes_all()
    for who, url in asked:
        await who.open(url, part="receipt", shows="taken by the CRM")
    await hms.open(order)
    await hms.send("create_order_message")
    await kam.open(f"/desk{order}")
    form = kam.form("desk_no_answer")
    for part in ("messages", None):
        await kam.press(form, part=part)
    await kam.open(f"/desk{order}")
    await _written(kam, "create_desk_message")
    await kam.open("/desk/customers")
    await kam.open(f"{await kam.follow('desk_customer')}/orders/new")
    form = kam.form("desk_create_order")
    for said in ("Ringte inn", "Ringte inn en annen"):
        await kam.give(form, "done" if said == "Ringte inn" else "the same key, other words", **_ordered(form, said))


async def _written(kam: Goer, line: str) -> None:
    """The provider writes from a page: without script, once more in other words, and again with script."""
    form = kam.form(line)
    await kam.give(form, message="Vi ringer i morgen")
    await kam.give(form, "the same key, other words", message="Vi ringer i dag")
    await kam.give(form, part="messages", message="Vi ringer nå", idempotency_key=_ANOTHER_KEY)


def _ordered(form: Form, said: str) -> dict[str, str]:
    """An order as staff write it down who are rung up."""
    offered = {one.name: [value for value in one.options if value] for one in form.fields}
    chosen = {name: offered[name][0] for name in ("unit", "asked_by") if offered.get(name)}
    return chosen | {"delivery": said}


async def asked(going: Going) -> None:
    """Finance asks about an invoice, and the account manager says that no answer is needed."""
    finance, kam = await going.sign_in("okonomi.fjord"), await going.sign_in("kam.lie")
    await finance.open("/invoices")
    await finance.follow("invoice")
    await finance.send("create_invoice_message", part="messages")
    await kam.open("/desk")
    await kam.follow("desk_invoice")
    await _written(kam, "create_desk_invoice_message")
    form = kam.form("desk_invoice_answered")
    for part in ("messages", None):
        await kam.press(form, part=part)


async def refused(going: Going) -> None:
    """A letter comes back, and is sent once more; the mail server rests, and an event of the CRM cannot be taken."""
    kam = await going.sign_in("kam.lie")
    going.outside.letter_is_refused()
    await kam.open("/desk/deliveries")
    form = next(form for form in kam.forms("desk_resend"))
    await kam.give(form, part=form.target)
    going.outside.mail_rests()
    going.outside.crm_is_refused()
    await kam.open("/desk/deliveries", shows="the mail server takes nothing for a while")
    await kam.open("/desk/received", shows="an event of the CRM was refused")


async def words(going: Going) -> None:
    """A word of the catalogue is changed by a colleague while somebody wants to take it away."""
    kam, colleague = await going.sign_in("kam.lie"), await going.sign_in("kam.lie")
    await kam.open("/desk/catalogue")
    await kam.follow("new_entry")
    await kam.send("create_entry", name="På prøve")
    await kam.open("/desk/catalogue")
    url = await kam.try_each(kam.ways("edit_entry"), having="remove_entry")
    await colleague.open(url)
    await colleague.send("update_entry", name="På prøve igjen")
    await kam.send("remove_entry", "changed meanwhile", part="entry-form")
    await kam.open(url)
    await kam.press(kam.form("remove_entry"))
