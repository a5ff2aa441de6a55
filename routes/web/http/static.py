"""The files under static/: hashed URLs that never change, compressed beforehand, kept in memory."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import zstandard
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parents[3] / "static"
_COMPRESSIBLE = {".css", ".js", ".svg"}
_SERVED = _COMPRESSIBLE | {".pdf", ".png", ".webp", ".avif"}


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    bodies: dict[str, bytes]
    """By content coding, best first; `identity` is the file itself."""


class StaticFiles:
    """All static files of the portal, read once at the start."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files: dict[str, _File] = {}
        self._paths: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SERVED:
                self._add(path.relative_to(folder).as_posix(), path)

    def _add(self, name: str, path: Path) -> None:
        raw = path.read_bytes()
        bodies = _compressed(raw) if path.suffix in _COMPRESSIBLE else {"identity": raw}
        digest = hashlib.sha256(raw).hexdigest()[:8]
        stem, _, suffix = name.rpartition(".")
        hashed = f"{stem}.{digest}.{suffix}"
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._files[hashed] = _File(media_type, bodies)
        self._paths[name] = f"/static/{hashed}"

    def path(self, name: str) -> str:
        """The URL of a file, such as `portal.css`; it changes when the file does."""
        return self._paths[name]

    def read(self, name: str) -> bytes:
        """The bytes of a file as it lies in the folder."""
        return self._files[self._paths[name].removeprefix("/static/")].bodies["identity"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file for a year, in the best coding that the browser takes."""
        request = Request(scope, receive)
        file = self._files.get(request.path_params["file"])
        if file is None:
            await Response("Filen finnes ikke.", 404, media_type="text/plain")(scope, receive, send)
            return
        accepted = _accepted(request.headers.get("accept-encoding", ""))
        coding = next(name for name in file.bodies if name == "identity" or name in accepted)
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
        if coding != "identity":
            headers["content-encoding"] = coding
        await Response(file.bodies[coding], 200, headers, file.media_type)(scope, receive, send)


@cache
def _compressed(raw: bytes) -> dict[str, bytes]:
    """The best that each coding can, which takes its time: once for all portals of a process."""
    return {
        "br": brotli.compress(raw, quality=11),
        "zstd": zstandard.ZstdCompressor(level=19).compress(raw),
        "gzip": gzip.compress(raw, 9, mtime=0),
        "identity": raw,
    }


def _accepted(header: str) -> set[str]:
    """The content codings that the browser takes; `br;q=0` is one that it does not take."""
    offered = (coding.partition(";") for coding in header.lower().split(","))
    return {name.strip() for name, _, quality in offered if quality.replace(" ", "").rstrip("0.") != "q="}
