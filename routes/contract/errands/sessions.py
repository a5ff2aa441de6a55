"""Errands at the door: wrong too often, another password, signed out elsewhere, and who has not come as far yet.

Second factors are in `factors` and `passkeys`, signing in at work in `work`.
"""

from routes.contract.errands.going import Goer, Going

_ELSEWHERE = "127.0.0.2"
"""A computer of which nobody else is kept waiting."""
_FIRST, _SECOND = "en ganske lang setning", "en annen ganske lang setning"


async def too_often(going: Going) -> None:
    """Somebody guesses a password, looks for a customer by many addresses, and asks for a letter then."""
    nobody = await _elsewhere(going)
    await nobody.open("/login")
    guess = {"username": "finnes.ikke", "password": "gjetning"}
    await nobody.until(429, nobody.form("create_session"), "too often", part="login-form", **guess)
    await nobody.open("/login/work")
    await nobody.until(429, nobody.form("find_work_sign_in"), "too often", email="ada@finnes-ikke.example")
    await nobody.open("/password/forgotten")
    await nobody.send("request_password", "too often", part="request-form", username="finnes.ikke")


async def begins_elsewhere(going: Going) -> None:
    """A code is asked for of nobody who has given a password, and a shared computer forgets who was there."""
    nobody = await _elsewhere(going)
    await nobody.open("/login/code", shows="no password before it")
    await nobody.open("/logout/forget")
    await nobody.open("/logout/forget?again=1")
    await nobody.open("/login")
    await nobody.send(
        "create_session", part="login-form", username="hms.fjord", password=going.walk.passwords["hms.fjord"]
    )


async def another_password(going: Going) -> None:
    """A user changes the password twice, guesses at it, and ends the other sessions."""
    own = await going.sign_in("TESTWEB")
    was = going.walk.passwords["TESTWEB"]
    await own.open("/password")
    form = own.form("change_password")
    await own.give(form, password=was, new_password=_FIRST)
    await own.give(form, part="access", password=_FIRST, new_password=_SECOND)
    going.walk.passwords["TESTWEB"] = _SECOND
    await own.until(429, form, "too often", part="access", password="gjetning", new_password=_FIRST)  # noqa: S106
    await going.sign_in("TESTWEB")
    await own.open("/password")
    form = own.form("end_sessions")
    for part in ("access", None):
        await own.press(form, part=part)


async def _elsewhere(going: Going) -> Goer:
    nobody = await going.sign_in(None)
    nobody.person.address = _ELSEWHERE
    return nobody
