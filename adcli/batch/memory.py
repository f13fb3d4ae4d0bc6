"""Many points in memory: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import Any

import numpy as np

from adcli.answers import Request
from adcli.batch.engine import Engine, Outcome, engine
from adcli.batch.stream import threads
from adcli.batch.tape import PIECE
from adcli.errors import Fault

PART = 4 * PIECE
"""Points that a thread takes at a time."""


def at_points(request: Request, columns: Mapping[str, Any], workers: int | None = None) -> dict[str, Any]:
    """Return what a request finds at many points, as arrays of doubles: value, grad_x ..., named as --points names its columns.

    ``columns`` are arrays of one length for inputs of the program; ``request.at`` has the inputs that are the same at every
    point. Where the value is not finite, it and its derivatives are nan. ``workers`` is the number of threads, by default one
    for each processor. Raises Fault as for one point, but for values that are not finite, and for columns that do not hold real
    numbers or hide some of them; and ValueError for columns of different lengths.
    """
    given = engine(request, list(columns), "the points")
    used = [doubles(name, columns[name]) for name in given.used]
    sizes = {np.shape(column) for column in columns.values()}
    if len(sizes) > 1 or any(len(size) != 1 for size in sizes):
        raise ValueError(f"columns are arrays of one dimension and one length, not of the shapes {sorted(sizes)}")
    count = next(iter(sizes))[0] if sizes else 1
    given.begin({name: float(column[row]) for name, column in zip(given.used, used)} for row in range(count))
    results = [np.empty(count) for _ in given.titles]

    def part(start: int) -> Outcome:
        place = slice(start, start + PART)
        with np.errstate(all="ignore"):  # which numpy keeps for each thread
            return given.rows([column[place] for column in used], [column[place] for column in results])

    for outcome in parts(given, part, range(0, count, PART), workers or threads()):
        if outcome.fault is not None:
            raise outcome.fault
    return dict(zip(given.titles, results))


def doubles(name: str, column: Any) -> Any:
    """Return a column as an array of doubles, in which nan may stand; refuse one that holds something else, or has a mask."""
    array = np.asarray(column)
    kind = array.dtype.kind
    real = kind in "biuf" or kind == "O" and all(isinstance(value, Real) for value in array.flat)
    if not real or np.ma.is_masked(column):
        raise Fault("point_value", file="the columns", name=name)
    try:
        return np.ascontiguousarray(array, dtype=float)
    except OverflowError:
        raise Fault("point_value", file="the columns", name=name) from None


def parts(given: Engine, part: Any, starts: range, workers: int) -> Any:
    """Return the outcomes of parts, in order."""
    if workers == 1 or len(starts) < 2 or not given.parallel:
        return map(part, starts)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(part, starts))
