"""What Info asks is read from its own index, however many employees a customer has."""

from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from models import migrations
from models.core.database import Database
from models.core.scope import Scope
from models.info.worklist import count_without_email


@pytest.mark.rest  # many rows
def test_4_those_without_an_address_are_counted_in_their_own_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    migrations.migrate(database.engine)  # its indexes stand in the order in which a portal has them
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(
        _connection: Connection, _cursor: object, statement: str, values: tuple[object, ...], *_more: object
    ) -> None:
        asked.append((statement, values))

    with database.session(Scope.whole(1), read_only=True) as db:
        event.listen(database.engine, "before_cursor_execute", note)
        assert count_without_email(db) == 0
        event.remove(database.engine, "before_cursor_execute", note)
        [(statement, values)] = [each for each in asked if each[0].startswith("SELECT")]
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    database.close()
    assert "USING INDEX ix_employees_without_email" in str(plan)
