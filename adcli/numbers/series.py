"""Truncated power series, one coefficient at a time.

A series is the list of its coefficients so far. One that ends for good (a constant, the input, a polynomial in it) stays
shorter than the others; what it lacks are structural zeros, which are skipped and so never meet an infinity. The functions
here give coefficient k of a result, ``r``, from the coefficients up to k of the operands and those below k of the result.

See Griewank and Walther, Evaluating Derivatives (2008), chapter 13.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from math import inf

from adcli.numbers.powers import div

Series = list[float]


def facing(x: Series, y: Series, k: int, start: int = 0) -> tuple[range, Series, Series]:
    """Return the j from ``start`` to k for which both x_j and y_(k-j) are there, and these coefficients."""
    first, end = max(start, k - len(y) + 1), min(k + 1, len(x))
    return range(first, end), x[first:end], y[k + 1 - end : k + 1 - first][::-1]


def plus(r: Series, x: Series, y: Series, k: int) -> float:
    return x[k] + y[k] if k < len(x) and k < len(y) else x[k] if k < len(x) else y[k]


def minus(r: Series, x: Series, y: Series, k: int) -> float:
    return x[k] - y[k] if k < len(x) and k < len(y) else x[k] if k < len(x) else -y[k]


def negative(r: Series, x: Series, k: int) -> float:
    return -x[k]


def product(r: Series, x: Series, y: Series, k: int) -> float:
    _, left, right = facing(x, y, k)
    return sum(map(operator.mul, left, right), 0.0)


def quotient(r: Series, x: Series, y: Series, k: int) -> float:
    """Give x_k less the part of r*y that is known, over y_0; y_0*r_k, which is not, is all that is left."""
    _, left, right = facing(y, r, k)
    return div((x[k] if k < len(x) else 0.0) - sum(map(operator.mul, left, right), 0.0), y[0])


def integral(terms: Iterable[tuple[Series, Series]], k: int) -> float:
    """Give coefficient k of r, where r' is the sum of p*x' over the pairs (x, p): a row's rule, integrated."""
    total = 0.0
    for x, p in terms:
        numbers, left, right = facing(x, p, k, start=1)
        total += sum(map(operator.mul, map(operator.mul, numbers, left), right), 0.0)
    return total / k


# Degrees: the highest order at which a coefficient can be other than 0, infinite where there is none.


def same(x: float) -> float:
    return x


def divided(x: float, y: float) -> float:
    return inf if y else x


# fmt: off
ARITHMETIC: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "add": (plus, max), "sub": (minus, max), "neg": (negative, same), "mul": (product, operator.add), "div": (quotient, divided),
}
"""What series do themselves, by name: coefficient k of the result, and its degree from the degrees of the operands. All
else follows from its rule by ``integral``."""
# fmt: on
