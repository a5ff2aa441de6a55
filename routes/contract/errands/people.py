"""Errands at users, staff and customers: somebody new, let in and shut out, and the portal as a customer sees it.

Second factors are in `factors`, employees in `things`.
"""

from routes.contract.errands.going import Goer, Going

_NUMBER = "912345734"


async def colleagues(going: Going) -> None:
    """An administrator of a customer shuts a colleague out, and lets that one in again."""
    hr = await going.sign_in("hr.solvik")
    await hr.open("/users")
    for user in hr.ways("user"):
        await hr.open(user)
        if not hr.forms("remove_user"):
            continue
        for what in ("invitation", "removal", "reactivation"):
            await hr.post(f"{user}/{what}")
        for what in ("invitation", "reactivation"):
            await hr.post(f"/users/999999999/{what}", "a row that is not there")
        return


async def customers(going: Going) -> None:
    """A customer, a unit and a user are made; one is shut out, invited, and let in again."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers/new")
    await kam.send("create_customer", name="Prøvekunden", organisation_number=_NUMBER)
    await kam.open("/desk/customers")
    customer = await kam.follow("desk_customer")
    await kam.open(f"{customer}/units/new")
    await kam.send("create_unit", name="Prøveavdelingen")
    await kam.open(f"{customer}/users/new")
    new = {"full_name": "Ada Prøve", "email": "ada.prove@eksempel.example", "username": "ada.prove"}
    await kam.send("create_user", **new, unit=_first(kam, "unit"), right=_first(kam, "right"))
    await kam.open(customer)
    user = kam.ways("desk_user")[-1]
    for what in ("invitation", "work-account/removal", "deactivation", "reactivation"):
        await kam.post(f"{user}/{what}")
        await kam.post(f"{customer}/users/999999999/{what}", "a row that is not there")


async def staff(going: Going) -> None:
    """Somebody of the provider's own is added, invited, and gets a stand-in."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/staff/new")
    new = {"full_name": "Ole Prøve", "email": "ole.prove@bht.example", "username": "ole.prove"}
    member = (await kam.send("create_member", **new)).headers["location"]
    await kam.post(f"{member}/invitation")
    await kam.open(member)
    await kam.send("create_stand_in", first_day="12.11.2026", last_day="13.11.2026", stand_in=_first(kam, "stand_in"))
    await kam.open(member)
    await kam.press(kam.form("remove_stand_in"))
    going.outside.time_passes(going.no_moment)
    reset = f"{member}/second-factor/removal"
    await kam.post(reset, "without the password", own_password="")
    await kam.post(reset, own_password=going.walk.passwords["kam.lie"])
    for what in ("invitation", "second-factor/removal", "stand-ins/1/deletion"):
        await kam.post(f"/desk/staff/999999999/{what}", "a row that is not there")


def _first(kam: Goer, field: str) -> str:
    """The first that can be chosen in a field of the page."""
    fields = (one for form in kam.at.forms for one in form.fields if one.name == field)
    return next((value for one in fields for value in one.options if value), "")


async def seen_as(going: Going) -> None:
    """The portal as a customer sees it, entered and left by a page with script."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    await kam.follow("desk_customer", having="begin_viewing")
    form = kam.form("begin_viewing")
    for part in ("main", None):
        await kam.give(form, part=part, reason="Kunden ringte")
        await kam.open("/info")
        await kam.press(kam.form("end_viewing"), part=part)


async def notices(going: Going) -> None:
    """Notices are put up, and once more with the same key and other words."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    customer = await kam.follow("desk_customer")
    for url, line in (("/desk/notices/new", "create_notice"), (f"{customer}/notices/new", "create_customer_notice")):
        await kam.open(url)
        form, unit = kam.form(line), _first(kam, "unit")
        for title in ("Stengt", "Åpent"):
            shows = "done" if title == "Stengt" else "the same key, other words"
            await kam.give(form, shows, title=title, text="Vi ses.", **({"unit": unit} if unit else {}))
