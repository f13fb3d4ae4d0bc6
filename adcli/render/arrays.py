"""Arrays as text: small ones in full, larger ones by their edges and their shape, as NumPy does.

An array is anything with a length and elements that are arrays or numbers: nested lists, or an array itself.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

FULL = 36
"""An array of up to this many elements is written in full."""

EDGES = (3, 3, 1)
"""How many elements are shown at each end of a longer axis, of arrays with so many axes and more."""

SHORT = 72
"""A matrix of up to this many characters stands on one line."""

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
    if len(shape) > 1 and len(written) > SHORT:
        written = "\n".join(_rows(sampled, len(shape), write))
    return f"{written}  shape {shape}" if prod(shape) > full else written


def _rows(sampled: Any, depth: int, write: Callable[[float], str]) -> list[str]:
    """Return the lines of an array: its rows, with the brackets of the axes before them."""
    if sampled is DOTS:
        return [DOTS]
    if depth == 2:
        rows = grid(sampled, write)
        lines = [DOTS if row is None else f"[{', '.join(row)}]" for row in rows]
    else:
        lines = [line for part in sampled for line in _ended(_rows(part, depth - 1, write), part is not sampled[-1])]
        return ["[" + lines[0], *(" " + line for line in lines[1:-1]), " " + lines[-1] + "]"]
    lines = [line + "," * (at < len(lines) - 1) for at, line in enumerate(lines)]
    lines = ["[" * (at == 0) + " " * (at > 0) + line for at, line in enumerate(lines)]
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
