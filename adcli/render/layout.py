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


class Block(NamedTuple):
    """A titled group of rows that stand below one another."""

    title: str
    rows: Sequence[Row]

    def columns(self) -> list[tuple[str, Sequence[str], int]]:
        """Return the style, the cells and the width of each column that is not empty."""
        columns = ((style, cells, max(map(cell_len, cells))) for style, cells in zip(STYLES, zip(*self.rows)))
        return [column for column in columns if column[2]]

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
        return max(cell_len(self.title), sum(width + 1 for *_, width in self.columns()) - 1)


def folded(columns: list[tuple[str, Sequence[str], int]], width: int) -> list[tuple[str, Sequence[str], int]]:
    """Return columns with the formulas folded as far as it takes for the whole to fit the width."""
    excess = sum(used + 1 for *_, used in columns) - 1 - width
    return [
        (style, cells, used if style or excess <= 0 else max(min(FOLD, used), used - excess))
        for style, cells, used in columns
    ]
