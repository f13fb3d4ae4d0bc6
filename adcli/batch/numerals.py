"""Decimal text to doubles, many cells at a time: what Python's float gives, correctly rounded.

Eight digits are a word of 64 bits and become a number by three multiplications (Lemire and others). A whole number of up to 19
digits, divided by a power of ten in twice the precision, gives the double, unless it is as good as half-way between two. Those,
and cells with an exponent, with blanks, or with more digits, are read by float. All else is done by numpy, which lets
other threads run meanwhile and is three times as fast as its own reader.
"""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any

import numpy as np

from adcli.batch.decimals import SPLITTER
from adcli.data import NUMBER

Column = Any

COMMA, NEWLINE, POINT, MINUS, PLUS = b",\n.-+"

WORDS = 3
"""Words of 8 digits behind the point; two stand before it."""

PAD = 8 * WORDS


def word(byte: int) -> Any:
    """Return a word of eight equal bytes."""
    return np.uint64(int.from_bytes(bytes([byte] * 8), "little"))


@cache
def kept() -> Column:
    """Return for 0 to 8 the word that keeps so many bytes at the end."""
    return np.array([(2**64 - 1) >> 8 * (8 - n) << 8 * (8 - n) for n in range(9)], np.uint64)


@cache
def powers() -> tuple[Column, Column, Column]:
    """Return 10^0 to 10^24: as doubles, what these leave, and those up to 10^19 as whole numbers."""
    first = [float(10**n) for n in range(8 * WORDS + 1)]
    rest = [float(10**n - int(power)) for n, power in enumerate(first)]
    return np.array(first), np.array(rest), np.array([10 ** min(n, 19) for n in range(8 * WORDS + 1)], np.uint64)


class Cells:
    """The cells of lines: where each begins, where its point is (or its end, without one), and where it ends."""

    def __init__(self, text: bytes, width: int) -> None:
        self.text = text
        self.signs = np.frombuffer(b"".join((b"0" * PAD, text, b"\n")), np.uint8)
        is_mark = self.signs == COMMA
        is_mark |= self.signs == NEWLINE
        is_mark |= self.signs == POINT
        marks = np.flatnonzero(is_mark)
        kinds = self.signs[marks]
        separators = np.flatnonzero(kinds != POINT)
        self.rows, more = divmod(len(separators), width)
        ends = kinds[separators]
        self.whole = not more and (ends[width - 1 :: width] == NEWLINE).all() and (ends == NEWLINE).sum() == self.rows
        if not self.whole:
            return
        self.end = marks[separators].reshape(self.rows, width)
        self.points = np.diff(separators, prepend=-1).reshape(self.rows, width) - 1
        before = np.where(self.points == 1, marks[separators - 1].reshape(self.rows, width), self.end)
        self.point = before
        self.start = np.concatenate(([PAD], self.end.reshape(-1)[:-1] + 1)).reshape(self.rows, width)

    def column(self, place: int) -> Column | None:
        """Return the doubles of a column; None where a cell is no number."""
        start, point, end = (part[:, place] for part in (self.start, self.point, self.end))
        sign = self.signs[start]
        negative = sign == MINUS
        before = point - start - (negative | (sign == PLUS))
        behind = np.maximum(end - point - 1, 0)
        odd = (self.points[:, place] > 1) | (before > 16) | (behind > 8 * WORDS) | (before + behind <= 0)
        odd |= (before > 0) & (before + behind > 19)
        whole, good = self.digits(point, np.clip(before, 0, 16), 2)
        odd |= ~good
        part, good = self.digits(end, np.clip(behind, 0, 8 * WORDS), WORDS)
        odd |= ~good
        behind = np.clip(behind, 0, 8 * WORDS)
        number, unsure = quotient(whole * powers()[2].take(behind) + part, behind)
        odd |= unsure
        number[negative] *= -1.0
        for row in np.flatnonzero(odd):
            cell = self.signs[start[row] : end[row]].tobytes().decode(errors="replace").strip()
            if not NUMBER.fullmatch(cell) or not isfinite(value := float(cell)):
                return None
            number[row] = value
        return number

    def digits(self, end: Column, count: Column, words: int) -> tuple[Column, Column]:
        """Return the whole numbers that so many digits before these places make, and whether they are digits, and not too
        many; in so many words of 8 digits, if they are needed."""
        words = min(words, -(-int(count.max(initial=1)) // 8) or 1)
        size = 8 * words
        windows = np.lib.stride_tricks.sliding_window_view(self.signs, size)
        found = windows[end - size].view(np.uint64)
        total, good = np.zeros(len(end), np.uint64), np.ones(len(end), bool)
        for k in range(words):
            mask = kept().take(np.clip(count - 8 * (words - 1 - k), 0, 8))
            here = found[:, k]
            wrong = ((here & (here + word(0x06)) & word(0xF0)) ^ word(0x30)) & mask
            good &= wrong == 0
            number = ((here & mask & word(0x0F)) * np.uint64(2561)) >> np.uint64(8)
            number = ((number & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
            number = ((number & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
            if k == 2:
                good &= total < np.uint64(10**11)
            total = total * np.uint64(10**8) + number if k else number
        return total, good


def quotient(number: Column, exponent: Column) -> tuple[Column, Column]:
    """Return whole numbers over powers of ten as doubles, and where the rounding is not sure."""
    high, low, _ = powers()
    first = number.astype(float)
    rest = (number - first.astype(np.uint64)).astype(np.int64).astype(float)
    divisor = high.take(exponent)
    result = first / divisor
    # What is left, exactly: Dekker's product of the result and the divisor.
    a = SPLITTER * result
    a -= a - result
    b = SPLITTER * divisor
    b -= b - divisor
    c, d = result - a, divisor - b
    product = result * divisor
    error = ((a * b - product) + a * d + c * b) + c * d
    left = ((first - product) - error) + (rest - result * low.take(exponent))
    small = left / divisor
    rounded = result + small
    lost = np.abs(small - (rounded - result))
    bits = rounded.view(np.int64)
    half = (bits & 0x7FF0000000000000).view(float) * 2.0**-53
    unsure = np.abs(lost - half) < half * 2.0**-20
    unsure |= ((bits & 0xFFFFFFFFFFFFF) == 0) & (lost > 0.0)
    return rounded, unsure
