"""The one file of a backup: a zip with the copy of the database, and a manifest of what is in it.

How the copy is made and put back is in `copies`.
"""

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from models.operations.backup.rows import Content
from models.operations.installation import Refused

_FORMAT = 1
_MANIFEST, _DATABASE = "manifest.json", "database"
_LARGEST_MANIFEST = 1 << 20
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    format: int = _FORMAT
    made_at: str
    """The moment before which everything that was saved is in it, in UTC."""
    revision: str
    """Of the tables."""
    database: str
    """`sqlite` or `postgresql`."""
    key_ids: list[str]
    """The keys in FIELD_KEYS without which it cannot be read in full."""
    sha256: str
    """Of the copy."""
    tables: dict[str, Content]


def write(file: Path, copy: Path, manifest: Manifest) -> None:
    """Write the file, readable for its owner alone; it is there whole, or not at all."""
    making = copy.with_name("making")
    is_packed = manifest.database != "sqlite"
    making.touch(mode=0o600, exist_ok=False)
    with making.open("wb") as out:
        with ZipFile(out, "w") as archive:
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
            archive.write(copy, _DATABASE, ZIP_STORED if is_packed else ZIP_DEFLATED)
        out.flush()
        os.fsync(out.fileno())
    os.link(making, file)  # unlike a rename, it never takes the place of another backup


@contextmanager
def read(file: Path) -> Iterator[tuple[Manifest, Path]]:
    """The manifest, and the copy in a folder that is gone afterwards; raises Refused where the file is damaged."""
    with TemporaryDirectory(prefix="backup-") as unpacked:
        copy = Path(unpacked) / _DATABASE
        try:
            with ZipFile(file) as archive:
                manifest = _manifest(archive)
                with archive.open(_DATABASE) as packed, copy.open("xb") as out:
                    shutil.copyfileobj(packed, out, _PIECE)
        except OSError as error:
            raise Refused(f"{file} cannot be read: {error.strerror}.") from error
        except (BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError, NotImplementedError) as wrong:
            raise Refused(f"{file} is no backup of the portal, or is damaged.") from wrong
        if digest_of(copy) != manifest.sha256:
            raise Refused(f"{file} is damaged: the copy in it is not what its manifest says.")
        yield manifest, copy


def digest_of(copy: Path) -> str:
    """The SHA-256 of a file."""
    with copy.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _manifest(archive: ZipFile) -> Manifest:
    with archive.open(_MANIFEST) as written:
        said = json.loads(written.read(_LARGEST_MANIFEST))
    if said["format"] != _FORMAT:
        raise ValueError("a format of another release")
    return Manifest(**{**said, "tables": {name: Content(**content) for name, content in said["tables"].items()}})
