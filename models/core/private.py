"""Folders and files that nobody but the portal's own user can read.

What stands in them is for those who ask for one to know.
"""

import os
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it that are missing; raises OSError. What is there stays as it is."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=_FOLDER, exist_ok=True)  # another process may be first


def make_file(file: Path) -> None:
    """Make an empty file where there is none, and close one of ours to others; raises OSError."""
    os.close(os.open(file, os.O_RDONLY | os.O_CREAT, _FILE))
    found = file.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        file.chmod(_FILE)


def close_folder(folder: Path) -> None:
    """Close a folder of ours to others, where it is there."""
    if folder.is_dir() and folder.stat().st_uid == os.geteuid() and folder.stat().st_mode & 0o077:
        folder.chmod(_FOLDER)
