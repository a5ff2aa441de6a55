"""Sign-ups: places are counted on the slots, waiting lists and offers, and units on all of it."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

SEATED = ("Påmeldt", "Bekreftet", "Møtt", "Ikke møtt")
IS_OPEN = sa.text("state IN ('Påmeldt', 'Bekreftet', 'Tilbudt', 'Venteliste')")
OSLO = ZoneInfo("Europe/Oslo")

bookings = sa.table("bookings", sa.column("id"), sa.column("unit_id"))
slots = sa.table(
    "slots",
    sa.column("id"),
    sa.column("unit_id"),
    sa.column("booking_id"),
    sa.column("starts_at", sa.DateTime(timezone=True)),
    sa.column("taken"),
)
sign_ups = sa.table(
    "sign_ups",
    sa.column("id"),
    sa.column("unit_id"),
    sa.column("booking_id"),
    sa.column("slot_id"),
    sa.column("employee_id"),
    sa.column("state"),
    sa.column("day", sa.Date()),
    sa.column("offered_until"),
)


def upgrade() -> None:
    """Add what is new, fill it from what there is, and then ask for it."""
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("self_declaration_url", sa.String(length=500), nullable=False, server_default=""))
        batch_op.create_unique_constraint(
            batch_op.f("uq_bookings_customer_id_unit_id_id"), ["customer_id", "unit_id", "id"]
        )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.alter_column("self_declaration_url", server_default=None)
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("taken", sa.Integer(), nullable=True))
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("booking_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("signed_up_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.alter_column("slot_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_index(batch_op.f("ix_sign_ups_customer_id_slot_id_employee_id"))
        batch_op.drop_constraint(batch_op.f("fk_sign_ups_customer_id_slot_id"), type_="foreignkey")
    _fill()
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("taken", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(batch_op.f("fk_slots_customer_id_booking_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_slots_customer_id_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_slots_customer_id_booking_id_id"), ["customer_id", "booking_id", "id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_slots_customer_id_unit_id_booking_id"),
            "bookings",
            ["customer_id", "unit_id", "booking_id"],
            ["customer_id", "unit_id", "id"],
            onupdate="CASCADE",
        )
        batch_op.create_check_constraint(batch_op.f("ck_slots_taken"), "taken >= 0 AND taken <= capacity")
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("booking_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("revision", existing_type=sa.Integer(), server_default=None)
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_ups_customer_id_unit_id_booking_id"),
            "bookings",
            ["customer_id", "unit_id", "booking_id"],
            ["customer_id", "unit_id", "id"],
            onupdate="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_ups_customer_id_booking_id_slot_id"),
            "slots",
            ["customer_id", "booking_id", "slot_id"],
            ["customer_id", "booking_id", "id"],
        )
        batch_op.create_foreign_key(batch_op.f("fk_sign_ups_signed_up_by_id"), "users", ["signed_up_by_id"], ["id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_sign_ups_place"), "slot_id IS NOT NULL OR state IN ('Venteliste', 'Avmeldt')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_sign_ups_offer"), "(state = 'Tilbudt') = (offered_until IS NOT NULL)"
        )
        batch_op.create_index(
            "ix_sign_ups_open",
            ["customer_id", "booking_id", "employee_id"],
            unique=True,
            postgresql_where=IS_OPEN,
            sqlite_where=IS_OPEN,
        )
        batch_op.create_index(
            batch_op.f("ix_sign_ups_customer_id_booking_id_slot_id"),
            ["customer_id", "booking_id", "slot_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_sign_ups_customer_id_employee_id"), ["customer_id", "employee_id"], unique=False
        )


def _fill() -> None:
    """The unit and the count of each slot, the booking of each sign-up, and the day that people wait for."""
    seated = sa.select(sa.func.count()).where(sign_ups.c.slot_id == slots.c.id, sign_ups.c.state.in_(SEATED))
    unit = sa.select(bookings.c.unit_id).where(bookings.c.id == slots.c.booking_id)
    op.execute(slots.update().values(unit_id=unit.scalar_subquery(), taken=seated.scalar_subquery()))
    of_slot = [
        sa.select(column).where(slots.c.id == sign_ups.c.slot_id).scalar_subquery()
        for column in (slots.c.unit_id, slots.c.booking_id)
    ]
    op.execute(sign_ups.update().values(unit_id=of_slot[0], booking_id=of_slot[1]))
    waiting = sa.select(sign_ups.c.id, slots.c.starts_at).where(
        sign_ups.c.slot_id == slots.c.id, sign_ups.c.state == "Venteliste"
    )
    for id, starts_at in op.get_bind().execute(waiting).all():
        day = starts_at.replace(tzinfo=starts_at.tzinfo or ZoneInfo("UTC")).astimezone(OSLO).date()
        op.execute(sign_ups.update().where(sign_ups.c.id == id).values(slot_id=None, day=day))


def downgrade() -> None:
    """Undo it. Who waits, waits for the first slot of the day again; who had an offer, waits."""
    op.execute(sign_ups.update().where(sign_ups.c.state == "Tilbudt").values(state="Venteliste", offered_until=None))
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ups_customer_id_employee_id"))
        batch_op.drop_index(batch_op.f("ix_sign_ups_customer_id_booking_id_slot_id"))
        batch_op.drop_index("ix_sign_ups_open", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)
        batch_op.drop_constraint(batch_op.f("ck_sign_ups_offer"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_sign_ups_place"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_sign_ups_signed_up_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_sign_ups_customer_id_booking_id_slot_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_sign_ups_customer_id_unit_id_booking_id"), type_="foreignkey")
    _sit_down_again()
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_slots_taken"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_slots_customer_id_unit_id_booking_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_slots_customer_id_booking_id_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_slots_customer_id_id"), ["customer_id", "id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_slots_customer_id_booking_id"),
            "bookings",
            ["customer_id", "booking_id"],
            ["customer_id", "id"],
        )
        batch_op.drop_column("taken")
        batch_op.drop_column("unit_id")
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        for column in ("revision", "offered_until", "day", "signed_up_by_id", "booking_id", "unit_id"):
            batch_op.drop_column(column)
        batch_op.alter_column("slot_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_ups_customer_id_slot_id"), "slots", ["customer_id", "slot_id"], ["customer_id", "id"]
        )
        batch_op.create_index(
            batch_op.f("ix_sign_ups_customer_id_slot_id_employee_id"),
            ["customer_id", "slot_id", "employee_id"],
            unique=True,
        )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_bookings_customer_id_unit_id_id"), type_="unique")
        batch_op.drop_column("self_declaration_url")


def _sit_down_again() -> None:
    """A slot for everybody who waits; of several rows of one person on one slot the older table keeps the last."""
    connection = op.get_bind()
    first: dict[tuple[int, object], int] = {}
    for id, booking_id, starts_at in connection.execute(
        sa.select(slots.c.id, slots.c.booking_id, slots.c.starts_at).order_by(slots.c.starts_at, slots.c.id)
    ):
        day = starts_at.replace(tzinfo=starts_at.tzinfo or ZoneInfo("UTC")).astimezone(OSLO).date()
        first.setdefault((booking_id, day), id)
        first.setdefault((booking_id, None), id)
    for id, booking_id, day in connection.execute(
        sa.select(sign_ups.c.id, sign_ups.c.booking_id, sign_ups.c.day).where(sign_ups.c.slot_id.is_(None))
    ).all():
        slot_id = first.get((booking_id, day), first[booking_id, None])
        op.execute(sign_ups.update().where(sign_ups.c.id == id).values(slot_id=slot_id))
    later = sign_ups.alias()
    op.execute(
        sign_ups.delete().where(
            sa.exists().where(
                later.c.slot_id == sign_ups.c.slot_id,
                later.c.employee_id == sign_ups.c.employee_id,
                later.c.id > sign_ups.c.id,
            )
        )
    )
