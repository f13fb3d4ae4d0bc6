"""The layout of traces: rows, and blocks of them side by side as far as the terminal is wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

GAP = 5
"""The width of the line between two blocks."""

FOLD = 12
"""A folded formula is not made narrower than this."""

STYLES = ("dim", "dim", "bold", "dim", "", "", "green")
"""Of the columns of a row; a column without a style may be folded."""

CODES = {"bold": "1", "dim": "2", "green": "32"}
"""What a terminal is told for a style."""


class Row(NamedTuple):
    """The cells of a row: the operation that it stands beside, what is computed, its shape in a program over arrays, its
    formula, the numbers put in, and the result."""

    beside: str = ""
    bar: str = ""
    name: str = ""
    shape: str = ""
    formula: str = ""
    numbers: str = ""
    result: str = ""


Column = tuple[str, Sequence[str], int]
"""The style, the cells and the width of a column."""


class Block:
    """A titled group of rows that stand below one another."""

    def __init__(self, title: str, rows: Sequence[Row]) -> None:
        self.title, self.rows = title, rows
        self._columns: list[Column] | None = None

    def columns(self) -> list[Column]:
        """Return the columns that are not empty, which are measured once."""
        if self._columns is None:
            columns = ((style, cells, max(map(width_of, cells))) for style, cells in zip(STYLES, zip(*self.rows)))
            self._columns = [column for column in columns if column[2]]
        return list(self._columns)

    def narrowed(self, width: int) -> Block:
        """Return the block for a terminal of that width: without the numbers put in if it is too wide with them, and without
        the operations that it stands beside if folding the formulas alone does not help. A result never goes."""
        block = self
        if block.width() > width:
            block = Block(self.title, [row._replace(numbers="") for row in self.rows])
        if sum(used + 1 for style, _, used in block.columns() if style) + FOLD > width:
            block = Block(self.title, [row._replace(beside="", bar="") for row in block.rows])
        return block

    def width(self) -> int:
        """Return the number of terminal cells that the block takes."""
        return max(width_of(self.title), sum(width + 1 for *_, width in self.columns()) - 1)


def width_of(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def paint(text: str, style: str, color: bool) -> str:
    """Return a text in a style."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if color and style and text else text


def laid_out(columns: Sequence[Column], color: bool) -> list[str]:
    """Return columns beside one another as lines."""
    padded = []
    for number, (style, cells, width) in enumerate(columns, 1):
        sizes = list(map(width_of, cells))
        if max(sizes, default=0) > width:
            return wrapped(columns, color)
        gap = paint(" ", style, color) if number < len(columns) else ""
        room = max(width, 1)
        padded.append([paint(cell + " " * (room - size), style, color) + gap for cell, size in zip(cells, sizes)])
    return list(map("".join, zip(*padded)))


def wrapped(columns: Sequence[Column], color: bool) -> list[str]:
    """Return columns as lines of which some are folded: that is rich's work, and so much of it that what fits its columns is
    spared it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    for style, _, width in columns:
        table.add_column(style=style, width=max(width, 1), overflow="fold")
    for row in zip(*(cells for _, cells, _ in columns)):
        table.add_row(*map(Text, row))
    console = Console(
        width=1_000_000,  # lines are laid out here; rich would cut them
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def folded(columns: list[Column], width: int) -> list[Column]:
    """Return columns with the formulas folded as far as it takes for the whole to fit the width."""
    excess = sum(used + 1 for *_, used in columns) - 1 - width
    return [
        (style, cells, used if style or excess <= 0 else max(min(FOLD, used), used - excess))
        for style, cells, used in columns
    ]
