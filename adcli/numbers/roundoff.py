"""Roundoff: how much the rounding of one primitive may have lost, on floats.

The operations that IEEE 754 rounds correctly lose an amount that can be computed: a sum, a difference and a product lose a
double, a quotient and a root what their remainder tells (Knuth's TwoSum, Dekker's product; Muller et al., Handbook of
Floating-Point Arithmetic, chapter 4). The amount is exact, 0 where the operation is, up to a rounding of its own. A library
function is taken to lose as much as it may: so many units of the last place of its value.

What is not finite has not been rounded, and loses nothing.
"""

from __future__ import annotations

from math import fabs, isfinite, ulp

from adcli.rules.primitive import Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ULPS = 4.0
"""What a value of the table may be off (the bound of the tests; tests/accuracy.py measures 2.3 at most)."""

ULPS_OF = {
    # Half an ulp and little more in the C libraries (Zimmermann, Accuracy of Mathematical Functions in Single, Double,
    # Extended Double and Quadruple Precision, 2021: 0.92 at most with glibc), or in the functions of circular.py, powers.py.
    **dict.fromkeys(
        ("exp", "exp2", "expm1", "ln", "log2", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "pow", "hypot",
         "cbrt", "root"), 1.0),
    **dict.fromkeys(("gamma", "lgamma", "digamma", "polygamma"), 16.0),
    "pi": 0.5, "e": 0.5, "tau": 0.5, "deg": 1.0,
}  # fmt: skip

EXACT = {"neg", "abs", "min", "max", "relu", "where"}
"""Rows whose value is one of their arguments, but for the sign; what has derivative 0 everywhere is exact too."""

_SPLITTER = 2.0**27 + 1.0
_LEAST, _LARGEST = 2.0**-960, 2.0**990
"""Between these sizes no part of a product that is split underflows or overflows."""

_DIGITS = 400
"""A literal with more of them is not compared with its double, but taken to be off by half an ulp."""


def of_literal(text: str, value: float) -> float:
    """Return how far a double is from the decimal number that was typed for it."""
    if not isfinite(value) or value.is_integer() and fabs(value) < 2.0**53 and text.removeprefix("-").isdigit():
        return 0.0
    if not value or len(text) > _DIGITS:
        return ulp(value)
    from fractions import Fraction  # most literals are whole

    return fabs(float(Fraction(text.replace("_", "")) - Fraction(value)))


def of_value(row: Primitive, operands: Sequence[float], value: float) -> float:
    """Return a bound on what the value of a row has lost, were its operands exact."""
    exactly = EXACTLY.get(row.name)
    if exactly is not None:
        lost = exactly(*operands, value)
        if isfinite(lost):
            return fabs(lost)
    if not isfinite(value) or row.name in EXACT or row.constant and operands:
        return 0.0
    return _library(row.name, operands, value)


def _library(name: str, operands: Sequence[float], value: float) -> float:
    """Return what a function of a library may lose."""
    if operands and not any(operands) and value in (0.0, 0.5, 1.0):
        return 0.0  # sin(0), sigmoid(0), exp(0)
    units = ULPS_OF.get(name, ULPS)
    x = operands[-1] if operands else 1.0
    if name in ("digamma", "polygamma") and x < 0.0:
        return 1e-12 * max(1.0, fabs(value))
    if name == "digamma" and fabs(x - 1.5) < 0.5:
        return units * max(ulp(value), 2.0**-54)  # its root is between two doubles
    return units * ulp(value)


def _sum(x: float, y: float, total: float) -> float:
    """Give x + y - total."""
    part = total - x
    return (x - (total - part)) + (y - part)


def _difference(x: float, y: float, total: float) -> float:
    return _sum(x, -y, total)


def _product(x: float, y: float, value: float) -> float:
    """Give x*y - value, or an ulp where a part of it is beyond the doubles."""
    if not x or not y:
        return 0.0
    if not (fabs(value) > _LEAST and fabs(x) < _LARGEST and fabs(y) < _LARGEST):
        return ulp(value)
    x_high, y_high = _SPLITTER * x, _SPLITTER * y
    x_high -= x_high - x
    y_high -= y_high - y
    x_low, y_low = x - x_high, y - y_high
    return x_low * y_low - (((value - x_high * y_high) - x_low * y_high) - x_high * y_low)


def _quotient(x: float, y: float, value: float) -> float:
    """Give x/y - value, by the remainder x - y*value, which is a double."""
    if not x:
        return 0.0
    if not (_LEAST < fabs(x) < _LARGEST and _LEAST < fabs(value) < _LARGEST and fabs(y) < _LARGEST):
        return ulp(value)
    product = y * value
    return ((x - product) - _product(y, value, product)) / y


def _root(x: float, value: float) -> float:
    """Give sqrt(x) - value, by the remainder x - value^2, which is a double."""
    if not x:
        return 0.0
    if not _LEAST < x < _LARGEST:
        return 0.5 * ulp(value)
    square = value * value
    return ((x - square) - _product(value, value, square)) / (2.0 * value)


def _power(x: float, y: float, value: float) -> float:
    """Give what x^y has lost for a whole y, where that can be told; an ulp where not."""
    if y == 2.0:
        square = x * x
        return _product(x, x, square) + (square - value)
    if y in (0.0, 1.0) or x in (0.0, 1.0, -1.0):
        return 0.0
    if y > 0.0 and fabs(value) < 2.0**53 and x.is_integer() and y.is_integer():
        return float(int(x) ** int(y) - int(value))
    return ulp(value)


def _power1(x: float, y: float, value: float) -> float:
    """Give what y*x^(y - 1) may lose: nothing for 2*x, two roundings for a whole y."""
    if y in (0.0, 1.0, 2.0):
        return 0.0
    return (2.0 if y.is_integer() else ULPS) * ulp(value)


EXACTLY: dict[str, Callable[..., float]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "sqrt": _root,
    "pow": _power,
    "pow1": _power1,
}
