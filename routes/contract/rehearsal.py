"""A rehearsal: another portal in the same process, which has the demo data to itself and tells nobody.

What is tried there is in `walk`.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from starlette.applications import Starlette

from models import demo, migrations
from models.core.clock import Clock
from models.core.database import Database
from models.core.database import run as on_the_loop
from models.core.sealed import Keyring
from models.core.settings import LOOPBACK_HOSTS, Settings
from models.demo.meanwhile import Ahead, Meanwhile
from routes.contract.asking import HOME, Example
from routes.contract.errands import ERRANDS
from routes.contract.errands.going import Errand, Going
from routes.contract.page import Contract
from routes.contract.walk import Walk
from routes.web.lines import Line

log = logging.getLogger("portal")

_SECRET = "whsec_" + "rehearsal".ljust(32, "0")
"""Of a CRM that fetches what it is told: nothing is sent to it."""


class MakesPortals(Protocol):
    """What the front door makes a portal with."""

    def __call__(self, settings: Settings, *, clock: Clock, with_postman: bool) -> Starlette:
        """A portal with these settings."""


def rehearse(lines: Sequence[Line], settings: Settings, clock: Clock, create_app: MakesPortals) -> list[Example]:
    """Examples of what each line answers; takes some seconds."""
    with TemporaryDirectory() as folder:
        var = Path(folder)
        alone = replace(
            settings,
            database_url=f"sqlite:///{var}/rehearsal.db",
            public_url=HOME,
            allowed_hosts=LOOPBACK_HOSTS,
            crm_url=None,
            crm_secrets=(_SECRET,),
            var=var,
        )
        database = Database(alone.database_url)
        migrations.migrate(database.engine)
        with database.session() as db:
            demo.load(db, Keyring(alone.field_keys), now=clock.now())
            db.commit()
        database.close()

        async def walk() -> list[Example]:
            ahead = Ahead(behind=clock)
            app = create_app(alone, clock=ahead, with_postman=False)
            app.state.contract = Contract(lines, list)  # no rehearsal within the rehearsal
            try:
                walk = Walk(app, lines)
                for errand in ERRANDS:
                    await _go(errand, Going(walk, app.state.portal, Meanwhile(alone.database_url, ahead)))
                return await walk.go()
            finally:
                await on_the_loop(app.state.portal.database.close)

        return asyncio.run(walk())


async def _go(errand: Errand, going: Going) -> None:
    """Go an errand as far as there is a way: on another day the demo may not have what it begins with."""
    try:
        await errand(going)
    except LookupError as lost:
        log.warning("An errand of the rehearsal has no way.", extra={"errand": errand.__name__, "lost": str(lost)})
