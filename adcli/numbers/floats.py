"""The number system of Python floats: what every primitive does to doubles, by the math module alone.

FUNCTIONS maps the name of a primitive to a plain function on floats. Every one is total: it never raises, whatever
doubles it is given, and answers as IEEE 754 and C99 (annex F) do: ln 0 is -inf, ln -1 is nan, 1/0 is inf, exp 1000 is
inf, (-8)^(1/3) is nan. Where the textbook's formula loses digits, the function says what it does instead.

A name that Python itself uses carries an underscore in the code (``min_``, ``and_``), as in the operator module; in
FUNCTIONS all names are the primitives' own.
"""

from __future__ import annotations

import math
import operator
from math import copysign, fabs, isnan

from adcli.numbers import circular as c
from adcli.numbers import powers as p
from adcli.numbers.gamma import gamma, lgamma
from adcli.numbers.polygamma import digamma, polygamma

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_WHOLE = 2.0**52
"""From here on every double is a whole number."""


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


# Pieces.


def sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def floor(x: float) -> float:
    whole = x // 1.0
    return x if isnan(whole) else whole  # Python has inf // 1 = nan


def ceil(x: float) -> float:
    whole = -(-x // 1.0)
    return x if isnan(whole) else whole


def round_(x: float) -> float:
    """Round to the nearest whole number, a half to the even one: adding 2^52 leaves no room for a fraction."""
    size = fabs(x)
    return copysign((size + _WHOLE) - _WHOLE, x) if size < _WHOLE else x


def min_(x: float, *others: float) -> float:
    for y in others:
        if y < x or isnan(y):  # once x is nan it stays: no comparison with it is true
            x = y
    return x


def max_(x: float, *others: float) -> float:
    for y in others:
        if y > x or isnan(y):
            x = y
    return x


def step(x: float) -> float:
    return 1.0 if x > 0.0 else 0.0 if x < 0.0 else x + 0.5


def relu(x: float) -> float:
    return x if x > 0.0 or isnan(x) else 0.0


def stop(x: float) -> float:
    """Give x itself; that its derivative counts as 0 is the rule's affair."""
    return x


# fmt: off
FUNCTIONS: dict[str, Callable[..., float]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "div": p.div, "pow": p.pow_,
    "lt": lt, "le": le, "gt": gt, "ge": ge, "eq": eq, "ne": ne, "and": and_, "or": or_, "not": not_, "where": where,
    "sin": c.sin, "cos": c.cos, "tan": c.tan, "cot": c.cot, "sec": c.sec, "csc": c.csc,
    "asin": c.asin, "acos": c.acos, "atan": math.atan, "acot": c.acot, "asec": c.asec, "acsc": c.acsc,
    "atan2": math.atan2,
    "sinh": c.sinh, "cosh": c.cosh, "tanh": math.tanh, "coth": c.coth, "sech": c.sech, "csch": c.csch,
    "asinh": math.asinh, "acosh": c.acosh, "atanh": c.atanh, "acoth": c.acoth, "asech": c.asech, "acsch": c.acsch,
    "exp": p.exp, "exp2": p.exp2, "expm1": p.expm1, "ln": p.ln, "log10": p.log10, "log2": p.log2, "log1p": p.log1p,
    "sqrt": p.sqrt, "cbrt": p.cbrt, "root": p.root, "hypot": math.hypot,
    "abs": fabs, "sign": sign, "floor": floor, "ceil": ceil, "round": round_, "min": min_, "max": max_,
    "step": step, "relu": relu, "stop": stop,
    "sigmoid": p.sigmoid, "logit": p.logit, "softplus": p.softplus,
    "erf": math.erf, "erfc": math.erfc,
    "gamma": gamma, "lgamma": lgamma, "digamma": digamma, "polygamma": polygamma,
    # Internal: they appear in rules, nobody types them.
    "sech2": c.sech2, "csch2": c.csch2, "pow1": p.pow1, "powln": p.powln, "root1": p.root1,
    "cosquare": p.cosquare, "sigmoid1": p.sigmoid1, "gauss": p.gauss, "lorentz": p.lorentz, "cosine": p.cosine, "polar": p.polar,
}
# fmt: on

RAISING: dict[str, Callable[..., float]] = FUNCTIONS | {
    "div": operator.truediv, "pow": math.pow,
    **{name: getattr(math, name) for name in (
        "sin", "cos", "tan", "asin", "acos", "sinh", "cosh", "acosh", "atanh", "exp", "expm1", "log10", "log2", "log1p", "sqrt",
    )},
    "ln": math.log,
}  # fmt: skip
"""The same, but that some of them raise where those answer with an infinity or nan: Python's own, which are quicker."""
