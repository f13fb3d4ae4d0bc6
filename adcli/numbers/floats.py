"""The number system of Python floats: what every primitive does to doubles, by the math module alone.

FUNCTIONS maps the name of a primitive to a plain function on floats. Every one is total: it never raises, whatever
doubles it is given, and answers as IEEE 754 and C99 (annex F) do: ln 0 is -inf, ln -1 is nan, 1/0 is inf, exp 1000 is
inf, (-8)^(1/3) is nan. Where the textbook's formula loses digits, the function says what it does instead.

A name that Python itself uses carries an underscore here (``abs_``, ``and_``), as in the operator module; in FUNCTIONS
all names are the primitives' own.
"""

from __future__ import annotations

import math
import operator
from math import copysign, fabs, inf, nan

from adcli.numbers.gamma import gamma, lgamma
from adcli.numbers.polygamma import digamma, polygamma

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LN2 = math.log(2.0)
_TINY = 2.0**-1022
"""The smallest normal double: below it a value has lost digits."""

_SPLITTER = 2.0**27 + 1.0
_WHOLE = 2.0**52
"""From here on every double is a whole number."""


# Arithmetic.


def div(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return nan if x == 0.0 or x != x else copysign(inf, x) * copysign(1.0, y)


def pow_(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except ValueError:  # zero to a negative power, or a negative number to a broken one
        if x:
            return nan
        return copysign(inf, x) if _odd(y) else inf
    except OverflowError:
        return -inf if x < 0.0 and _odd(y) else inf


def _odd(y: float) -> bool:
    return y % 2.0 == 1.0


def pow1(x: float, y: float) -> float:
    """Give y*x^(y - 1), the derivative of x^y by x.

    y - 1 rounds, and x^(y - 1) magnifies that by ln x; so what the rounding lost is put back to first order. Where the
    power alone leaves the range of doubles, half of it is multiplied in twice.
    """
    if y == 0.0:
        return 0.0
    if x < 0.0:  # the sign is told from y, since y - 1 may round to a number of the other parity
        if y % 1.0:
            return nan
        return pow1(-x, y) if _odd(y) else -pow1(-x, y)
    less = y - 1.0
    power = pow_(x, less)
    back = less - y
    lost = (y - (less - back)) - (1.0 + back)  # y - 1 == less + lost exactly (Knuth's TwoSum)
    if _TINY <= power < inf:
        value = y * power
    elif x == 0.0 or x == inf or x != x or y - y != 0.0:
        return y * power
    else:
        half = pow_(x, 0.5 * less)
        value = y * half * half
    if lost and value - value == 0.0:
        value += value * (lost * math.log(x))
    return value


def powln(x: float, y: float) -> float:
    """Give x^y*ln(x), the derivative of x^y by y: 0 at x = 0 for a positive y, nan for a negative x."""
    if x <= 0.0:
        return nan if x < 0.0 else 0.0 if y > 0.0 else nan if y != y else -inf
    if x == inf:
        return inf if y >= 0.0 else 0.0 if y < 0.0 else nan
    if x == 1.0:
        return 0.0 if y == y else nan
    power = pow_(x, y)
    if _TINY <= power < inf or y - y != 0.0 or x != x:
        return power * math.log(x)
    half = pow_(x, 0.5 * y)
    return half * math.log(x) * half


# Comparisons and logic: 1 for true, 0 for false; what is not zero is true.


def lt(x: float, y: float) -> float:
    return 1.0 if x < y else 0.0


def le(x: float, y: float) -> float:
    return 1.0 if x <= y else 0.0


def gt(x: float, y: float) -> float:
    return 1.0 if x > y else 0.0


def ge(x: float, y: float) -> float:
    return 1.0 if x >= y else 0.0


def eq(x: float, y: float) -> float:
    return 1.0 if x == y else 0.0


def ne(x: float, y: float) -> float:
    return 1.0 if x != y else 0.0


def and_(x: float, y: float) -> float:
    return 1.0 if x and y else 0.0


def or_(x: float, y: float) -> float:
    return 1.0 if x or y else 0.0


def not_(x: float) -> float:
    return 0.0 if x else 1.0


def where(c: float, a: float, b: float) -> float:
    return a if c else b


# Circular functions and their inverses.


def sin(x: float) -> float:
    try:
        return math.sin(x)
    except ValueError:
        return nan


def cos(x: float) -> float:
    try:
        return math.cos(x)
    except ValueError:
        return nan


def tan(x: float) -> float:
    try:
        return math.tan(x)
    except ValueError:
        return nan


def cot(x: float) -> float:
    return div(1.0, tan(x))


def sec(x: float) -> float:
    return div(1.0, cos(x))


def csc(x: float) -> float:
    return div(1.0, sin(x))


def asin(x: float) -> float:
    try:
        return math.asin(x)
    except ValueError:
        return nan


def acos(x: float) -> float:
    try:
        return math.acos(x)
    except ValueError:
        return nan


def acot(x: float) -> float:
    """Give atan(1/x), odd, with a jump at 0 (DLMF 4.23.9); pi/2 at either zero."""
    return math.atan(1.0 / x) if x else math.pi / 2.0


def asec(x: float) -> float:
    """Give acos(1/x) in [0, pi], by the tangent sqrt(x^2 - 1), which keeps its digits next to -1 and 1."""
    size = fabs(x)
    if size < 1.0:
        return nan
    return math.atan2(math.sqrt(size - 1.0) * math.sqrt(size + 1.0), copysign(1.0, x))


def acsc(x: float) -> float:
    """Give asin(1/x), by the tangent 1/sqrt(x^2 - 1), which keeps its digits next to -1 and 1."""
    size = fabs(x)
    if size < 1.0:
        return nan
    return math.atan2(copysign(1.0, x), math.sqrt(size - 1.0) * math.sqrt(size + 1.0))


# Hyperbolic functions and their inverses.


def sinh(x: float) -> float:
    try:
        return math.sinh(x)
    except OverflowError:
        return copysign(inf, x)


def cosh(x: float) -> float:
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


def coth(x: float) -> float:
    return div(1.0, math.tanh(x))


def sech(x: float) -> float:
    size = fabs(x)
    return 1.0 / math.cosh(size) if size < 20.0 else 2.0 * math.exp(-size)


def csch(x: float) -> float:
    size = fabs(x)
    return div(1.0, math.sinh(x)) if size < 20.0 else copysign(2.0 * math.exp(-size), x)


def acosh(x: float) -> float:
    try:
        return math.acosh(x)
    except ValueError:
        return nan


def atanh(x: float) -> float:
    try:
        return math.atanh(x)
    except ValueError:
        return copysign(inf, x) if fabs(x) == 1.0 else nan


def acoth(x: float) -> float:
    """Give atanh(1/x) as ln(1 + 2/(|x| - 1))/2: next to 1 the difference is exact, where 1/x has lost it."""
    size = fabs(x)
    if size <= 1.0:
        return copysign(inf, x) if size == 1.0 else nan
    return copysign(0.5 * math.log1p(2.0 / (size - 1.0)), x)


def asech(x: float) -> float:
    """Give acosh(1/x) as 2*asinh(sqrt((1 - x)/(2x))): next to 1 the difference is exact, where 1/x has lost it."""
    if 1e-300 < x <= 1.0:
        return 2.0 * math.asinh(math.sqrt((1.0 - x) / (2.0 * x)))
    if 0.0 < x <= 1e-300:
        return _LN2 - math.log(x)
    return inf if x == 0.0 else nan


def acsch(x: float) -> float:
    """Give asinh(1/x); where 1/x overflows, its leading logarithm."""
    if fabs(x) > 1e-300:
        return math.asinh(1.0 / x)
    return copysign(_LN2 - math.log(fabs(x)) if x else inf, x) if x == x else nan


# Exponentials and logarithms.


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def exp2(x: float) -> float:
    try:
        return math.pow(2.0, x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def ln(x: float) -> float:
    try:
        return math.log(x)
    except ValueError:
        return nan if x else -inf


def log10(x: float) -> float:
    try:
        return math.log10(x)
    except ValueError:
        return nan if x else -inf


def log2(x: float) -> float:
    try:
        return math.log2(x)
    except ValueError:
        return nan if x else -inf


def log1p(x: float) -> float:
    try:
        return math.log1p(x)
    except ValueError:
        return -inf if x == -1.0 else nan


def sigmoid(x: float) -> float:
    """Give 1/(1 + exp(-x)), by the exponential that does not overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power = math.exp(x)
    return power / (1.0 + power)


def logit(x: float) -> float:
    """Give ln(x/(1 - x)); about the root 1/2 as 2*atanh(2x - 1), whose argument is exact there."""
    if 0.25 < x < 0.75:
        return 2.0 * math.atanh(2.0 * x - 1.0)
    if 0.0 < x < 1.0:
        return math.log(x / (1.0 - x))
    return -inf if x == 0.0 else inf if x == 1.0 else nan


def softplus(x: float) -> float:
    """Give ln(1 + exp(x)), by the exponential that does not overflow."""
    if x > 0.0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


def gauss(x: float) -> float:
    """Give exp(-x^2). The square is split into its rounded value and the rest, which the exponential would magnify.

    Dekker, A floating-point technique for extending the available precision (1971).
    """
    if fabs(x) > 28.0:
        return 0.0
    square = x * x
    high = _SPLITTER * x
    high -= high - x
    low = x - high
    rest = ((high * high - square) + 2.0 * high * low) + low * low
    power = math.exp(-square)
    return power - power * rest


# Roots and lengths.


def sqrt(x: float) -> float:
    try:
        return math.sqrt(x)
    except ValueError:
        return nan


def cbrt(x: float) -> float:
    return root(x, 3.0)


def root(x: float, n: float) -> float:
    """Give the real n-th root of x, n a whole number: negative for a negative x and an odd n, nan for an even n.

    1/n rounds, and x^(1/n) magnifies that by ln x; so a power of 2^n is taken out first, exactly.
    """
    if n == 1.0:
        return x
    if n == -1.0:
        return div(1.0, x)
    if not n or math.isinf(n) or n % 1.0:
        return nan
    if x <= 0.0:
        if not _odd(n):
            return nan if x else pow_(0.0, 1.0 / n)
        return -root(-x, n) if x else pow_(x, copysign(1.0, n))
    if fabs(n) > 2000.0 or not x < inf:
        return pow_(x, 1.0 / n)
    mantissa, exponent = math.frexp(x)
    whole = int(n)
    taken = round(exponent / whole)
    return math.ldexp(math.pow(math.ldexp(mantissa, exponent - taken * whole), 1.0 / n), taken)


def root1(x: float, n: float) -> float:
    """Give root(x, n)/(n*x), the derivative of root(x, n) by x: 1 for n = 1, and infinite at 0 for a larger n."""
    if n == 1.0:
        return 1.0 if x == x else nan
    value = root(x, n)
    if value != value:
        return nan
    if x == 0.0:
        return copysign(inf, n)
    if math.isinf(x):
        return copysign(0.0, n)
    return value / n / x


def cosine(x: float, y: float) -> float:
    """Give x/hypot(x, y), the derivative of hypot(x, y) by x, and 0 at (0, 0)."""
    length = math.hypot(x, y)
    if 1e-290 < length < inf:
        return x / length
    if math.isinf(x):
        return nan if y - y != 0.0 else copysign(1.0, x)
    if length == 0.0:
        return 0.0
    if math.isinf(y):
        return x / length
    scale = 0.25 if length == inf else 2.0**600
    return x * scale / math.hypot(x * scale, y * scale)


def polar(x: float, y: float) -> float:
    """Give x/(x^2 + y^2), the derivative of atan2(y, x) by y, dividing by the length twice: a square overflows."""
    length = math.hypot(x, y)
    if 1e-290 < length < inf:
        return x / length / length
    if length == 0.0 or length != length:
        return nan
    if math.isinf(x) or math.isinf(y):
        return nan if x != x or y != y else copysign(0.0, x)
    scale = 0.25 if length == inf else 2.0**600
    length = math.hypot(x * scale, y * scale)
    return x * scale / length / length * scale


def lorentz(x: float) -> float:
    """Give 1/(1 + x^2), the derivative of atan; far out by (1/x)^2, since x^2 overflows."""
    if fabs(x) < 1e8:
        return 1.0 / (1.0 + x * x)
    inverse = 1.0 / x
    return inverse * inverse


# Pieces.


def sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def floor(x: float) -> float:
    whole = x // 1.0
    return whole if whole == whole else x  # Python has inf // 1 = nan


def ceil(x: float) -> float:
    whole = -(-x // 1.0)
    return whole if whole == whole else x


def round_(x: float) -> float:
    """Round to the nearest whole number, a half to the even one: adding 2^52 leaves no room for a fraction."""
    size = fabs(x)
    return copysign((size + _WHOLE) - _WHOLE, x) if size < _WHOLE else x


def min_(x: float, *others: float) -> float:
    for y in others:
        if y < x or y != y:  # once x is nan it stays: no comparison with it is true
            x = y
    return x


def max_(x: float, *others: float) -> float:
    for y in others:
        if y > x or y != y:
            x = y
    return x


def step(x: float) -> float:
    return 1.0 if x > 0.0 else 0.0 if x < 0.0 else x + 0.5


def relu(x: float) -> float:
    return x if x > 0.0 or x != x else 0.0


def stop(x: float) -> float:
    """Give x itself; that its derivative counts as 0 is the rule's affair."""
    return x


# fmt: off
FUNCTIONS: dict[str, Callable[..., float]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "div": div, "pow": pow_,
    "lt": lt, "le": le, "gt": gt, "ge": ge, "eq": eq, "ne": ne, "and": and_, "or": or_, "not": not_, "where": where,
    "sin": sin, "cos": cos, "tan": tan, "cot": cot, "sec": sec, "csc": csc,
    "asin": asin, "acos": acos, "atan": math.atan, "acot": acot, "asec": asec, "acsc": acsc, "atan2": math.atan2,
    "sinh": sinh, "cosh": cosh, "tanh": math.tanh, "coth": coth, "sech": sech, "csch": csch,
    "asinh": math.asinh, "acosh": acosh, "atanh": atanh, "acoth": acoth, "asech": asech, "acsch": acsch,
    "exp": exp, "exp2": exp2, "expm1": expm1, "ln": ln, "log10": log10, "log2": log2, "log1p": log1p,
    "sqrt": sqrt, "cbrt": cbrt, "root": root, "hypot": math.hypot,
    "abs": fabs, "sign": sign, "floor": floor, "ceil": ceil, "round": round_, "min": min_, "max": max_,
    "step": step, "relu": relu, "stop": stop,
    "sigmoid": sigmoid, "logit": logit, "softplus": softplus,
    "erf": math.erf, "erfc": math.erfc,
    "gamma": gamma, "lgamma": lgamma, "digamma": digamma, "polygamma": polygamma,
    # Internal: they appear in rules, nobody types them.
    "pow1": pow1, "powln": powln, "gauss": gauss, "lorentz": lorentz, "cosine": cosine, "polar": polar, "root1": root1,
}
# fmt: on
