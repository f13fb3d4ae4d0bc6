"""Truncated power series, one coefficient at a time.

A series is the list of its coefficients so far. One that ends for good (a constant, the input, a polynomial in it) stays
shorter than the others; what it lacks are structural zeros, which are skipped and so never meet an infinity. The functions
here give coefficient k of a result, ``r``, from the coefficients up to k of the operands and those below k of the result.

See Griewank and Walther, Evaluating Derivatives (2008), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import mul

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
    return sum(map(mul, left, right), 0.0)


def quotient(r: Series, x: Series, y: Series, k: int) -> float:
    """Give x_k less the part of r*y that is known, over y_0."""
    _, left, right = facing(y, r, k, start=1)
    return div((x[k] if k < len(x) else 0.0) - sum(map(mul, left, right), 0.0), y[0])


def integral(terms: Iterable[tuple[Series, Series]], k: int) -> float:
    """Give coefficient k of r, where r' is the sum of p*x' over the pairs (x, p): a row's rule, integrated."""
    total = 0.0
    for x, p in terms:
        numbers, left, right = facing(x, p, k, start=1)
        total += sum(map(mul, map(mul, numbers, left), right), 0.0)
    return total / k


def degree_of_quotient(x: float, y: float) -> float:
    """Give the degree of x/y from those of x and y: only a constant divides without a rest."""
    return float("inf") if y else x


# fmt: off
ARITHMETIC: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "add": (plus, max), "sub": (minus, max), "neg": (negative, abs), "mul": (product, lambda x, y: x + y),
    "div": (quotient, degree_of_quotient),
}
"""What series do themselves, by name: coefficient k of the result, and its degree from the degrees of the operands. All
else follows from its rule by ``integral``."""
# fmt: on
