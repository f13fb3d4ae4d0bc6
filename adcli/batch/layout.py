"""How the numbers that a command finds at a point are laid out: as columns, each with a title, and as an answer in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from adcli.errors import Fault

Shape = tuple[int, ...]
"""The shape of the program's result, () for a number."""


def titles(command: str, shape: Shape, wrt: Sequence[str]) -> list[str]:
    """Return the titles of the columns of a command that differentiates by ``wrt``; of an array they end in the place."""
    places = ["".join(f"_{number}" for number in index) for index in product(*map(range, shape))]
    found = [f"value{place}" for place in places]
    if command == "jvp":
        found += [f"tangent{place}" for place in places]
    elif command == "jacobian":
        found += [f"jac{place}_{name}" for place in places for name in wrt]
    elif command != "eval":
        found += [f"grad_{name}" for name in wrt]
    if command == "hessian":
        found += [f"hess_{name}_{other}" for k, name in enumerate(wrt) for other in wrt[k:]]
    return found


def keys(command: str, shape: Shape, wrt: Sequence[str]) -> dict[str, Any]:
    """Return the answer of a command as JSON has it, with the numbers of the columns in place of what is in them."""
    places = np.arange(int(np.prod(shape))).reshape(shape)
    count = places.size
    found: dict[str, Any] = {"value": places.tolist()}
    if command == "jvp":
        found["tangent"] = (places + count).tolist()
    elif command == "jacobian":
        found["jacobian"] = {name: (count + len(wrt) * places + k).tolist() for k, name in enumerate(wrt)}
    elif command != "eval":
        found["gradient"] = {name: 1 + k for k, name in enumerate(wrt)}
    if command == "hessian":
        pairs = ((k, j) for k in range(len(wrt)) for j in range(k, len(wrt)))
        column = {pair: 1 + len(wrt) + number for number, pair in enumerate(pairs)}
        column |= {(j, k): number for (k, j), number in column.items()}
        found["hessian"] = {name: {other: column[k, j] for j, other in enumerate(wrt)} for k, name in enumerate(wrt)}
    return found


def numbers_in(keys: Any, results: Any) -> Iterator[tuple[int, float | None]]:
    """Yield the column of each number of an answer, and the number: None where the answer does not have it."""
    if isinstance(keys, int):
        yield keys, results
    elif isinstance(keys, dict):
        for name, part in keys.items():
            yield from numbers_in(part, (results or {}).get(name))
    else:
        for number, part in enumerate(keys):
            yield from numbers_in(part, None if results is None else results[number])


def no_column(fault: Fault, file: str, header: Sequence[str], remedy: str | None = None) -> Fault:
    """Return the fault of a program; of one whose inputs are no columns of a file, with what the columns are."""
    if fault.name != "missing_value":
        return fault
    if remedy is None:
        remedy = "add {them} with --at {example}, or name a column so".format_map(fault.blanks)
    columns = ", ".join(header) or "none"
    return Fault("points_column", names=fault.blanks["names"], file=file, columns=columns, remedy=remedy)


def check_titles(header: Iterable[str], titles: Sequence[str], file: str) -> None:
    """Refuse a title that a column has already."""
    seen = set(header)
    for title in titles:
        if title in seen:
            raise Fault("points_clash", name=title, file=file)
        seen.add(title)
