"""Doubles to text, many at a time: the shortest decimal text that reads back to the same double, as Python's repr gives it.

A double is multiplied by the power of ten that leaves 17 digits before the point, in twice the precision (Dekker 1971); of the
numbers that lie closer to it than to its neighbours the shortest is taken, and of those the closest. Where the last bits would
decide, and for what is very small or very large, Python's own repr is asked. All else is done by numpy, which lets other
threads run meanwhile and takes a third of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from operator import add
from typing import Any, NamedTuple

import numpy as np

Column = Any

WIDTH = 24
"""Bytes of a text: a sign, 17 digits, a point, and an exponent or zeros."""

COMMA, NEWLINE = b",\n"

PIECE = 32_768
"""Rows that are written at a time, so that they stay in the cache."""

SPACIOUS = 4
"""Lines are laid out in the width of the longest, if that does not take so many times the room of the text."""

FAR = 280
"""Numbers from 1e-280 to 1e280 are done here."""

CLOSE = 1e-9
"""How close to each other two numbers with 17 digits before the point may be told apart."""

SPLITTER = 2.0**27 + 1.0
TEN_16, TEN_17 = 10**16, 10**17


class Tables(NamedTuple):
    """Powers of ten from 10^-FAR on, each as the sum of two doubles, the first of them also as the sum of two short ones; four
    digits as four bytes and how many of them are zeros at the end; which bytes of 17 digits are shown; exponents."""

    high: Column
    low: Column
    left: Column
    right: Column
    digits: Column
    zeros: Column
    shown: Column
    exponents: Column


@cache
def tables() -> Tables:
    """Return the tables, which are made once."""
    powers = [Fraction(10) ** k for k in range(-FAR - 1, FAR + 20)]
    high = np.array([float(power) for power in powers])
    low = np.array([float(power - Fraction(first)) for power, first in zip(powers, high.tolist())])
    left = SPLITTER * high
    left -= left - high
    digits = np.frombuffer(b"".join(b"%04d" % k for k in range(10_000)), np.uint32)
    zeros = np.zeros(10_000, np.int8)
    for k in range(1, 5):
        zeros[:: 10**k] = k
    shown = np.where(np.arange(17) < np.arange(18)[:, None], 255, 0).astype(np.uint8)
    texts = [f"e{k:+03d}".encode().ljust(5, b"\0") for k in range(-FAR - 1, FAR + 20)]
    return Tables(high, low, left, high - left, digits, zeros, shown, np.array(texts).view(np.uint8).reshape(-1, 5))


def write_texts(x: Column, cells: Column) -> None:
    """Write the text of each double into a row of WIDTH bytes, which are 0 before; those that stay 0 are to be left out."""
    size = np.abs(x)
    odd = ~((size >= 10.0**-FAR) & (size < 10.0**FAR))
    some_odd = odd.any()
    if some_odd:
        size[odd] = 1.0
    number, exponent, unsure = shortest(size)
    lay_out(number, exponent, cells)
    cells[:, 0] = np.where(np.signbit(x), 45, 0)
    if some_odd:
        zero = x == 0.0
        cells[zero, 1:] = np.frombuffer(b"0.0".ljust(WIDTH - 1, b"\0"), np.uint8)
        unsure |= odd & ~zero
    for row in np.flatnonzero(unsure):
        cells[row] = np.frombuffer(repr(float(x[row])).encode().ljust(WIDTH, b"\0"), np.uint8)


def shortest(size: Column) -> tuple[Column, Column, Column]:
    """Return 17 digits of each number as a whole number, zeros at the end if fewer are enough; the exponent of the first digit;
    and where this is not sure."""
    table = tables()
    bits = size.view(np.int64)
    exponent = ((bits >> 52) - 1023) * 1262611 >> 22  # of the power of two below (Raffaello Giulietti's constant)
    exponent += size >= table.high.take(exponent + (FAR + 2))
    place = (FAR + 17) - exponent
    power, left, right = (part.take(place) for part in (table.high, table.left, table.right))
    first = SPLITTER * size
    first -= first - size
    second = size - first
    product = size * power
    rest = ((first * left - product) + first * right + second * left) + second * right
    rest += size * table.low.take(place)
    whole = product + rest
    rest -= whole - product
    floor = np.floor(rest)
    number = whole.astype(np.int64) + floor.astype(np.int64)
    rest -= floor
    half = (bits & 0x7FF0000000000000).view(float) * power * 2.0**-53
    hundreds = number % 100
    tens = hundreds % 10
    above, by_ten = hundreds + rest, tens + rest
    below = 100.0 - above
    up = by_ten >= 5.0
    to_ten = np.where(up, 10.0 - by_ten, by_ten)
    round_up = rest >= 0.5
    unsure = (number < TEN_16) | (np.abs(by_ten - 5.0) < CLOSE) | (np.abs(rest - 0.5) < CLOSE)
    for distance in (above, below, to_ten):
        unsure |= np.abs(distance - half) < CLOSE
    power_of_two = (bits & 0xFFFFFFFFFFFFF) == 0  # whose neighbour below is closer
    unsure |= power_of_two & (above > 1e-3)
    taken = np.where(to_ten < half, number - tens + 10 * up, number + round_up)
    short = above < half
    taken = np.where(short, number - hundreds, taken)
    other = below < half
    if other.any():
        taken = np.where(other, number - hundreds + 100, taken)
    unsure |= taken >= TEN_17
    return taken, exponent, unsure


def lay_out(number: Column, exponent: Column, cells: Column) -> None:
    """Write the texts of numbers of 17 digits with the point behind the first, times powers of ten, without signs."""
    table = tables()
    count = len(number)
    top = number // 10**8
    low = number - top * 10**8
    one = top // 10**8
    top -= one * 10**8
    parts = [one]
    for eight in (top, low):
        four = eight // 10**4
        parts += [four, eight - four * 10**4]
    digits = np.empty((count, 5), np.uint32)
    for k, part in enumerate(parts):
        digits[:, k] = table.digits.take(part)
    zeros = table.zeros.take(parts[4]).astype(np.intp)
    still = np.flatnonzero(parts[4] == 0)
    for part in parts[3:0:-1]:
        zeros[still] += table.zeros[part[still]]
        still = still[part[still] == 0]
    needed = 17 - np.minimum(zeros, 16)
    fixed = (exponent >= -4) & (exponent < 16)
    kind = np.where(fixed, exponent, 16)
    needed = np.maximum(needed, np.where(kind < 16, kind + 2, 0))
    shown = digits.view(np.uint8).reshape(count, 20)[:, 3:] & table.shown.take(needed, axis=0)
    kinds = np.flatnonzero(np.bincount(kind + 4)) - 4
    for e in kinds.tolist():
        rows: Any = slice(None) if len(kinds) == 1 else np.flatnonzero(kind == e)
        digit = shown[rows]
        if e == 16:
            cells[rows, 1] = digit[:, 0]
            cells[rows, 2] = np.where(digit[:, 1] > 0, 46, 0)
            cells[rows, 3:19] = digit[:, 1:]
            cells[rows, 19:] = table.exponents[exponent[rows] + (FAR + 1)]
        elif e >= 0:
            cells[rows, 1 : e + 2] = digit[:, : e + 1]
            cells[rows, e + 2] = 46
            cells[rows, e + 3 : 19] = digit[:, e + 1 :]
        else:
            cells[rows, 1 : 2 - e] = 48
            cells[rows, 2] = 46
            cells[rows, 2 - e : 19 - e] = digit


def behind(text: bytes, columns: Sequence[Column]) -> bytes:
    """Return the lines of a text, whose last has no end, with the numbers of columns behind each: a comma and a number for each
    column, and an end. There are as many lines as the columns have numbers, if the text has more."""
    count = len(columns[0])
    if not count:
        return b""
    signs = np.frombuffer(text + b"\n", np.uint8)
    ends = np.flatnonzero(signs == NEWLINE)[:count]
    starts = np.concatenate(([0], ends[:-1] + 1))
    width = int((ends - starts).max())
    if 0 in text or width * count > SPACIOUS * len(signs):  # one by one, but then no other thread can run
        numbers = _lines(np.empty((count, 0), np.uint8), columns).split(b"\n")[:count]
        return b"\n".join([*map(add, text.split(b"\n"), numbers), b""])
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate((signs, np.zeros(width, np.uint8))), width)
    pieces = list[bytes]()
    for first in range(0, count, PIECE):
        piece = slice(first, first + PIECE)
        lines = windows[starts[piece]]
        lines *= np.arange(width) < (ends - starts)[piece, None]
        pieces.append(_lines(lines, [column[piece] for column in columns]))
    return b"".join(pieces)


def _lines(lines: Column, columns: Sequence[Column]) -> bytes:
    """Return lines, given as rows of bytes of which the zeros are left out, with the numbers of columns behind them."""
    width = lines.shape[1]
    table = np.zeros((len(lines), width + len(columns) * (WIDTH + 1) + 1), np.uint8)
    table[:, :width] = lines
    for place, column in zip(range(width, table.shape[1] - 1, WIDTH + 1), columns):
        table[:, place] = COMMA
        write_texts(column, table[:, place + 1 : place + 1 + WIDTH])
    table[:, -1] = NEWLINE
    flat = table.reshape(-1)
    text: bytes = flat[flat != 0].tobytes()
    return text
