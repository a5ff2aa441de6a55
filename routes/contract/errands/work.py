"""Errands of signing in at work: staff set up a customer's issuer, and users go there, come back, and sign out.

The issuer is in `models.demo.issuer`; passwords are in `sessions` and `letters`.
"""

import asyncio

from models.demo.issuer import CLIENT, SECRET, Issuer, issuing
from routes.contract.errands.going import Goer, Going

_CUSTOMER = "Solvik"
_DOMAIN = "solvik.example"
_PERSON = {"sub": "1017", "email": "torbjorn.ekrenes@solvik.example"}
_STRANGER = {"sub": "2034", "email": "ukjent@solvik.example"}
_ELSEWHERE = "127.0.0.3"
"""A computer of which nobody else is kept waiting."""
_AT_ONCE = 5
"""One more than may ask the same issuer at once."""


async def at_work(going: Going) -> None:
    """An issuer is set up, does not answer, vouches for a user, and is taken away again."""
    with issuing(going.portal.clock) as issuer:
        kam = await going.sign_in("kam.lie")
        page = await _set_up(kam, issuer)
        there = await _is_led_there(await going.sign_in(None))
        out = there.partition("?")[0].replace("/login/", "/logout/")
        nobody = await going.sign_in(None)
        with issuer.is_away():
            await nobody.open(there, shows="the issuer does not answer")
            await nobody.open(out, shows="the issuer does not answer")
        going.outside.time_passes(going.a_minute)
        await _come_back(going, issuer, there)
        await _many_at_once(going, issuer, (there, out))
        for part in ("main", None):
            await nobody.open(out, part=part)
        await _too_often(going, issuer, there)
        await _taken_away(going, kam, page)


async def _set_up(kam: Goer, issuer: Issuer) -> str:
    """Nothing is set up, what is typed is refused, and then it is set up."""
    await kam.open(f"/desk/customers?whose=all&q={_CUSTOMER}")
    page = f"{await kam.follow('desk_customer')}/sign-on"
    await kam.open(page)
    await kam.post(f"{page}/test", "nothing is set up")
    await kam.send("set_up_sign_on", "refused", domains="")
    known = {"address": issuer.address, "client_id": CLIENT, "secret": SECRET}
    await kam.send("set_up_sign_on", **known, domains=_DOMAIN, is_on="1")
    await kam.open(page)
    await kam.send("test_sign_on")
    return page


async def _is_led_there(nobody: Goer) -> str:
    """Somebody says where one works."""
    await nobody.open("/login/work")
    form = nobody.form("find_work_sign_in")
    await nobody.give(form, "nobody knows it", part="work-form", email="ada@finnes-ikke.example")
    nobody.take(await nobody.give(form, email=_PERSON["email"]))
    return nobody.ways("leave_for_work")[0]


async def _goes(goer: Goer, there: str) -> str:
    """At the issuer: the address that one was led to."""
    return (await goer.open(there)).headers["location"]


async def _come_back(going: Going, issuer: Issuer, there: str) -> None:
    """Somebody is known, is not, gives up, comes from nowhere, and comes when the issuer does not answer."""
    nobody = await going.sign_in(None)
    await nobody.open(there, part="main")
    at_issuer = await _goes(nobody, there)
    await nobody.open(issuer.sends_back(at_issuer, **_STRANGER), shows="nobody here is known as that")
    await nobody.open(issuer.sends_back(at_issuer), shows="given up at the issuer")
    await nobody.open("/login/work/back", shows="nobody was on the way")
    with issuer.is_away():
        await nobody.open(issuer.sends_back(at_issuer, **_PERSON), shows="the issuer does not answer")
    for part in ("main", None):
        user = await going.sign_in(None)
        await user.open(issuer.sends_back(await _goes(user, there), **_PERSON), part=part)


async def _many_at_once(going: Going, issuer: Issuer, others: tuple[str, str]) -> None:
    """The issuer is slow, and one more asks it than may; so do those who go there, and who sign out."""
    crowd = [await going.sign_in(None) for _ in range(_AT_ONCE)]
    ways = [issuer.sends_back(await _goes(one, others[0]), **_PERSON) for one in crowd]
    nobody = await going.sign_in(None)
    with issuer.is_slow():
        asking = [
            asyncio.create_task(one.open(way, shows="many at once")) for one, way in zip(crowd, ways, strict=True)
        ]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        for way in others:
            await nobody.open(way, shows="many at once")
    await asyncio.gather(*asking)


async def _too_often(going: Going, issuer: Issuer, there: str) -> None:
    """From one computer others have failed too often."""
    nobody = await going.sign_in(None)
    nobody.person.address = _ELSEWHERE
    way = issuer.sends_back(await _goes(nobody, there), **_PERSON)
    with going.outside.is_slowed_down(_ELSEWHERE):
        await nobody.open(way, shows="too often")


async def _taken_away(going: Going, kam: Goer, page: str) -> None:
    """It is taken away, by somebody who gives the own password."""
    going.outside.time_passes(going.no_moment)
    await kam.open(page)
    await kam.send("remove_sign_on", "without the password", own_password="")
    await kam.send("remove_sign_on", own_password=going.walk.passwords["kam.lie"])
