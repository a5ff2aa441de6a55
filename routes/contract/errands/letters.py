"""Errands that begin with a letter: a password is chosen, an appointment is confirmed.

The letters themselves are never written here; what stands in them is in `partials/letters`.
"""

from routes.contract.errands.going import Going


async def password(going: Going) -> None:
    """Somebody has forgotten a password, and chooses another one."""
    link, to = going.outside.password_letter("okonomi.fjord")
    url = f"/password/{going.portal.password_signer.sign(link, to)}"
    nobody = await going.sign_in(None)
    await nobody.open(url)
    await nobody.open(url, part="password-form")
    await nobody.send("choose_password", "too short", part="password-form", new_password="kort")  # noqa: S106
    await nobody.send("choose_password", new_password="demo-okonomi.fjord og mer")  # noqa: S106
    await nobody.open(url, shows="used up")
    await nobody.open(f"{url[:-1]}{'a' if url[-1] != 'a' else 'b'}", shows="a link that nobody was given")


async def appointment(going: Going) -> None:
    """An employee opens the own appointment, confirms it, and then takes it back."""
    link, to = going.outside.appointment_letter()
    url = f"/me/{going.portal.signer.sign(link, to)}"
    nobody = await going.sign_in(None)
    await nobody.open(url)
    await nobody.open(url, part="appointment")
    for answer in ("confirm", "decline"):
        await nobody.send("answer_appointment", part="appointment", answer=answer)
    await nobody.open(f"{url[:-1]}{'a' if url[-1] != 'a' else 'b'}", shows="a link that nobody was given")
