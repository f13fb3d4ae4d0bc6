"""The points at which tests try a row of the table: made by one function from what the row itself declares."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

from adcli.language import constants
from adcli.numbers.system import FLOATS
from adcli.rules.primitive import Primitive

LEAST, LARGEST = -1022, 1023
"""The exponents of the normal doubles."""

ORDERS = {
    "root": (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
    "root1": (2.0, 3.0, 4.0, 5.0, 7.0),
    "polygamma": (0.0, 1.0, 2.0, 3.0, 4.0, 5.0),
}
"""Whole constants that shape a function, which is not differentiated by them."""

EXPONENTS = (0.0, 1.0, 2.0, 1.875, 0.5, -1.0, 3.0, -0.5, 1 / 3, 10.0, 1e-9, 100.0)

Point = tuple[float, ...]


def places(row: Primitive) -> list[float]:
    """Return what the row declares: its roots, singularities and kinks."""
    texts = row.points.split(", ") if row.points else []
    return [value for text in texts for _, value in constants(f"x = {text}")]


def spread(rng: random.Random, count: int, least: int = LEAST, largest: int = LARGEST) -> Iterator[float]:
    """Give doubles of either sign in turn, spaced evenly by their logarithm and each moved a little."""
    pairs = max(count // 2, 1)
    for k in range(pairs):
        size = 2.0 ** min(least + (largest - least) * (k + rng.random()) / pairs, 1023.999)
        yield from (size, -size)


def near(rng: random.Random, place: float, count: int) -> Iterator[float]:
    """Give a place and doubles on either side of it, 1e-15 to 1e-1 away."""
    yield place
    for k in range(count):
        yield place + max(abs(place), 1.0) * 10.0 ** (-15.0 + 14.0 * (k + rng.random()) / count) * rng.choice((1, -1))


def points(row: Primitive, count: int = 2000, close: int = 500, seed: int = 0) -> list[Point]:
    """Return points inside the row's domain: so many over the whole range of doubles and half as many over the ordinary
    numbers, and so many close to each place that the row declares, which come first."""
    rng = random.Random(f"{row.name} {seed}")
    raw = _pairs(row, rng, count, close) if row.arity == 2 else _tuples(row, rng, count, close)
    inside = FLOATS.expression(row.domain or "1", row.parameters)
    return [point for point in dict.fromkeys(raw) if inside(*point)]


def _tuples(row: Primitive, rng: random.Random, count: int, close: int) -> Iterator[Point]:
    """Give arguments of a row with one, three or more of them."""
    size, pool = max(row.arity, 1), list[float]()
    for place in places(row):
        pool += near(rng, place, close)
    pool += [*spread(rng, count), *spread(rng, count // 2, -10, 10)]
    if size == 1:
        yield from ((x,) for x in pool)
        return
    ordinary = [*spread(rng, count // 2, -10, 10)]
    for choices in (ordinary, pool):
        yield from (tuple(rng.choice(choices) for _ in range(size)) for _ in range(count // 2))


def _pairs(row: Primitive, rng: random.Random, count: int, close: int) -> Iterator[Point]:
    """Give a cross of such points; for a power, exponents that keep it in range too."""
    declared = places(row)
    if row.name in ORDERS:
        xs = [x for place in declared for x in near(rng, place, close)]
        whole = itertools.cycle(ORDERS[row.name])
        pairs = zip([*xs, *spread(rng, count), *spread(rng, count // 2, -10, 10)], whole)
        yield from ((n, x) if row.partials[0] is None else (x, n) for x, n in pairs)
        return
    for place in declared:
        beside = list(near(rng, place, close))
        yield from ((x, rng.choice(declared)) for x in beside[::3])
        yield from zip(beside, spread(rng, close, -20, 20))
        yield from zip(spread(rng, close, -20, 20), reversed(beside))
    if row.name.startswith("pow"):
        yield (1e30, 0.1)
        yield from itertools.product(spread(rng, count // 20), EXPONENTS)
        yield from itertools.product((0.0, 1.0, -1.0, -2.0), EXPONENTS)
        for x in spread(rng, count):
            y = rng.uniform(-700, 700) / (math.log(abs(x)) or 1.0) * rng.choice((1, 1, 1e-3, 1e-9))
            yield (x, float(round(y)) if x < 0 else y)
        return
    xs, ys = ([*spread(rng, count // 2, -10, 10)] for _ in range(2))
    rng.shuffle(ys)
    yield from zip(xs, ys)
    shuffled = list(spread(rng, count))
    rng.shuffle(shuffled)
    yield from zip(spread(rng, count), shuffled)
    for x in spread(rng, count // 2):
        y = x * 10.0 ** rng.uniform(-8, 8) * rng.choice((1, -1))
        if 1e-300 < abs(y) < 1e300:
            yield from ((x, y), (x, x)) if rng.random() < 0.1 else ((x, y),)
