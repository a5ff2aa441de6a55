"""A rehearsal: another portal in the same process, which has the demo data to itself and tells nobody.

What is tried there is in `walk`.
"""

import asyncio
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
from models.core.settings import Settings
from routes.contract.asking import Example
from routes.contract.page import Contract
from routes.contract.walk import Walk
from routes.web.lines import Line


class MakesPortals(Protocol):
    """What the front door makes a portal with."""

    def __call__(self, settings: Settings, *, clock: Clock, with_postman: bool) -> Starlette:
        """A portal with these settings."""


def rehearse(lines: Sequence[Line], settings: Settings, clock: Clock, create_app: MakesPortals) -> list[Example]:
    """Examples of what each line answers; takes some seconds."""
    with TemporaryDirectory() as folder:
        var = Path(folder)
        alone = replace(settings, database_url=f"sqlite:///{var}/rehearsal.db", var=var)
        database = Database(alone.database_url)
        migrations.migrate(database.engine)
        with database.session() as db:
            demo.load(db, Keyring(alone.field_keys), now=clock.now())
            db.commit()
        database.close()

        async def walk() -> list[Example]:
            app = create_app(alone, clock=clock, with_postman=False)
            app.state.contract = Contract(lines, list)  # no rehearsal within the rehearsal
            try:
                return await Walk(app, lines).go()
            finally:
                await on_the_loop(app.state.portal.database.close)

        return asyncio.run(walk())
