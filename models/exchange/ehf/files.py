"""The files of an import: single ones, folders with all that is below them, and zips, each within limits.

Nothing is ever unpacked to the disk, so a member's name can do no harm. What the files say is read in `reading`.
"""

import os
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from models.exchange.ehf.xml import LARGEST_FILE
from models.values.zips import BROKEN

LARGEST_ZIP = 500 * 2**20
MOST_MEMBERS = 20_000
LARGEST_UNPACKED = 2 * 2**30
"""Bytes that all members of one zip may come to."""
LARGEST_RATIO = 200
"""How many times its packed size a member may be; XML seldom reaches thirty."""

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_END = struct.Struct("<4s4H2LH")
_NO_FOLDER = (FileNotFoundError, NotADirectoryError)
_ENCRYPTED = 0x1
_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is to be a document; without `data` it says why there is none."""

    name: str
    size: int
    data: bytes | None
    refusal: str = ""


def find_documents(paths: Iterable[Path]) -> Iterator[Found]:
    """Every file at the paths, below the folders and in the zips among them, by name; hidden ones are left alone."""
    for path in paths:
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in names if not name.startswith(".")):
                yield from _at(Path(folder) / name)
        for error in closed:
            unread = Path(error.filename)
            yield from _at(unread) if isinstance(error, _NO_FOLDER) else _closed(unread, error)


def documents_in(name: str, data: bytes) -> Iterator[Found]:
    """The document in what somebody has sent, or the documents where it is a zip."""
    yield from _in(name, len(data), BytesIO(data))


def _at(path: Path) -> Iterator[Found]:
    name = _name(path)
    if not path.is_file():
        yield Found(name, 0, None, "it is not a file" if path.exists() else "there is no such file or folder")
        return
    try:
        with path.open("rb") as file:
            yield from _in(name, path.stat().st_size, file)
    except OSError as error:
        yield from _closed(path, error)


def _closed(path: Path, error: OSError) -> Iterator[Found]:
    yield Found(_name(path), 0, None, f"it cannot be read: {error.strerror or type(error).__name__}")


def _name(path: Path) -> str:
    return os.fsencode(path).decode(errors="replace")


def _in(name: str, size: int, file: IO[bytes]) -> Iterator[Found]:
    is_zip = file.read(4) in _SIGNATURES
    largest = LARGEST_ZIP if is_zip else LARGEST_FILE
    file.seek(0)
    if size > largest:
        yield Found(name, size, None, f"it is larger than {largest // _MEGABYTE} MB")
    elif is_zip:
        yield from _in_zip(name, size, file)
    else:
        yield Found(name, size, file.read())


def _in_zip(name: str, size: int, file: IO[bytes]) -> Iterator[Found]:
    refusal = _refusal(file, size)
    if refusal:
        yield Found(name, size, None, refusal)
        return
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if _is_document(member)]
            if not members:
                yield Found(name, size, None, "there is nothing in the zip")
            for member in members:
                left -= member.file_size
                if left < 0:
                    yield Found(name, size, None, "all that is in the zip is too large together")
                    return
                yield _member(archive, member, f"{name}/{member.filename}")
    except BROKEN:
        yield Found(name, size, None, "the zip is damaged")


def _refusal(file: IO[bytes], size: int) -> str:
    """Why a zip is not even opened: the end of it says how many members there are, before any is read."""
    file.seek(max(0, size - 2**16 - _END.size))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_SIGNATURES[1])
    if at < 0 or len(tail) - at < _END.size:
        return "the zip is damaged"
    _, _, _, _, count, directory, _, _ = _END.unpack_from(tail, at)
    if count > MOST_MEMBERS or directory > MOST_MEMBERS * 500:  # a zip64 says its count elsewhere, and here the largest
        return f"there are more than {MOST_MEMBERS} files in the zip"
    return ""


def _is_document(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not member.filename.rpartition("/")[2].startswith(".")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Found:
    refusal = ""
    if member.flag_bits & _ENCRYPTED:
        refusal = "it is encrypted"
    elif member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        refusal = "it is packed in an uncommon way"
    elif member.file_size > LARGEST_FILE:
        refusal = f"it is larger than {LARGEST_FILE // _MEGABYTE} MB"
    elif member.file_size > max(_MEGABYTE, member.compress_size * LARGEST_RATIO):
        refusal = "it is packed suspiciously small"
    if refusal:
        return Found(name, member.file_size, None, refusal)
    try:
        with archive.open(member) as packed:
            data = packed.read(LARGEST_FILE + 1)
    except BROKEN:
        return Found(name, member.file_size, None, "it is damaged")
    if data.startswith(_SIGNATURES):
        return Found(name, len(data), None, "it is a zip inside a zip")
    return Found(name, len(data), data)
