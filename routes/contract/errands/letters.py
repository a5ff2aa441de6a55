"""Errands that begin with a letter: a password is chosen, an appointment is confirmed.

The letters themselves are never written here; what stands in them is in `partials/letters`.
"""

from datetime import timedelta

from routes.contract.errands.going import Going

_LATER = timedelta(minutes=20)
"""After that one may answer again."""


_CHOSEN = "en lang setning som er valgt"


async def password(going: Going) -> None:
    """Somebody has forgotten a password, and chooses another one; somebody else with script."""
    for username, part in (("okonomi.fjord", None), ("Tester", "password-form")):
        link, to = going.outside.password_letter(username)
        url = f"/password/{going.portal.password_signer.sign(link, to)}"
        nobody = await going.sign_in(None)
        await nobody.open(url)
        await nobody.open(url, part="password-form")
        form = nobody.form("choose_password")
        await nobody.give(form, "too short", part="password-form", new_password="kort")  # noqa: S106
        await nobody.give(form, part=part, new_password=_CHOSEN)
        going.walk.passwords[username] = _CHOSEN
        await nobody.give(form, "used up", part=part, new_password=_CHOSEN)
        await nobody.open(url, shows="used up")
        await nobody.open(f"{url[:-1]}{'a' if url[-1] != 'a' else 'b'}", shows="a link that nobody was given")


async def appointment(going: Going) -> None:
    """An employee opens the own appointment, confirms it, takes it back, and sends that very often."""
    link, to = going.outside.appointment_letter()
    url = f"/me/{going.portal.signer.sign(link, to)}"
    nobody = await going.sign_in(None)
    await nobody.open(url)
    await nobody.open(url, part="appointment")
    form = nobody.form("answer_appointment")
    await nobody.give(form, "no such answer", answer="x")
    await nobody.give(form, "a time that is not to be had", part="appointment", slot="1")
    await nobody.give(form, answer="confirm")
    await nobody.give(form, part="appointment", answer="confirm")
    await nobody.until(429, form, "too often", part="appointment", answer="confirm")
    going.outside.time_passes(_LATER)
    await nobody.give(form, part="appointment", answer="decline")
    await nobody.give(form, "called off already", answer="confirm")
    await nobody.open(url, shows="called off already")
    await nobody.open(f"{url[:-1]}{'a' if url[-1] != 'a' else 'b'}", shows="a link that nobody was given")
