"""Sign-ups hold a value of ours in `standing`, beside the word of the release before, which goes on serving."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WORDS = {
    "signed_up": "Påmeldt",
    "confirmed": "Bekreftet",
    "offered": "Tilbudt",
    "waiting": "Venteliste",
    "cancelled": "Avmeldt",
    "attended": "Møtt",
    "absent": "Ikke møtt",
}
OF_WORD = " ".join(f"WHEN '{word}' THEN '{value}'" for value, word in WORDS.items())
OF_VALUE = " ".join(f"WHEN '{value}' THEN '{word}'" for value, word in WORDS.items())
IS_OPEN = sa.text("standing IN ('signed_up', 'confirmed', 'offered', 'waiting')")
WAS_OPEN = sa.text("state IN ('Påmeldt', 'Bekreftet', 'Tilbudt', 'Venteliste')")
PLACE = "slot_id IS NOT NULL OR standing IN ('waiting', 'cancelled') OR state IN ('Venteliste', 'Avmeldt')"
OFFER = "(standing = 'offered') = (offered_until IS NOT NULL) OR (state = 'Tilbudt') = (offered_until IS NOT NULL)"
"""Either, because SQLite's triggers come after the row: once both columns are alike, each of them holds."""
ON_SQLITE = {
    "word_new": f"""AFTER INSERT ON sign_ups WHEN NEW.state = '' BEGIN
        UPDATE sign_ups SET state = CASE NEW.standing {OF_VALUE} END WHERE id = NEW.id; END""",
    "value_new": f"""AFTER INSERT ON sign_ups WHEN NEW.standing = '' BEGIN
        UPDATE sign_ups SET standing = CASE NEW.state {OF_WORD} END WHERE id = NEW.id; END""",
    "word": f"""AFTER UPDATE OF standing ON sign_ups
        WHEN NEW.standing <> OLD.standing AND NEW.state <> CASE NEW.standing {OF_VALUE} END BEGIN
        UPDATE sign_ups SET state = CASE NEW.standing {OF_VALUE} END WHERE id = NEW.id; END""",
    "value": f"""AFTER UPDATE OF state ON sign_ups WHEN NEW.state <> OLD.state AND NEW.standing = OLD.standing
        AND NEW.standing <> CASE NEW.state {OF_WORD} END BEGIN
        UPDATE sign_ups SET standing = CASE NEW.state {OF_WORD} END WHERE id = NEW.id; END""",
}
ON_POSTGRESQL = f"""
CREATE FUNCTION sign_ups_alike() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.standing = '')
    OR (TG_OP = 'UPDATE' AND NEW.standing = OLD.standing AND NEW.state <> OLD.state) THEN
        NEW.standing := CASE NEW.state {OF_WORD} END;
    ELSE
        NEW.state := CASE NEW.standing {OF_VALUE} END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sign_ups_alike BEFORE INSERT OR UPDATE OF state, standing ON sign_ups
FOR EACH ROW EXECUTE FUNCTION sign_ups_alike();
"""


def upgrade() -> None:
    """Add the value, and keep both alike whichever release writes."""
    op.add_column("sign_ups", sa.Column("standing", sa.String(20), nullable=False, server_default=""))
    op.execute(sa.text(f"UPDATE sign_ups SET standing = CASE state {OF_WORD} END"))
    _hold(PLACE, OFFER, IS_OPEN, WAS_OPEN)
    for statement in _alike():
        op.get_bind().exec_driver_sql(statement)


def _alike() -> Iterator[str]:
    if op.get_bind().dialect.name == "postgresql":
        yield ON_POSTGRESQL
        return
    for name, rule in ON_SQLITE.items():
        yield f"CREATE TRIGGER sign_ups_{name} {rule}"


def _hold(place: str, offer: str, is_open: sa.TextClause, was_open: sa.TextClause) -> None:
    """What must hold of a row, and of the rows of one person, asked of other columns than before."""
    op.drop_index("ix_sign_ups_open", "sign_ups", postgresql_where=was_open, sqlite_where=was_open)
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_sign_ups_place"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_sign_ups_offer"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_sign_ups_place"), place)
        batch_op.create_check_constraint(batch_op.f("ck_sign_ups_offer"), offer)
    op.create_index(
        "ix_sign_ups_open",
        "sign_ups",
        ["customer_id", "booking_id", "employee_id"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )


def downgrade() -> None:
    """The words were kept all along."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER sign_ups_alike ON sign_ups")
        op.execute("DROP FUNCTION sign_ups_alike()")
    else:
        for name in ON_SQLITE:
            op.execute(f"DROP TRIGGER sign_ups_{name}")
    place = "slot_id IS NOT NULL OR state IN ('Venteliste', 'Avmeldt')"
    _hold(place, "(state = 'Tilbudt') = (offered_until IS NOT NULL)", WAS_OPEN, IS_OPEN)
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_column("standing")
