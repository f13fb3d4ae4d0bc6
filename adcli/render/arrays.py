"""Arrays as text: small ones in full, larger ones by their edges and their shape, as NumPy does.

An array is anything with a length and elements that are arrays or numbers: nested lists, or an array itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

FULL = 36
"""An array of up to this many elements is written in full."""

EDGES = (3, 3, 1)
"""How many elements are shown at each end of a longer axis, of arrays with so many axes and more."""

SHORT = 72
"""An array of up to this many characters stands on one line, and no line of one is longer if there is a place to break it."""

DOTS = "..."


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of an array, () of a number."""
    if hasattr(value, "shape"):
        return tuple(value.shape)
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(shape)


def listed(value: Any) -> Any:
    """Return numbers, in dicts and lists too, with nested lists for arrays."""
    if isinstance(value, dict):
        return {name: listed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [listed(part) for part in value]
    return value.tolist() if hasattr(value, "tolist") else value


def size_of(value: Any) -> int:
    """Return the number of elements of an array, 1 of a number."""
    return prod(shape_of(value))


def elements(value: Any) -> list[float]:
    """Return the elements of nested lists, or a number alone."""
    found = [value]
    while isinstance(found[0], list):
        found = [element for part in found for element in part]
    return found


def places(value: Any) -> list[str]:
    """Return the index of each element of an array as it is typed; of a number, nothing."""
    return indices(shape_of(value))


def indices(shape: tuple[int, ...]) -> list[str]:
    """Return the index of each element of an array of a shape as it is typed."""
    return [f"[{', '.join(map(str, place))}]" if shape else "" for place in product(*map(range, shape))]


def shape_text(value: Any) -> str:
    """Return the shape of an array as NumPy writes it, nothing of a number."""
    shape = shape_of(value)
    return str(shape) if shape else ""


def sample(value: Any, full: int = FULL, edges: tuple[int, ...] = EDGES) -> Any:
    """Return an array as nested lists, of a larger one the edges with dots between them."""
    shape = shape_of(value)
    if prod(shape) <= full:
        return value.tolist() if hasattr(value, "tolist") else value
    return _edges(value, len(shape), edges[min(len(shape), len(edges)) - 1])


def _edges(value: Any, depth: int, edge: int) -> Any:
    """Return the edges of an array along each axis."""
    if depth == 0:
        return float(value)
    count = len(value)
    ends = range(count) if count <= 2 * edge else [*range(edge), *range(count - edge, count)]
    found = [_edges(value[at], depth - 1, edge) for at in ends]
    return found if count <= 2 * edge else [*found[:edge], DOTS, *found[edge:]]


def one_line(sampled: Any, write: Callable[[float], str]) -> str:
    """Return what ``sample`` gave on one line."""
    if isinstance(sampled, list):
        return f"[{', '.join(one_line(part, write) for part in sampled)}]"
    return sampled if sampled is DOTS else write(sampled)


def text(value: Any, write: Callable[[float], str], full: int = FULL, edges: tuple[int, ...] = EDGES) -> str:
    """Return an array: on one line if that is short, else a line for each row of it; one that is not there in full with its
    shape."""
    sampled, shape = sample(value, full, edges), shape_of(value)
    written = one_line(sampled, write)
    if len(written) > SHORT:
        written = "\n".join(_rows(sampled, len(shape), write))
    return f"{written}  shape {shape}" if prod(shape) > full else written


def _rows(sampled: Any, depth: int, write: Callable[[float], str]) -> list[str]:
    """Return the lines of an array: its rows, with the brackets of the axes before them."""
    if sampled is DOTS:
        return [DOTS]
    if depth == 1:
        cells = [one_line(cell, write) for cell in sampled]
        width = max(map(len, cells))
        return _broken([cell.rjust(width) for cell in cells])
    if depth == 2:
        parts = [[DOTS] if row is None else _broken(row) for row in grid(sampled, write)]
    else:
        parts = [_rows(part, depth - 1, write) for part in sampled]
    return _bracketed([line for k, part in enumerate(parts) for line in _ended(part, k < len(parts) - 1)])


def _broken(cells: Sequence[str]) -> list[str]:
    """Return the lines of a row: as many as it takes for none to be too long."""
    whole = ", ".join(cells)
    each = max(1, SHORT // (max(map(len, cells)) + 2)) if len(whole) > SHORT else len(cells)
    parts = [cells[at : at + each] for at in range(0, len(cells), each)]
    return _bracketed([", ".join(part) + "," * (part is not parts[-1]) for part in parts])


def _bracketed(lines: list[str]) -> list[str]:
    """Return lines in brackets."""
    lines = [(" " if at else "[") + line for at, line in enumerate(lines)]
    return [*lines[:-1], lines[-1] + "]"]


def _ended(lines: list[str], more: bool) -> list[str]:
    """Return lines with a comma at their end if more follows."""
    return [*lines[:-1], lines[-1] + "," * more]


def grid(sampled: list[Any], write: Callable[[float], str]) -> list[list[str] | None]:
    """Return the cells of a matrix, those of a column of one width; None for rows that are left out."""
    rows = [None if row is DOTS else [one_line(cell, write) for cell in row] for row in sampled]
    widths = [max(map(len, column)) for column in zip(*(row for row in rows if row is not None))]
    return [row and [cell.rjust(width) for cell, width in zip(row, widths)] for row in rows]


def matrix(value: Any, write: Callable[[float], str]) -> list[str]:
    """Return the lines of a matrix without brackets."""
    return [DOTS if row is None else "  ".join(row) for row in grid(sample(value), write)]
