"""Static files: hashed names that never change, compressed beforehand, and nothing else from the disk."""

import gzip
import re
from pathlib import Path

import brotli
import httpx2
import zstandard

from routes.web.http.static import FOLDER, StaticFiles
from tests.stage.connections.client import BASE
from tests.stage.house import House
from tests.stage.house_rules import pages

FILES = ["portal.css", "pages.css", "portal.js", "passkeys.js", "favicon.svg", "htmx-4.0.1.min.js"]
OPEN = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstandard.decompress}


def raw(house: House, url: str, accepted: str, method: str = "GET") -> tuple[int, httpx2.Headers, bytes]:
    """An answer with its body as it comes over the wire."""

    async def ask() -> tuple[int, httpx2.Headers, bytes]:
        transport = httpx2.ASGITransport(app=house.app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url=BASE) as client,
            client.stream(method, url, headers={"accept-encoding": accepted}) as answer,
        ):
            return answer.status_code, answer.headers, b"".join([chunk async for chunk in answer.aiter_raw()])

    return house._loop.wait(ask())


def test_a_file_comes_in_the_best_coding_that_the_browser_takes(quiet_house: House) -> None:
    takes = {
        "gzip, deflate, br, zstd": "br",
        "gzip, deflate, zstd": "zstd",
        "gzip": "gzip",
        "deflate": "",
        "": "",
        "br;q=0, gzip": "gzip",
        "identity": "",
    }
    for name in FILES:
        for accepted, coding in takes.items():
            status, headers, body = raw(quiet_house, quiet_house.portal.static.path(name), accepted)
            assert (status, headers.get("content-encoding", "")) == (200, coding), accepted
            assert (OPEN[coding](body) if coding else body) == (FOLDER / name).read_bytes()
            assert headers["cache-control"] == "public, max-age=31536000, immutable"
            assert set(headers["vary"].split(", ")) == {"Accept-Encoding"}
            assert headers["content-length"] == str(len(body))


def test_types_are_what_browsers_need(quiet_house: House) -> None:
    types = {name: raw(quiet_house, quiet_house.portal.static.path(name), "")[1]["content-type"] for name in FILES}
    assert types["portal.css"].startswith("text/css")
    assert types["portal.js"].startswith("text/javascript")
    assert types["favicon.svg"].startswith("image/svg+xml")


def test_every_file_that_a_page_names_is_there(quiet_house: House) -> None:
    soup = quiet_house.visitor().open("/login").soup
    named = [str(tag.get("href") or tag.get("src")) for tag in soup.select("link[href], script[src]")]
    assert len(named) == 5
    for url in named:
        assert re.fullmatch(r"/static/[\w.-]+\.[0-9a-f]{8}\.\w+", url)
        assert raw(quiet_house, url, "br")[0] == 200


def test_another_content_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    first = StaticFiles(tmp_path).path("a.css")
    assert first == StaticFiles(tmp_path).path("a.css")
    (tmp_path / "a.css").write_text("b {}")
    assert StaticFiles(tmp_path).path("a.css") != first


def test_only_known_kinds_of_files_are_served(tmp_path: Path) -> None:
    for name in ("a.css", "notes.md", "secret.env", ".hidden", "a.py"):
        (tmp_path / name).write_text("x")
    assert set(StaticFiles(tmp_path)._paths) == {"a.css"}


def test_anything_else_is_not_there(quiet_house: House) -> None:
    for path in (
        "portal.css",
        "portal.00000000.css",
        "",
        "../app.py",
        "..%2Fapp.py",
        "%2Fetc%2Fpasswd",
        "portal.css%00",
    ):
        assert raw(quiet_house, f"/static/{path}", "br")[0] == 404, path


def test_a_file_is_read_and_nothing_else(quiet_house: House) -> None:
    url = quiet_house.portal.static.path("portal.css")
    assert raw(quiet_house, url, "", "HEAD")[0] == 200
    answer = quiet_house.visitor().send("POST", url)
    assert answer.status_code == 405
    assert pages.check(answer.text, document=True)
