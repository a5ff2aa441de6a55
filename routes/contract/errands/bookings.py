"""Errands at bookings: an offer comes up, times are set up and noted, a booking is called off while others look at it.

Appointments are opened by letters, in `letters`.
"""

from routes.contract.errands.going import Goer, Going

_OFFERS = 3
"""So many places are freed that somebody waits for."""


async def offers(going: Going) -> None:
    """Places get free for those who wait; they are taken, at the desk with a reason, and then all is called off."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    url = await _with_a_line(hms)
    await _free_places(hms, url)
    await hms.send("accept_sign_up", part="slots")
    await kam.open(f"/desk{url}/signups")
    await kam.send("desk_accept_sign_up", "without a reason", part="people", reason="")
    await kam.send("desk_accept_sign_up", "without a reason", part="slots", reason="")
    await kam.send("desk_accept_sign_up", part="slots", reason="Ringte og takket ja")
    await hms.open(url)
    await _call_off(going, kam, hms, f"/desk{url}")


async def _with_a_line(hms: Goer) -> str:
    """A booking where somebody waits."""
    await hms.open("/bookings")
    for url in hms.ways("booking"):
        await hms.open(url)
        if any(one.name == "wait" for form in hms.forms("sign_up") for one in form.fields):
            return url
    raise LookupError("waiting")


async def _free_places(hms: Goer, url: str) -> None:
    """Take people off until there are offers enough."""
    for form in hms.forms("cancel_sign_up"):
        await hms.give(form, part="slots")
        await hms.open(url)
        if len(hms.forms("accept_sign_up")) >= _OFFERS:
            return


async def _call_off(going: Going, kam: Goer, hms: Goer, at_the_desk: str) -> None:
    """Everybody has the page open, and presses what is there no more."""
    editing = await going.sign_in("kam.lie")
    await editing.open(f"{at_the_desk}/edit")
    await kam.open(f"{at_the_desk}/cancellation")
    await kam.send("desk_call_off")
    for part in ("people", "slots"):
        await hms.send("accept_sign_up", "called off meanwhile", part=part)
    await editing.send("desk_update_booking", "called off meanwhile", part="slots")


async def times(going: Going) -> None:
    """Times are added, moved and taken away at the desk."""
    kam = await going.sign_in("kam.lie")
    await kam.open("/desk/bookings")
    url = await kam.follow("desk_booking")
    await kam.open(f"{url}/times")
    await kam.send("desk_add_times", "empty", part="times-form", opens="")
    await kam.open(f"{url}/moves")
    await kam.send("desk_move_times", "empty", part="moves-form", to_day="")
    await kam.open("/desk/bookings")
    for booking in kam.ways("desk_booking"):
        await kam.open(booking)
        await kam.open(next(reversed(kam.ways("desk_edit_slot")), booking))
        if kam.forms("desk_remove_slot"):
            await kam.send("desk_remove_slot", part="slots")
            return


async def attendance(going: Going) -> None:
    """It is noted who came."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await hms.open("/bookings")
    url = await kam.try_each((f"/desk{way}" for way in hms.ways("booking")), having="desk_attendance")
    pressed = [form for form in kam.forms("desk_attendance") if any(one.type == "button" for one in form.fields)]
    for part, form in zip((pressed[0].target, "slots"), pressed, strict=False):
        await kam.give(form, part=part)
    await kam.open("/desk/bookings")
    await kam.open(f"{await kam.follow('desk_booking')}/cancellation")
    await kam.send("desk_call_off", "all of it is over", part="slots", to=f"{url}/cancellation")


async def too_late(going: Going) -> None:
    """The deadline is moved to yesterday while somebody has the page open."""
    hms, moving, kam = [await going.sign_in(who) for who in ("hms.fjord", "hms.fjord", "kam.lie")]
    await hms.open("/bookings")
    url = await hms.follow("booking", having="cancel_sign_up")
    await moving.try_each((way for way in hms.ways("booking") if "move=" in way), having="move_sign_up")
    await kam.open(f"/desk{url}/edit")
    await kam.send("desk_update_booking", deadline_day="01.10.2026")
    for part in ("people", "slots"):
        await hms.send("cancel_sign_up", "too late", part=part)
        await moving.give(moving.forms("move_sign_up")[-1], "too late", part=part)
