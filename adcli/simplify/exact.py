"""Exact numbers: the value of a literal is the fraction that its decimal text says, and stays one."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from adcli.graph import decimal_text

LONGEST = 256
"""Fractions with more bits than this, above or below, are rounded to doubles."""

WRITTEN = 17
"""Whole numbers of up to this many digits are written out where a fraction is."""


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
        if below == 1 and not self.decimal:
            return str(above) if above < 10**WRITTEN else decimal_text(float(above)), "1"
        if self.decimal and terminates(below) or max(above, below) >= 10**WRITTEN:
            return decimal_text(float(self.value)), "1"
        return str(above), str(below)


ONE, ZERO, MINUS_ONE = Exact(Fraction(1)), Exact(Fraction(0)), Exact(Fraction(-1))


def kept(value: Fraction, decimal: bool) -> Exact:
    """Return the number, rounded to a double if it has grown too long and a double can hold it."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
        try:
            rounded = Fraction(float(value))
        except OverflowError:
            return Exact(value, decimal)
        return Exact(rounded, True) if rounded else Exact(value, decimal)
    return Exact(value, decimal)


def terminates(denominator: int) -> bool:
    """Say whether a fraction with this denominator is a decimal."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def exact(text: str) -> Exact:
    """Return the number of a literal; one with a point or an exponent is written as a decimal."""
    return Exact(Fraction(text), not text.lstrip("-").isdigit())
