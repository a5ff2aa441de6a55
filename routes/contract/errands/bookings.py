"""Errands at bookings: an offer comes up, it is noted who came, a booking is called off while others look at it.

Times are set up in `at_desk`; appointments are opened by letters, in `letters`.
"""

from routes.contract.errands.going import Goer, Going

_OFFERS = 4
"""So many places are freed that somebody waits for."""


async def offers(going: Going) -> None:
    """Places get free for those who wait; they are taken, at the desk with a reason, and then all is called off."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    url = await _with_a_line(hms)
    await _wait_behind(hms, url)
    await _free_places(hms, url)
    waiting = await going.sign_in("hms.fjord")
    await waiting.open(url)
    await hms.send("accept_sign_up", part="slots")
    await hms.open(url)
    await hms.send("accept_sign_up")
    await kam.open(f"/desk{url}/signups")
    await kam.send("desk_accept_sign_up", "without a reason", part="people", reason="")
    await kam.send("desk_accept_sign_up", "without a reason", part="slots", reason="")
    first, second = kam.forms("desk_accept_sign_up")[:2]
    await kam.give(first, part="slots", reason="Ringte og takket ja")
    await kam.give(second, reason="Ringte og takket ja")
    await _call_off(going, kam, waiting, f"/desk{url}")


async def _with_a_line(hms: Goer) -> str:
    """A booking where somebody waits."""
    await hms.open("/bookings")
    for url in hms.ways("booking"):
        await hms.open(url)
        if any(one.name == "wait" for form in hms.forms("sign_up") for one in form.fields):
            return url
    raise LookupError("waiting")


async def _wait_behind(hms: Goer, url: str) -> None:
    """Put others on the waiting list, too."""
    await hms.open(f"{url}?q=a")
    await hms.open(f"{url}?q=a&dropped=1", part="people", shows="somebody is not chosen any more")
    form = hms.form("sign_up", "wait", "employee")
    waiting = {value for one in form.fields if one.name == "employee" for value in one.options}
    for who in sorted(waiting)[:_OFFERS]:
        await hms.give(form, "waits", part="slots", employee=who)


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
    calling = await going.sign_in("kam.lie")
    await calling.open(at_the_desk)
    slot = next(iter(calling.ways("desk_edit_slot")), "")
    await calling.open(f"{at_the_desk}/cancellation")
    await calling.send("desk_call_off")
    await kam.send("desk_accept_sign_up", "called off meanwhile", part="people", reason="Ringte")
    for url in (f"{at_the_desk}/edit", f"{at_the_desk}/times", f"{at_the_desk}/moves", slot):
        await kam.open(url, shows="called off meanwhile")
    for part in ("people", "slots"):
        await hms.send("accept_sign_up", "called off meanwhile", part=part)
    await editing.send("desk_update_booking", "called off meanwhile", part="slots")


async def attendance(going: Going) -> None:
    """It is noted who came."""
    hms, kam = await going.sign_in("hms.fjord"), await going.sign_in("kam.lie")
    await hms.open("/bookings")
    url = await kam.try_each((f"/desk{way}" for way in hms.ways("booking")), having="desk_attendance")
    pressed = [form for form in kam.forms("desk_attendance") if any(one.type == "button" for one in form.fields)]
    for part, form in zip((pressed[0].target, "slots", None), pressed, strict=False):
        await kam.give(form, part=part)
    for form in pressed:
        cancellation = f"/desk/signups/{form.fields[-1].values[0]}/cancellation"
        await kam.post(cancellation, "the day is over", part="people", reason="Ringte")
    await kam.open("/desk/bookings")
    await kam.open(f"{await kam.follow('desk_booking')}/cancellation")
    await kam.send("desk_call_off", "all of it is over", part="slots", to=f"{url}/cancellation")


async def too_late(going: Going) -> None:
    """The deadline is moved to yesterday while somebody has the page open."""
    hms, moving, kam = [await going.sign_in(who) for who in ("hms.fjord", "hms.fjord", "kam.lie")]
    await hms.open("/bookings")
    url = await hms.follow("booking", having="cancel_sign_up")
    await moving.try_each((way for way in hms.ways("booking") if "move=" in way), having="move_sign_up")
    free = [form for form in moving.forms("move_sign_up") if any(one.name == "slot" for one in form.fields)]
    await moving.press(free[0])
    distributing = [await going.sign_in("hms.fjord") for _ in range(2)]
    for goer in distributing:
        await goer.open(f"{url}/distribution")
        goer.take(await goer.send("distribution", pasted="", unit="all"))
    await distributing[0].press(distributing[0].form("confirm_distribution"))
    await kam.open(f"/desk{url}/edit")
    await kam.send("desk_update_booking", deadline_day="01.10.2026")
    form = distributing[1].form("confirm_distribution")
    place = next(one.name for one in form.fields if one.name.startswith("place-"))
    await distributing[1].give(form, "too late", **{place: "0"})
    for part in ("people", "slots"):
        await hms.send("cancel_sign_up", "too late", part=part)
        await moving.give(moving.forms("move_sign_up")[-1], "too late", part=part)
