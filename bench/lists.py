"""A long list of employees is applied, and undone, while others save, in another process: how long a save takes.

python -m bench.lists [--rows 10000] [--database sqlite]

Exit code 1 where a save was refused, or took longer than two seconds.
"""

import argparse
import http.client
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from bench.demo import FORM, Client, demo_database, serving_demo, sign_in
from bench.saves import orders_of
from models.core.clock import Clock
from models.core.database import Database

_AT_MOST = 2.0
_BOUNDARY = "between-the-parts"


def main(words: list[str]) -> int:
    """Apply a list, undo it, and save all the while."""
    parser = argparse.ArgumentParser(prog="python -m bench.lists")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="lists-") as name:
        folder = Path(name)
        with (
            demo_database(asked.database, folder, Clock()) as url,
            serving_demo(url, folder, workers=2, PORTAL_TODAY="") as port,
        ):
            database = Database(url)
            sender, saver = sign_in(database, 2, Clock())
            orders = orders_of(database, 1)
            database.close()
            return _look(port, sender, saver, orders[0], asked.rows)


def _look(port: int, sender: Client, saver: Client, order: int, rows: int) -> int:
    at = send_list(port, sender, rows)
    is_wrong = False
    for what in ("application", "reversal"):
        saves: list[tuple[int, float]] = []
        stop = threading.Event()
        saving = threading.Thread(target=_save_all_the_while, args=(port, saver, order, saves, stop))
        saving.start()
        time.sleep(1)
        began = time.monotonic()
        status, answered = do(port, sender, at, what)
        seconds = time.monotonic() - began
        stop.set()
        saving.join()
        slowest = max(taken for _, taken in saves)
        answers = dict(Counter(status for status, _ in saves))
        print(f"{what} of {rows} rows: answered after {answered:.1f} s ({status}), done after {seconds:.1f} s")
        print(f"saves meanwhile: {answers}")
        print(f"the slowest save took {slowest:.2f} s")
        is_wrong |= answers.keys() != {303} or slowest > _AT_MOST
    return int(is_wrong)


def _save_all_the_while(
    port: int, saver: Client, order: int, saves: list[tuple[int, float]], stop: threading.Event
) -> None:
    while not stop.is_set():
        saves.append(post(port, saver, f"/orders/{order}/reference", reference=f"PO {len(saves)}")[::2])
        stop.wait(0.05)


def send_list(port: int, client: Client, rows: int) -> str:
    """Have a list looked over; the path of its page."""
    letters = str.maketrans("01", "ab")  # in a name, digits are taken for a number of something
    people = [f"A{at % 97};E{f'{at:b}'.translate(letters)};a{at}@x.example;Solvik kommune" for at in range(rows)]
    parts = {"csrf_token": client.token, "file": "\n".join(["Fornavn;Etternavn;E-post;Avdeling", *people])}
    body = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{"; filename=a.csv" if name == "file" else ""}'
        f"\r\n\r\n{content}\r\n"
        for name, content in parts.items()
    )
    headers = {**FORM, "Cookie": client.cookie, "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    wire.request("POST", "/employees/imports", f"{body}--{_BOUNDARY}--\r\n".encode(), headers)
    answer = wire.getresponse()
    found = re.search(r"/employees/imports/\d+", answer.getheader("location", ""))
    assert found, answer.status
    return found[0]


def do(port: int, client: Client, at: str, what: str) -> tuple[int, float]:
    """Have a list applied, or undone, to its end; the status of what was asked, and how long that answer took."""
    status, _, answered = post(port, client, f"{at}/{what}", version="1")
    while _is_under_way(port, client, at):
        time.sleep(0.5)
    return status, answered


def _is_under_way(port: int, client: Client, path: str) -> bool:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    wire.request("GET", path, headers={"Cookie": client.cookie})
    text = wire.getresponse().read().decode()
    wire.close()
    return "<progress" in text


def post(port: int, client: Client, path: str, **fields: str) -> tuple[int, str, float]:
    """Send a form; the status, where it leads, and how long it took."""
    began, wire = time.monotonic(), http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {**FORM, "Cookie": client.cookie}
    wire.request("POST", path, urlencode({"csrf_token": client.token, **fields}), headers)
    answer = wire.getresponse()
    answer.read()
    wire.close()
    return answer.status, answer.getheader("location", ""), time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
