"""What a comparison of pictures sees, and what it lets pass."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.pictures import comparing
from tests.pictures.taking import LOOKS, edges

PAPER, INK = (248, 248, 248), (32, 32, 32)
DARK = edges()[1], edges()[2] - 1
"""Where the second look lies."""


def drawn(*, ink: tuple[int, int, int] = INK, paper: tuple[int, int, int] = PAPER, more: int = 0) -> Image.Image:
    """A sheet with a button in each of its looks."""
    sheet = Image.new("RGB", (edges()[-1], 200 + more), paper)
    pen = ImageDraw.Draw(sheet)
    for left in edges()[:-1]:
        pen.rectangle((left + 10, 20, left + 60, 40), fill=ink)
    return sheet


def touched(*box: int, colour: tuple[int, int, int] = INK) -> Image.Image:
    """The same with something on it."""
    sheet = drawn()
    ImageDraw.Draw(sheet).rectangle(box, fill=colour)
    return sheet


@pytest.mark.parametrize(
    ("after", "looks"),
    [
        (drawn(), []),
        (drawn(ink=(44, 44, 44), paper=(240, 240, 240)), []),  # as one processor rounds, and another
        (touched(100, 100, 103, 102), []),  # twelve points: the edge of one letter
        (touched(100, 100, 113, 100), [0]),  # a line as thin as can be
        (touched(100, 100, 120, 110, colour=(232, 240, 248)), [0]),  # a shade that is only just seen
        (touched(DARK[0], 100, DARK[0] + 20, 110), [1]),
        (touched(DARK[1], 100, DARK[1] + 1, 120), [1, 2]),
        (drawn(more=1), [0, 1, 2, 3]),  # a page that has grown by a line
    ],
)
def test_a_change_that_somebody_can_see_is_told_with_where_it_is(after: Image.Image, looks: list[int]) -> None:
    found = comparing.differences(drawn(), after)
    assert [told.partition(":")[0] for told in found] == [LOOKS[at][0] for at in looks]


def test_what_differs_is_shown_before_and_after_until_it_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "REPORT", tmp_path / "pictures")
    after = touched(100, 100, 120, 110)
    comparing.report("orders", drawn(), after)
    index = comparing.report("new-order", drawn(), after)
    said = index.read_text(encoding="utf-8")
    assert said.index("<h2>new-order") < said.index("<h2>orders")
    assert all(f'src="orders/{what}.png"' in said for what in ("before", "after", "changed"))
    with Image.open(index.parent / "orders" / "changed.png") as changed:
        assert changed.getpixel((110, 105)) == (220, 0, 0)
        assert changed.getpixel((110, 115)) != (220, 0, 0)
    comparing.is_well("orders")
    assert "<h2>orders" not in index.read_text(encoding="utf-8")
    assert not (index.parent / "orders").exists()
