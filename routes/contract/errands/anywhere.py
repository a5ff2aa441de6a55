"""Errands for what every place can answer, whatever its line: to the sign-in, not again, refused, away.

What one line alone answers is in the other modules.
"""

import logging

from models.users.throttle import Bucket
from routes.contract.errands.going import Goer, Going

log = logging.getLogger("portal")

_TOO_MUCH = 2 * 1024 * 1024


async def refused(going: Going) -> None:
    """Nobody is signed in, nothing is new, and what is asked for is not there, or not to be had."""
    nobody, hms, finance = [await going.sign_in(who) for who in (None, "hms.fjord", "okonomi.fjord")]
    await nobody.anywhere("nobody is signed in", "GET", "/orders?status=open")
    await nobody.anywhere("nobody is signed in", "GET", "/orders", part="results")
    first = await hms.open("/orders")
    await hms.anywhere("it is still so", "GET", "/orders", if_none_match=first.headers["etag"])
    await hms.anywhere("a foreign host", "GET", "/orders", host="elsewhere.example")
    await hms.anywhere("without the token", "POST", "/orders")
    await hms.anywhere("from another site", "POST", "/orders", sec_fetch_site="cross-site")
    await hms.anywhere("an unknown address", "GET", "/nowhere")
    await hms.anywhere("a row that one may not see", "GET", "/orders/999999999")
    await finance.anywhere("a right that one does not have", "GET", "/orders")
    await hms.anywhere("an unknown address, for a part", "GET", "/nowhere", part="results")
    await hms.anywhere("a method that is not taken", "DELETE", "/orders")
    await hms.anywhere("too large", "POST", "/orders", content_length=str(_TOO_MUCH))
    with going.outside.is_used_up("okonomi.fjord", Bucket.FILES):
        await finance.anywhere("many files within an hour", "GET", "/invoices.zip")
    await _at_another_customer(await going.sign_in("anna.ka"))


async def _at_another_customer(goer: Goer) -> None:
    """The page is of one customer, and its user has gone to another one."""
    await goer.open("/info")
    [choice] = [one for form in goer.forms("switch_customer") for one in form.fields if one.options]
    [other] = {*choice.options} - {*choice.values}
    await goer.anywhere("a page of another customer", "GET", "/orders", part="results", x_customer=other)


async def away(going: Going) -> None:
    """The database is away, and a fault is met; it is what is in the log then."""
    hms = await going.sign_in("hms.fjord")
    log.warning("A rehearsal breaks its own portal now, to show how it answers.")
    with going.outside.is_away("notices"):
        await hms.anywhere("the database is away", "GET", "/info")
    with going.outside.is_broken("reports.published_on"):
        await hms.anywhere("a fault", "GET", "/reports")
