"""Errands with a second factor: a program for codes is set up, asked for at sign-in, and taken away by who helps.

Passwords by letter are in `letters`.
"""

import re
from datetime import timedelta

import pyotp

from routes.contract.errands.going import Goer, Going

_WRONG = "000000"
_NO_MOMENT = timedelta(minutes=15)
"""After that a sign-in is no longer recent, and the password is asked for again."""


async def second_factor(going: Going) -> None:
    """A leader sets it up, signs in with it, and changes it; a colleague and the desk let in who has lost it."""
    leader = await going.sign_in("leder.brann")
    codes = await _set_up(going, leader)
    await leader.open("/password/factors")
    await leader.open("/password/factors", part="factor")
    await leader.send("renew_codes", "refused", part="factor", code=_WRONG)
    await leader.open("/password/factors?off=1")
    await leader.send("remove_factor", "refused", part="factor", code=_WRONG)
    await leader.open("/password/factors")
    await leader.send("renew_codes", part="set-up", to="/password/factors/new", code=codes.pop())
    await _sign_in(going, codes.pop())
    await _let_in(going)


async def _set_up(going: Going, leader: Goer) -> list[str]:
    """A program learns the secret that is shown; what comes back are the codes for whoever loses it."""
    answer = await leader.open("/password/factors/new")
    secret = re.search(r"[?&;]secret=(\w+)", answer.html)
    if secret is None:
        raise LookupError("secret")
    done = await leader.send("set_up_factor", code=pyotp.TOTP(secret[1]).at(going.portal.clock.now()))
    return re.findall(r"<li><code>(.+?)</code>", done.html)


async def _sign_in(going: Going, code: str) -> None:
    """The password is right, and a code is asked for."""
    nobody = await going.sign_in(None)
    await nobody.open("/login")
    await nobody.send("create_session", username="leder.brann", password="demo-leder.brann")  # noqa: S106  # of the demo
    await nobody.open("/login/code")
    await nobody.open("/login/code", part="code-form")
    await nobody.send("give_code", "refused", part="code-form", code=_WRONG)
    await nobody.send("give_code", code=code)


async def _let_in(going: Going) -> None:
    """Whoever helps gives the own password, unless that was done a moment ago."""
    hr, kam = await going.sign_in("hr.solvik"), await going.sign_in("kam.lie")
    await hr.open("/users")
    await kam.open("/desk/customers?whose=all")
    going.outside.time_passes(_NO_MOMENT)
    await hr.follow("user", having="reset_colleague_factor")
    await hr.send("reset_colleague_factor", "without the password", part="user-form", own_password="")
    for customer in kam.ways("desk_customer"):
        await kam.open(customer)
        for user in kam.ways("desk_user"):
            await kam.open(user)
            if kam.forms("reset_factor"):
                await kam.send("reset_factor", "without the password", part="user-form", own_password="")
                await kam.send("reset_factor", own_password="demo-kam.lie")  # noqa: S106  # of the demo
                return
