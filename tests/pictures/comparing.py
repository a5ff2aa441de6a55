"""Whether two pictures of a page are alike, and the report that shows what is not. How one is taken is in `taking`."""

import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from PIL import Image, ImageChops, ImageOps

from tests.pictures.taking import LOOKS, edges
from tests.stage.shared import in_turn

SLACK = 12
"""How much a colour's share may differ, of 255: a step of those that are kept, and what processors round apart."""
FEW = 12
"""How many points of a look may differ by more."""
REPORT = Path(__file__).parents[2] / "var" / "pictures"
_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>What looks another than it did</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem } img { max-width: 100%; border: 1px solid #888 }
  figure { margin: 1rem 0 }
</style>
<h1>What looks another than it did</h1>
<p><code>make pictures</code> accepts what is meant to be so. What changed is red.</p>
"""


def differences(before: Image.Image, after: Image.Image) -> list[str]:
    """In which looks they differ, and in how many points."""
    changed, found = _changed(before, after), []
    for (name, *_), left, right in zip(LOOKS, edges(), edges()[1:], strict=False):
        points = changed.crop((left, 0, right, changed.height)).histogram()[255]
        if points > FEW:
            found.append(f"{name}: {points} points differ")
    return found


def _changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where they differ; a page that has another height differs where only one of them is."""
    size = (max(before.width, after.width), max(before.height, after.height))
    shares = ImageChops.difference(*(_on_a_sheet(picture, size) for picture in (before, after))).split()
    most = ImageChops.lighter(ImageChops.lighter(shares[0], shares[1]), shares[2])
    return most.point(lambda value: 255 if value > SLACK else 0)


def _on_a_sheet(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", size)
    sheet.paste(picture)
    return sheet


def report(name: str, before: Image.Image, after: Image.Image) -> Path:
    """Put a page that differs into the report; gives where that is."""
    changed = _changed(before, after)
    shown = ImageOps.grayscale(_on_a_sheet(after, changed.size)).point(lambda value: 128 + value // 2).convert("RGB")
    shown.paste((220, 0, 0), mask=changed)
    with in_turn("pictures"):
        folder = REPORT / name
        folder.mkdir(parents=True, exist_ok=True)
        for what, picture in (("before", before), ("after", after), ("changed", shown)):
            picture.save(folder / f"{what}.png")
        return _index()


def is_well(name: str) -> None:
    """Take a page out of the report that an earlier run has put there."""
    if (REPORT / name).exists():
        with in_turn("pictures"):
            shutil.rmtree(REPORT / name)
            _index()


def _index() -> Path:
    pages = [_HEAD, *_pages()]
    index = REPORT / "index.html"
    index.write_text("".join(pages), encoding="utf-8")
    return index


def _pages() -> Iterator[str]:
    for folder in sorted(REPORT.iterdir()):
        if folder.is_dir():
            yield f"<h2>{escape(folder.name)}</h2>\n"
            for what in ("before", "after", "changed"):
                source = f"{quote(folder.name)}/{what}.png"
                yield f'<figure><figcaption>{what}</figcaption><img src="{source}" alt="{what}"></figure>\n'
