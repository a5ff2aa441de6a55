"""Customers who save: references of orders, over HTTP, at an even pace; how long each save took, and what was saved."""

import http.client
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from bench.demo import FORM, Client, sign_in
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.units import Unit
from models.orders.order import Order

_CLIENTS, _ORDERS_EACH = 4, 5


@dataclass(frozen=True, slots=True)
class Save:
    """One that was answered."""

    phase: str
    order: int
    reference: str
    status: int
    seconds: float
    """From when it was due, so that what waits behind a slow one is slow as well."""


class Saves:
    """Four customers' browsers, each with orders of its own."""

    def __init__(self, database: Database, port: int, rate: float) -> None:
        self._port = port
        self._every = _CLIENTS / rate
        self._clients = sign_in(database, _CLIENTS, Clock())
        self._orders = orders_of(database, _CLIENTS * _ORDERS_EACH)
        self._phase = ""
        self._stop = threading.Event()
        self._done: list[Save] = []

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Save all the while."""
        share = [self._orders[at::_CLIENTS] for at in range(_CLIENTS)]
        threads = [
            threading.Thread(target=self._save, args=(client, orders))
            for client, orders in zip(self._clients, share, strict=True)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def phase(self, name: str, seconds: float) -> None:
        """Let a phase be so long."""
        self._phase = name
        self._stop.wait(seconds)

    def _save(self, client: Client, orders: list[int]) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        due, turn = time.monotonic(), 0
        while not self._stop.is_set():
            order, reference, phase = orders[turn % len(orders)], f"PO {turn}", self._phase
            body = urlencode({"csrf_token": client.token, "reference": reference})
            wire.request("POST", f"/orders/{order}/reference", body, {**FORM, "Cookie": client.cookie})
            answer = wire.getresponse()
            answer.read()
            self._done.append(Save(phase, order, reference, answer.status, time.monotonic() - due))
            turn, due = turn + 1, due + self._every
            self._stop.wait(max(due - time.monotonic(), 0))
        wire.close()

    def lines(self) -> Iterator[str]:
        """How long saves took, by phase."""
        for phase in ("before", "outage", "back", "after"):
            taken = [save.seconds * 1000 for save in self._done if save.phase == phase]
            cuts = quantiles(taken, n=20) if len(taken) > 1 else taken * 20
            yield f"{phase:<6} {len(taken):>5} saves: median {cuts[9]:.1f} ms, 95 % within {cuts[18]:.1f} ms"

    def problems(self, events: list[dict[str, Any]]) -> list[str]:
        """Saves that were not answered with yes, and orders of which the CRM was told anything else."""
        refused = sum(save.status != 303 for save in self._done)
        saved: dict[str, list[str]] = defaultdict(list)
        told = Counter(event["subject"] for event in events)
        for save in self._done:
            saved[f"order:{save.order}"].append(save.reference)
        wrong = sum(told[order] != len(references) for order, references in saved.items())
        found = {"saves were not answered with yes": refused, "orders have another number of events than saves": wrong}
        return [f"{count} {what}" for what, count in found.items() if count]


def orders_of(database: Database, count: int) -> list[int]:
    """Orders whose reference those of `bench.demo.sign_in` may change, the newest."""
    with database.session(read_only=True) as db, across_customers(db):
        root = db.scalars(select(Unit).where(Unit.name == "Solvik kommune", Unit.parent_id.is_(None))).one()
        open_ones = select(Order.number).where(
            Order.customer_id == root.customer_id, Order.status.is_distinct_from("Fakturert")
        )
        return list(db.scalars(open_ones.order_by(Order.number.desc()).limit(count)))
