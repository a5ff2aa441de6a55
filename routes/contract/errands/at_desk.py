"""Errands at bookings on the desk: one is published, gets more times, and its times are moved, changed and removed.

Who is on them is in `bookings`.
"""

from routes.contract.errands.going import Goer, Going
from routes.contract.markup import Form

_DAY, _LATER_DAY = "13.11.2026", "20.11.2026"


async def published(going: Going) -> None:
    """A booking is looked over, published, and sent once more under another title."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/customers")
    await kam.open(f"{await kam.follow('desk_customer')}/bookings/new")
    form = kam.form("desk_create_booking")
    units = [value for one in form.fields if one.name == "unit" for value in one.options if value]
    new = {"title": "Prøvebooking", "place": "Kantina", "unit": units[0], "from": _DAY, "opens": "08:00"}
    kam.take(await kam.give(form, "to be looked over", part="booking-form", **new, closes="10:00"))
    publishing = kam.form("desk_create_booking", "publish")
    await kam.press(publishing)
    await kam.give(publishing, "the same key, other words", title="En annen")


async def times(going: Going) -> None:
    """Times are added, moved, changed and removed; one where somebody sits is not."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/bookings")
    url = await kam.follow("desk_booking")
    await kam.open(f"{url}/times")
    form = kam.form("desk_add_times")
    await kam.give(form, "empty", part="times-form", opens="")
    await _looked_over(kam, form, "times-form", **{"from": _LATER_DAY, "opens": "17:00", "closes": "19:00"})
    await kam.open(f"{url}/moves")
    form = kam.form("desk_move_times")
    await kam.give(form, "empty", part="moves-form", to_day="")
    slot = [value for one in form.fields if one.name == "slot" for value in one.options][-1]
    await _looked_over(kam, form, "moves-form", slot=slot, starts="20:00", reason="Bussen er forsinket")
    await _one_time(kam, slot)
    await kam.open(url)
    others = kam.ways("desk_edit_slot")
    for at, other in enumerate(others):
        await kam.post(f"{other.removesuffix('/edit')}/deletion", part=("slots", None)[at % 2])
    await kam.post("/desk/slots/999999999/deletion", "a row that is not there")


async def _looked_over(kam: Goer, form: Form, part: str, **typed: str) -> None:
    """Fill a form, look over what it would do, and press again."""
    kam.take(await kam.give(form, "to be looked over", part=part, **typed))
    line = "desk_add_times" if part == "times-form" else "desk_move_times"
    await kam.press(kam.form(line, "publish"))


async def _one_time(kam: Goer, slot: str) -> None:
    """A time gets more places, and cannot be on a day that is none."""
    await kam.open(f"/desk/slots/{slot}/edit")
    form = kam.form("desk_update_slot")
    await kam.give(form, "refused", part="slots", day="31.02.2026")
    for part, places in ((None, "5"), ("slots", "6")):
        await kam.give(form, part=part, capacity=places)
    await kam.post(f"/desk/slots/{slot}/attendance", "too early", part="slots", everybody=slot)


async def people(going: Going) -> None:
    """Somebody is put on a time at the desk, and moved to another one, with a reason."""
    kam, why = await going.sign_in("kam.lie"), {"reason": "Ringte"}
    await kam.open("/desk/bookings")
    bookings = kam.ways("desk_booking")
    url = await kam.try_each((f"{way}/signups?q=a" for way in bookings), having="desk_cancel_sign_up")
    where = url.partition("?")[0]
    await kam.open(url)
    form = kam.form("desk_sign_up", "employee", "slot")
    who, *others = [value for one in form.fields if one.name == "employee" for value in one.options]
    await kam.give(form, employee=who, **why)
    await kam.give(form, part="slots", employee=others[0], **why)
    await kam.open(f"{where}?q=a&dropped=1", part="people", shows="somebody is not chosen any more")
    moves = [way for way in kam.ways("desk_sign_ups") if "move=" in way]
    await kam.try_each(moves, having="desk_move_sign_up")
    free = [form for form in kam.forms("desk_move_sign_up") if any(one.name == "slot" for one in form.fields)]
    await kam.give(free[0], **why)
    await kam.open(where)
