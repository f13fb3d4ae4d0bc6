"""The few primitives that series compute in a way of their own, because the chain of their rules never ends.

The rule of x^y names pow1(x, y), whose rule names pow1(x, y - 1), and so on; that of digamma names polygamma(1, x), and so
on. One link an order is right, but dear, and in a composition such as digamma(exp(x)) the links cancel until no digit is
left. So for series these primitives are expressions in powers, quotients and the logarithm, which close the chain. That is
how they are computed, as it is for floats in powers.py and polygamma.py; their derivatives are the table's business still.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial, inf

from adcli.graph import Graph
from adcli.numbers.gamma_tables import BERNOULLI
from adcli.numbers.symbols import Functions, Symbol

LEAST = 1e-290
"""A power of this size has all its digits, and so have those next to it."""

FACTORIALS = 150.0
"""The factorials up to here, and what is made of them below, are doubles."""


class ClosedFunctions(Functions):
    """The primitives as functions on symbols, for series up to an order.

    ``look`` gives the value of a node at the point, and its degree: 0 for a constant.
    """

    def __init__(self, graph: Graph, look: Callable[[int], tuple[float, float]], order: int) -> None:
        super().__init__(graph)
        self.look, self.order = look, order
        self.update(pow1=self.pow1, powln=self.powln, polygamma=self.polygamma)

    def pow1(self, x: Symbol, y: Symbol) -> Symbol:
        """Return the derivative of x^y by x as y*(x^y/x).

        Not where x^y is 0, or so small that it has lost digits; nor for a constant whole exponent, which the chain counts
        down to 0: a quotient of what vanishes with x loses digits there, where the chain loses none.
        """
        power = x.apply("pow", x, y)
        exponent, degree = self.look(y.index)
        if abs(self.look(power.index)[0]) > LEAST and (degree or exponent < 0.0 or exponent % 1.0):
            return y.apply("mul", y, x.apply("div", power, x))
        return x.apply("pow1", x, y)

    def powln(self, x: Symbol, y: Symbol) -> Symbol:
        """Return the derivative of x^y by y as x^y*ln(x), where neither is 0."""
        power = x.apply("pow", x, y)
        if abs(self.look(power.index)[0]) > LEAST and self.look(x.index)[0] > 0.0:
            return x.apply("mul", power, x.apply("ln", x))
        return x.apply("powln", x, y)

    def polygamma(self, n: Symbol | float, x: Symbol) -> Symbol:
        """Return polygamma(n, x) for a positive x and n > 0 by the sum of Euler and Maclaurin (DLMF 25.11.7, 25.11.12): so
        many terms 1/(x + k)^(n + 1), and beyond them a series in 1/(x + k) that converges for all coefficients."""
        n = x.lift(n)
        place, order = self.look(x.index)[0], self.look(n.index)[0]
        power = x.apply("pow", x, -1.0 - order)
        digits = LEAST < self.look(power.index)[0] < inf
        if not (digits and place > 0.0 and 1.0 <= order <= FACTORIALS and order % 1.0 == 0.0):
            return x.apply("polygamma", n, x)
        s = int(order) + 1
        terms, y = [], x
        for k in range(max(0, int(s + self.order + 10 - place) + 1)):
            terms.append(y.apply("pow", y, -s))
            y = x + (k + 1)
        inverse = y.apply("div", 1.0, y)
        square = inverse * inverse
        rising = [factorial(s + 2 * j) / (factorial(s - 1) * factorial(2 * j + 2)) for j in range(len(BERNOULLI))]
        tail = x.lift(0.0)
        for (above, below), factor in zip(reversed(BERNOULLI), reversed(rising)):
            tail = tail * square + above / below * factor
        total = y.apply("pow", y, -s) * (y * (1.0 / (s - 1)) + 0.5 + tail * inverse)
        for term in reversed(terms):  # the small ones first
            total = total + term
        return total * float((-1) ** s * factorial(s - 1))
