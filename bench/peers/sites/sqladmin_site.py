"""sqladmin's list of orders. Run with `prepare`, which has nothing to do, then `serve`."""

import os
import sys
from datetime import date

import uvicorn
from sqladmin import Admin, ModelView
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.applications import Starlette


class Base(DeclarativeBase):
    """The tables that are there."""


class Unit(Base):
    """A unit of a customer."""

    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __str__(self) -> str:
        return self.name


class Order(Base):
    """An order."""

    __tablename__ = "orders"
    number: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    ordered_on: Mapped[date]
    product_group: Mapped[str | None]
    status: Mapped[str | None]
    description: Mapped[str]
    unit: Mapped[Unit] = relationship(lazy="joined")


class OrderAdmin(ModelView, model=Order):
    """The columns of our list."""

    column_list = ("number", "ordered_on", "product_group", "description", "unit", "status")
    column_searchable_list = ("number",)
    column_default_sort = [("number", True)]  # noqa: RUF012  # as sqladmin wants it
    page_size = 25


app = Starlette()
engine = create_engine(f"sqlite:///{os.environ['PEER_DATABASE']}", connect_args={"check_same_thread": False})
Admin(app, engine).add_view(OrderAdmin)

if __name__ == "__main__" and sys.argv[1] == "serve":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PEER_PORT"]), access_log=False, log_level="warning")
