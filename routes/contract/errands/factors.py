"""Errands with a second factor: a program for codes is set up, asked for at sign-in, and taken away by who helps.

Passkeys are in `passkeys`, passwords by letter in `letters`.
"""

import re

import pyotp

from routes.contract.asking import Answer
from routes.contract.errands.going import Goer, Going

_WRONG = "000000"


async def second_factor(going: Going) -> None:
    """A leader sets it up, signs in with it, and changes it; a colleague and the desk let in who has lost it."""
    leader = await going.sign_in("leder.brann")
    await leader.open("/password/factors", shows="none is set up")
    await leader.open("/password/factors/new")
    await leader.post("/password/factors/codes", "none is set up")
    await leader.post("/password/factors/new", "without a code", part="set-up")
    codes = await _set_up(going, leader)
    await leader.open("/password/factors/new", shows="it is set up already")
    await leader.open("/password/factors")
    await leader.open("/password/factors", part="factor")
    await leader.send("renew_codes", "refused", part="factor", code=_WRONG)
    await leader.open("/password/factors?off=1")
    await leader.send("remove_factor", "refused", part="factor", code=_WRONG)
    await leader.open("/password/factors")
    await leader.send("renew_codes", part="set-up", to="/password/factors/new", code=codes.pop())
    codes = recovery_codes(await leader.send("renew_codes", code=codes.pop()))
    await _sign_in(going, codes)
    await leader.post("/password/devices/removal", device="1")
    await _let_in(going)
    leader = await going.sign_in("leder.brann")
    codes = await _set_up(going, leader)
    await leader.open("/password/factors?off=1")
    await leader.send("remove_factor", code=codes.pop())


async def _set_up(going: Going, leader: Goer) -> list[str]:
    """A program learns the secret that is shown; what comes back are the codes for whoever loses it."""
    answer = await leader.open("/password/factors/new")
    secret = re.search(r"[?&;]secret=(\w+)", answer.html)
    if secret is None:
        raise LookupError("secret")
    done = await leader.send("set_up_factor", code=pyotp.TOTP(secret[1]).at(going.portal.clock.now()))
    return recovery_codes(done)


def recovery_codes(answer: Answer) -> list[str]:
    """The codes that are shown this once."""
    return re.findall(r"<li><code>(.+?)</code>", answer.html)


async def _sign_in(going: Going, codes: list[str]) -> None:
    """The password is right, and a code is asked for; with script and without."""
    for part in (None, "code-form"):
        nobody = await _with_password(going)
        await nobody.open("/login/code")
        await nobody.open("/login/code", part="code-form")
        form = nobody.form("give_code")
        await nobody.give(form, "refused", part="code-form", code=_WRONG)
        await nobody.give(form, part=part, code=codes.pop())
    nobody = await _with_password(going)
    await nobody.open("/login/code")
    await nobody.until(429, nobody.form("give_code"), "too often", part="code-form", code=_WRONG)


async def _with_password(going: Going) -> Goer:
    nobody = await going.sign_in(None)
    await nobody.open("/login")
    await nobody.send("create_session", username="leder.brann", password=going.walk.passwords["leder.brann"])
    return nobody


async def _let_in(going: Going) -> None:
    """Whoever helps gives the own password, unless that was done a moment ago."""
    hr, kam = await going.sign_in("hr.solvik"), await going.sign_in("kam.lie")
    await hr.open("/users")
    await kam.open("/desk/customers?whose=all")
    going.outside.time_passes(going.no_moment)
    await hr.follow("user", having="reset_colleague_factor")
    form = hr.form("reset_colleague_factor")
    await hr.give(form, "without the password", part="user-form", own_password="")
    for customer in kam.ways("desk_customer"):
        await kam.open(customer)
        for user in kam.ways("desk_user"):
            await kam.open(user)
            if kam.forms("reset_factor"):
                await kam.send("reset_factor", "without the password", part="user-form", own_password="")
                await kam.send("reset_factor", own_password=going.walk.passwords["kam.lie"])
                await hr.give(form, own_password=going.walk.passwords["hr.solvik"])
                return
