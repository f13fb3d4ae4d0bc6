"""Exact numbers: the value of a literal is the fraction that its decimal text says, and stays one."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import NamedTuple

from adcli.graph import decimal_text

LONGEST = 256
"""Fractions with more bits than this, above or below, are rounded to doubles."""

WRITTEN = 40
"""Numbers of up to this many digits, above and below, are written out."""


class Exact(NamedTuple):
    """A fraction, and whether it is written as a decimal: 0.1 is, 1/10 is not."""

    value: Fraction
    decimal: bool = False

    def __bool__(self) -> bool:
        return bool(self.value)

    def plus(self, other: Exact) -> Exact:
        """Return the sum."""
        return kept(self.value + other.value, self.decimal or other.decimal)

    def times(self, other: Exact) -> Exact:
        """Return the product."""
        if other == ONE:
            return self
        return kept(self.value * other.value, self.decimal or other.decimal)

    def raised(self, exponent: int) -> Exact:
        """Return a power; the number is not 0 where the exponent is negative."""
        return kept(self.value**exponent, self.decimal)

    def negated(self) -> Exact:
        """Return the opposite."""
        return Exact(-self.value, self.decimal)

    def can_be_raised(self, exponent: int) -> bool:
        """Say whether the power exists and is of a size to be written out."""
        if not self.value:
            return exponent > 0
        bits = max(self.value.numerator.bit_length(), self.value.denominator.bit_length()) - 1
        return bits * abs(exponent) <= LONGEST / 4

    @property
    def whole(self) -> int | None:
        """The number, if it is whole."""
        return self.value.numerator if self.value.denominator == 1 else None

    def parts(self) -> tuple[str, str]:
        """Return the texts above and below the fraction bar, for a number that is not negative; "1" below for none."""
        above, below = self.value.numerator, self.value.denominator
        if max(above, below) >= 10**WRITTEN or self.decimal and (below == 1 or terminates(below)):
            return decimal_text(rounded(self.value)), "1"
        return str(above), str(below)


ONE, ZERO, MINUS_ONE = Exact(Fraction(1)), Exact(Fraction(0)), Exact(Fraction(-1))


def kept(value: Fraction, decimal: bool) -> Exact:
    """Return the number, rounded to a double if it has grown too long and a double can hold it."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
        size = rounded(abs(value))
        if 0.0 < size < inf:
            return Exact(Fraction(size if value > 0 else -size), True)
    return Exact(value, decimal)


def rounded(value: Fraction) -> float:
    """Return the nearest double of a number that is not negative, infinity beyond all of them."""
    try:
        return float(value)
    except OverflowError:
        return inf


def terminates(denominator: int) -> bool:
    """Say whether a fraction with this denominator is a decimal."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def exact(text: str) -> Exact:
    """Return the number of a literal; one with a point or an exponent is written as a decimal."""
    _, _, power = text.lower().partition("e")
    out_of_range = len(text) > LONGEST or len(power) > 4
    return Exact(Fraction(float(text) if out_of_range else text), not text.lstrip("-").isdigit())
