"""Errands at orders, invoices and employees: what the CRM takes, what is asked, a word that is changed meanwhile.

Lists are in `lists`, bookings in `bookings`, what comes by letter or from a telephone in `letters` and `factors`.
"""

from routes.contract.errands.going import Going


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
    await kam.send("desk_no_answer", part="messages")


async def asked(going: Going) -> None:
    """Finance asks about an invoice, and the account manager says that no answer is needed."""
    finance, kam = await going.sign_in("okonomi.fjord"), await going.sign_in("kam.lie")
    await finance.open("/invoices")
    await finance.follow("invoice")
    await finance.send("create_invoice_message", part="messages")
    await kam.open("/desk")
    await kam.follow("desk_invoice")
    await kam.send("desk_invoice_answered", part="messages")


async def refused(going: Going) -> None:
    """A letter comes back, and is sent once more."""
    kam = await going.sign_in("kam.lie")
    going.outside.letter_is_refused()
    await kam.open("/desk/deliveries")
    form = next(form for form in kam.forms("desk_resend"))
    await kam.give(form, part=form.target)


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
