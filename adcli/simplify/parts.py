"""What the collector takes nodes apart into: products and sums."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from adcli.simplify.exact import Exact

Factors = tuple[tuple[int, int], ...]
"""Bases, as nodes, and their whole exponents; a base may have both a positive and a negative one."""


class Product(NamedTuple):
    """A coefficient and what it multiplies."""

    coefficient: Exact
    factors: Factors

    def negated(self) -> Product:
        """Return the opposite."""
        return Product(self.coefficient.negated(), self.factors)


Sum = tuple[Product, ...]


class Root(NamedTuple):
    """The base of powers with a broken exponent, itself to the power 1/order: x^(2/3) is the square of the third root."""

    base: int
    order: int
    decimal: bool

    def exponent(self, power: int) -> Exact:
        """Return the exponent that a whole power of the root is written with."""
        return Exact(Fraction(power, self.order), self.decimal)
