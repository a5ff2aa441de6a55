"""Errands with passkeys: one is made, used to sign in and to add another one, and both are taken away.

Programs for codes are in `factors`; the passkey itself, in `models.demo.authenticator`.
"""

import html
import re
from datetime import timedelta

from models.demo.authenticator import Authenticator
from routes.contract.asking import HOME, Answer
from routes.contract.errands.factors import recovery_codes
from routes.contract.errands.going import Goer, Going

_USER = "okonomi.fjord"
_ASKED = re.compile(r'data-passkey="([^"]+)"')
_WRONG = "000000"
_A_MOMENT = timedelta(seconds=1)
"""A passkey that was used is good for what is asked later."""


async def passkeys(going: Going) -> None:
    """Somebody has two passkeys, and in the end none."""
    first, second = Authenticator(HOME), Authenticator(HOME, counts=False)
    user = await going.sign_in(_USER)
    asked = _asked(await user.open("/password/passkeys/new"))
    form = user.form("create_passkey")
    await user.give(form, "the browser made none", name="Telefonen min", made="")
    codes = recovery_codes(await user.give(form, name="Telefonen min", made=first.make(asked)))
    await user.press(form, "another one is there by now")
    await _another(user, second, codes.pop())
    going.outside.time_passes(_A_MOMENT)
    await _signs_in(going, first)
    await user.open("/password")
    for passkey in user.ways("passkey"):
        await user.open(passkey)
        await user.send("remove_passkey", "refused", code=_WRONG)
        await user.send("remove_passkey", code=codes.pop())


async def _another(user: Goer, passkey: Authenticator, code: str) -> None:
    """Whoever has one gives a factor first."""
    await user.open("/password/passkeys/new", shows="one is there already")
    form = user.form("prove_for_passkey")
    await user.give(form, "refused", code=_WRONG)
    answer = await user.give(form, code=code)
    user.take(answer)
    await user.send("create_passkey", "another one", name="Reserve", made=passkey.make(_asked(answer)))


async def _signs_in(going: Going, passkey: Authenticator) -> None:
    """The password is right, and a passkey is asked for."""
    nobody = await going.sign_in(None)
    await nobody.open("/login")
    await nobody.send("create_session", username=_USER, password=going.walk.passwords[_USER])
    asked = _asked(await nobody.open("/login/code", shows="a passkey is asked for"))
    await nobody.send("give_code", "with a passkey", passkey=passkey.sign(asked))


def _asked(answer: Answer) -> str:
    """What the page has the browser asked; raises LookupError."""
    found = _ASKED.search(answer.html)
    if found is None:
        raise LookupError("passkey")
    return html.unescape(found[1])
