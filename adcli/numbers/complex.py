"""The complex numbers of the complex step: what every primitive does to x + ih, for an h whose square is nothing.

Im f(x + ih)/h is f'(x) without a difference that could cancel (Squire and Trapp, Using complex variables to estimate
derivatives of real functions, 1998). No rule of the table is asked: the imaginary part comes from cmath, or from a
closed form that has it in full for a tiny h, and the real part is what the floats say, since h^2 is far below its last
place; so every comparison is decided here as it is there.

A number is a float where it does not depend on the input that is stepped, and a complex otherwise. Where there is no
complex form (cmath has no gamma; a kink has two sides; a branch point has no slope) the number is a Formless one, which
says why; it matters only if the result needs it.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from math import atan2, isfinite, log, sin
from typing import Any

from adcli.numbers.system import FLOATS, System
from adcli.rules import CONSTANTS, row
from adcli.rules.primitive import Primitive


class Formless:
    """A number of which only the real part is known, and why that is so."""

    __slots__ = ("real", "reason")

    def __init__(self, real: float, reason: str) -> None:
        self.real, self.reason = real, reason


Number = Any
"""A float, a complex or a Formless; each has ``real``."""

_LN2 = log(2.0)

BRANCH_POINTS = {
    "sqrt": "x == 0", "cbrt": "x == 0", "root": "x == 0 and n != 1", "pow": "x == 0 and y != floor(y)",
    "asin": "abs(x) == 1", "acos": "abs(x) == 1", "asec": "abs(x) == 1", "acsc": "abs(x) == 1",
    "acosh": "x == 1", "asech": "x == 1", "atan2": "x == 0 and y == 0",
}  # fmt: skip
"""Where a function has a value but no derivative in the complex plane."""


# Closed forms: each gives a number with the right imaginary part for a tiny one of its arguments; the real part is not used.


def root(x: complex, n: float) -> complex:
    if n == 1.0:
        return x
    if x.real < 0.0:
        return -root(-x, n)
    return complex(0.0, FLOATS.by_name["root"](x.real, n) * sin(atan2(x.imag, x.real) / n))


def pow_(x: Number, y: Number) -> complex | None:
    """Give x^y in polar form; a negative x has a power for a constant whole y alone, that of -x but for the sign."""
    if isinstance(y, complex) and x.real <= 0.0:
        return 0j if x == 0.0 and isinstance(x, float) and y.real > 0.0 else None
    if x.real == 0.0:  # a whole power, of which only the first has a part in h
        return complex(x) if y == 1.0 else 0j
    length = FLOATS.by_name["pow"](x.real, y.real)
    base = complex(x if x.real > 0.0 else -x)
    turned = y.real * atan2(base.imag, base.real) + (y.imag * log(base.real) if y.imag else 0.0)
    return complex(0.0, length * sin(turned))


def exp2(x: complex) -> complex:
    return complex(0.0, FLOATS.by_name["exp2"](x.real) * sin(_LN2 * x.imag))


def hypot(x: Number, y: Number) -> complex:
    """Give the larger one times sqrt(1 + (smaller/larger)^2), which cannot overflow on the way."""
    if abs(x.real) < abs(y.real):
        x, y = y, x
    ratio = y / x
    size: complex = abs_(x) * cmath.sqrt(1.0 + ratio * ratio)
    return size


def atan2_(y: Number, x: Number) -> complex:
    return cmath.atan(y / x) if abs(x.real) >= abs(y.real) else -cmath.atan(x / y)


def asec(x: complex) -> complex:
    """Give acos(1/x) by its tangent, as the floats do."""
    if x.real < 0.0:
        return -asec(-x)
    return cmath.atan(cmath.sqrt(x - 1.0) * cmath.sqrt(x + 1.0))


def acoth(x: complex) -> complex:
    return -acoth(-x) if x.real < 0.0 else 0.5 * cmath.log(1.0 + 2.0 / (x - 1.0))


def sech(x: complex) -> complex:
    if abs(x.real) < 1.0:
        return 1.0 / cmath.cosh(x)
    power = cmath.exp(-x if x.real > 0.0 else x)
    return 2.0 * power / (1.0 + power * power)


def csch(x: complex) -> complex:
    if abs(x.real) < 1.0:
        return 1.0 / cmath.sinh(x)
    if x.real < 0.0:
        return -csch(-x)
    power = cmath.exp(-x)
    return 2.0 * power / (1.0 - power * power)


def sigmoid(x: complex) -> complex:
    if x.real >= 0.0:
        return 1.0 / (1.0 + cmath.exp(-x))
    power = cmath.exp(x)
    return power / (1.0 + power)


def softplus(x: complex) -> complex:
    return x + cmath.log(1.0 + cmath.exp(-x)) if x.real > 0.0 else cmath.log(1.0 + cmath.exp(x))


def abs_(x: Number) -> Number:
    return x if x.real >= 0.0 else -x


def relu(x: complex) -> Number:
    return x if x.real > 0.0 else 0.0


def where(c: Number, a: Number, b: Number) -> Number:
    return a if c.real else b


def least(*numbers: Number) -> Number:
    return min(numbers, key=lambda number: number.real)


def largest(*numbers: Number) -> Number:
    return max(numbers, key=lambda number: number.real)


CHOOSING = {"where": where, "min": least, "max": largest}
"""Functions that give one of their arguments as it is."""

# fmt: off
FORMS: dict[str, Callable[..., Number]] = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y,
    "neg": lambda x: -x, "pow": pow_, "sqrt": cmath.sqrt, "cbrt": lambda x: root(x, 3.0), "root": root, "hypot": hypot,
    "exp": cmath.exp, "exp2": exp2, "expm1": cmath.exp,
    "ln": cmath.log, "log2": lambda x: cmath.log(x) / _LN2, "log10": cmath.log10, "log1p": lambda x: cmath.log(1.0 + x),
    "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "cot": lambda x: 1.0 / cmath.tan(x), "sec": lambda x: 1.0 / cmath.cos(x), "csc": lambda x: 1.0 / cmath.sin(x),
    "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan, "acot": lambda x: cmath.atan(1.0 / x),
    "asec": asec, "acsc": lambda x: -asec(x), "atan2": atan2_,
    "sinh": cmath.sinh, "cosh": cmath.cosh, "tanh": cmath.tanh, "coth": lambda x: 1.0 / cmath.tanh(x), "sech": sech, "csch": csch,
    "asinh": cmath.asinh, "acosh": cmath.acosh, "atanh": cmath.atanh, "acoth": acoth,
    "asech": lambda x: 2.0 * cmath.asinh(cmath.sqrt((1.0 - x) / (2.0 * x))), "acsch": lambda x: cmath.asinh(1.0 / x),
    "abs": abs_, "relu": relu, "sigmoid": sigmoid, "softplus": softplus,
    "logit": lambda x: complex(0.0, atan2(x.imag, x.real) + atan2(x.imag, 1.0 - x.real)),
}
# fmt: on


OUT_OF_RANGE = (ValueError, OverflowError, ZeroDivisionError, TypeError)
"""What cmath raises; and, where the text of an internal row multiplies a Formless number, Python."""


class Functions(dict[str, Any]):
    """Each primitive by name as a function on these numbers, and each constant, made when first asked for."""

    def __missing__(self, name: str) -> Any:
        made = self[name] = FLOATS.by_name[name] if name in CONSTANTS else self._function(name)
        return made

    def _function(self, name: str) -> Callable[..., Number]:
        of_reals, form, choose = FLOATS.by_name[name], FORMS.get(name), CHOOSING.get(name)

        def function(*arguments: Number) -> Number:
            reals = [argument.real for argument in arguments]
            value = of_reals(*reals)
            if all(type(argument) is float for argument in arguments):
                return value
            own = row(name, len(arguments))
            if own.constant:  # floor, a comparison: what it gives does not move
                return value
            if choose is not None:
                reason = obstacle(own, reals, value)
                return choose(*arguments) if reason is None else Formless(value, reason)
            reasons = (argument.reason for argument in arguments if type(argument) is Formless)
            reason = next(reasons, None) or obstacle(own, reals, value)
            if reason is not None:
                return Formless(value, reason)
            try:  # an internal row is computed as the ordinary expression that it prints as
                shown = own.shown and COMPLEX.expression(own.shown, own.parameters)
                full = shown(*arguments) if shown else form and form(*arguments)
            except OUT_OF_RANGE:
                return Formless(value, f"{called(own)} leaves the range of doubles there")
            if full is None or type(full) is Formless:
                return Formless(value, full.reason if full else f"{called(own)} has no complex form")
            return complex(value, full.imag) if type(full) is complex else value

        return _quick(form, of_reals, function) if form and name in ("add", "sub", "mul") else function


def _quick(form: Callable[..., Number], of_reals: Callable[..., float], function: Callable[..., Number]) -> Any:
    """Return an operation of two numbers that does without the general way as long as all is finite, ten times as fast."""

    def quick(x: Number, y: Number) -> Number:
        try:
            full = form(x, y)
        except OUT_OF_RANGE:  # one is Formless
            return function(x, y)
        if type(full) is not complex:
            return full
        value = of_reals(x.real, y.real)
        return complex(value, full.imag) if isfinite(value) else function(x, y)

    return quick


def obstacle(own: Primitive, reals: list[float], value: float) -> str | None:
    """Return why a row has no complex form at real arguments where others of its kind have one; None where it has."""
    if own.name == "where":
        return None
    if own.kink and FLOATS.expression(own.kink, (*own.parameters, "r"))(*reals, value):
        return f"{called(own)} has a kink there, and a complex step sees no side of it"
    if own.name in BRANCH_POINTS and FLOATS.expression(BRANCH_POINTS[own.name], own.parameters)(*reals):
        return f"{called(own)} has a branch point there, and no derivative in the complex plane"
    return None if isfinite(value) else f"{called(own)} is not finite on the way"


def called(own: Primitive) -> str:
    """Return how a reason speaks of a primitive."""
    return f'"{own.sign}"' if own.sign else own.name


COMPLEX = System(Functions(), float)
