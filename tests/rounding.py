"""How good the estimates of rounding errors are; run as a script, the table of the README.

Each program of SAMPLE is computed on doubles, as a person gets it, and in mpmath's arithmetic with its decimal numbers as
they are typed, at the doubles of the point. The true derivatives are those of the gradient program in that arithmetic.

    python tests/rounding.py            prints Markdown
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from statistics import median
from typing import Any, NamedTuple

import mpmath
import truth
from mpmath import mp, mpf

from adcli import derive, rounding
from adcli.graph import INPUT, NUMBER, Graph
from adcli.language import Program, elaborate, parse
from adcli.numbers.system import FLOATS
from adcli.rules import WHERE
from adcli.sweeps import evaluate

PRECISION = 400
"""Bits: some 120 digits, of which the worst of these programs loses 40."""

SEVENTH = "x^7 - 7*x^6 + 21*x^5 - 35*x^4 + 35*x^3 - 21*x^2 + 7*x - 1"
HORNER = "((((((x - 7)*x + 21)*x - 35)*x + 35)*x - 21)*x + 7)*x - 1"
RUMP = "333.75*y^6 + x^2*(11*x^2*y^2 - y^6 - 121*y^4 - 2) + 5.5*y^8 + x/(2*y)"
HERON = "s = (a + b + c)/2; sqrt(s*(s - a)*(s - b)*(s - c))"


def steps(first: str, step: str, count: int) -> str:
    """Return the text of a recurrence: in ``step`` the letters p and q stand for the last term and the one before."""
    lines = [first]
    for k in range(2, count):
        lines.append(f"t{k} = " + step.replace("p", f"t{k - 1}").replace("q", f"t{k - 2}").replace("N", str(k)))
    return "; ".join([*lines, f"t{count - 1}"])


MULLER = steps("t0 = x; t1 = y", "108 - (815 - 1500/q)/p", 12)
LEGENDRE = steps("t0 = 1; t1 = x", "((2*N - 1)*x*p - (N - 1)*q)/N", 41)
LOGISTIC = steps("t0 = x; t1 = r*t0*(1 - t0)", "r*p*(1 - p)", 26)
RECIPROCAL = steps("t0 = 1; t1 = t0*(2 - a*t0)", "p*(2 - a*p)", 50)

SAMPLE: list[tuple[str, str, list[dict[str, float]]]] = [
    # what it is called, the program, where
    ("(1 - cos(x))/x^2", "(1 - cos(x))/x^2", [{"x": x} for x in (1e-8, 1e-5, 1e-3, 0.5)]),
    ("its square", "((1 - cos(x))/x^2)^2", [{"x": x} for x in (1e-8, 1e-5)]),
    ("2*sin(x/2)^2/x^2", "2*sin(x/2)^2/x^2", [{"x": 1e-8}]),
    ("(x - 1)^7 expanded", SEVENTH, [{"x": x} for x in (0.988, 0.991, 0.994, 0.997, 0.9999, 1.0, 1.003, 1.006, 1.009, 1.012)]),
    ("(x - 1)^7 by Horner", HORNER, [{"x": x} for x in (0.988, 1.006)]),
    ("(x - 1)^7", "(x - 1)^7", [{"x": 0.988}]),
    ("the smaller root of x^2 + b*x + c", "(-b + sqrt(b^2 - 4*c))/2", [{"b": b, "c": 1.0} for b in (1e8, 1e4, 3.0)]),
    ("the same by Vieta", "2*c/(-b - sqrt(b^2 - 4*c))", [{"b": 1e8, "c": 1.0}]),
    ("sqrt(x + 1) - sqrt(x)", "sqrt(x + 1) - sqrt(x)", [{"x": x} for x in (1e12, 1e6)]),
    ("1/(sqrt(x + 1) + sqrt(x))", "1/(sqrt(x + 1) + sqrt(x))", [{"x": 1e12}]),
    ("exp(x) - 1", "exp(x) - 1", [{"x": x} for x in (1e-12, 1e-6)]),
    ("expm1(x)", "expm1(x)", [{"x": 1e-12}]),
    ("(exp(x) - 1)/x", "(exp(x) - 1)/x", [{"x": x} for x in (1e-9, 0.1)]),
    ("(a + b) - a", "(a + b) - a", [{"a": 1e16, "b": 3.3}, {"a": 1.0, "b": 1e-8}]),
    ("Rump's polynomial", RUMP, [{"x": 77617.0, "y": 33096.0}]),
    ("Heron's formula, a needle", HERON, [{"a": 1.0, "b": 0.75, "c": 0.2500001}]),
    ("Heron's formula", HERON, [{"a": 3.0, "b": 4.1, "c": 5.2}]),
    ("Muller and Kahan's recurrence, 12 terms", MULLER, [{"x": 4.0, "y": 4.25}]),
    ("a sum of 1000 times 0.1*x", " + ".join(["0.1*x"] * 1000), [{"x": 0.7}]),
    ("x - 1000*0.1, summed", f"x - ({' + '.join(['0.1'] * 1000)})", [{"x": 100.0}]),
    ("the harmonic sum to 500, of x/k", "sum(k=1..500, x/k)", [{"x": 0.3}]),
    ("ln(1 + x)", "ln(1 + x)", [{"x": x} for x in (1e-10, 1e-3)]),
    ("log1p(x)", "log1p(x)", [{"x": 1e-10}]),
    ("(1 + 1/n)^n", "(1 + 1/n)^n", [{"n": 1e10}]),
    ("sin(x)", "sin(x)", [{"x": x} for x in (1e22, 355.0)]),
    ("sin(x + y)", "sin(x + y)", [{"x": 1e15, "y": 0.3}]),
    ("sin(pi*x)", "sin(pi*x)", [{"x": x} for x in (1e6, 0.25)]),
    ("tan(x)", "tan(x)", [{"x": 1.5707963}]),
    ("x - sin(x)", "x - sin(x)", [{"x": 1e-4}]),
    ("tanh(x) - 1", "tanh(x) - 1", [{"x": 15.0}]),
    ("acos(x/sqrt(x^2 + y^2))", "acos(x/sqrt(x^2 + y^2))", [{"x": 1.0, "y": 1e-5}, {"x": 1.0, "y": 2.0}]),
    ("the variance as E[x^2] - E[x]^2", "m = (x + y + z)/3; (x^2 + y^2 + z^2)/3 - m^2", [{"x": 1e6, "y": 1e6 + 1, "z": 1e6 + 2.5}]),
    ("(x^2 - y^2)/(x - y)", "(x^2 - y^2)/(x - y)", [{"x": 1.1, "y": 1.1000001}]),
    ("a determinant", "a*d - b*c", [{"a": 1.1, "b": 1.3, "c": 1.7, "d": 2.0090909090}]),
    ("exp(ln(x)*y)", "exp(ln(x)*y)", [{"x": 3.7, "y": 300.0}]),
    ("ln(exp(x) + exp(y))", "ln(exp(x) + exp(y))", [{"x": 1.0, "y": 300.0}]),
    ("sigmoid(x)*(1 - sigmoid(x))", "sigmoid(x)*(1 - sigmoid(x))", [{"x": 30.0}]),
    ("Legendre's P40", LEGENDRE, [{"x": 0.3}, {"x": 0.99}]),
    ("the logistic map, 25 steps", LOGISTIC, [{"x": 0.3, "r": 3.9}]),
    ("Newton's 1/a, 49 steps", RECIPROCAL, [{"a": 0.3}]),
    ("erf(x) - erf(y)", "erf(x) - erf(y)", [{"x": 2.0, "y": 2.000001}]),
    ("gamma(x + 1)/gamma(x)", "gamma(x + 1)/gamma(x)", [{"x": 20.3}]),
    ("sin(x)*y + ln(x)", "sin(x)*y + ln(x)", [{"x": 2.0, "y": 5.0}]),
    ("x*y + sin(x)", "x*y + sin(x)", [{"x": 0.5, "y": 4.2}]),
    ("1/(1 + x^2)", "1/(1 + x^2)", [{"x": 0.7}]),
    ("sqrt(x^2 + y^2)", "sqrt(x^2 + y^2)", [{"x": 0.1, "y": 0.7}]),
    ("exp(-x^2/2)/sqrt(2*pi)", "exp(-x^2/2)/sqrt(2*pi)", [{"x": 1.3}]),
    ("x^y", "x^y", [{"x": 2.3, "y": 1.7}]),
    ("0.1*x^2 - 0.3*x + 0.2", "0.1*x^2 - 0.3*x + 0.2", [{"x": 1.0}, {"x": 0.4}]),
]  # fmt: skip


# --- The truth ---


def exactly(graph: Graph, point: Mapping[str, float], precision: int = PRECISION) -> list[Any]:
    """Return the true value of every node, at inputs that are doubles; None for what has none (in a branch not taken)."""
    constants = {"pi": mp.pi, "e": mp.e, "tau": 2 * mp.pi, "inf": mp.inf}
    values: list[Any] = []
    with mp.workprec(precision):
        constants["deg"] = mp.pi / 180
        for head, *rest in graph.nodes:
            if head is INPUT:
                values.append(mpf(point[rest[0]]))
            elif head is NUMBER:
                values.append(mpf(rest[0]))
            elif not rest:
                values.append(+constants[head.name])
            else:
                operands = [values[argument] for argument in rest]
                if head is WHERE and operands[0] is not None:
                    values.append(operands[1 if operands[0] else 2])
                else:
                    values.append(None if None in operands else _closed(head.name, operands))
    return values


def _power(x: Any, y: Any) -> Any:
    """Give x^y, for a small whole y by products: floor(20^7) must not see what a logarithm has rounded."""
    return x ** int(y) if y == int(y) and 0 <= y <= 100 else truth.VALUES["pow"](x, y)


CLOSED: dict[str, Any] = {**truth.VALUES, "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "pow": _power}
"""The rows; an exact sum of numbers as far apart as exp(1e6) and 1 would fill the memory."""

BEYOND = mpf(2) ** 2000


def _closed(name: str, operands: Sequence[Any]) -> Any:
    """Return the true value of a row at numbers of mpmath; None where it is undefined, not real, or far beyond the doubles."""
    if any(abs(operand) > BEYOND for operand in operands):
        return None
    try:
        found = CLOSED[name](*operands)
    except (truth.Undefined, ZeroDivisionError, ValueError):
        return None
    return None if isinstance(found, mpmath.mpc) else found


class Comparison(NamedTuple):
    """What was computed, how far it is from the truth, and how far the estimate says it may be."""

    of: str
    result: float
    estimate: float
    error: float

    @property
    def within(self) -> bool:
        """Say whether the estimate holds; it is itself computed on doubles."""
        return self.error <= self.estimate * (1 + 1e-9)

    @property
    def ratio(self) -> float | None:
        """Give how many times the error the estimate is; None where there is no error."""
        return self.estimate / self.error if self.error else None


def error_of(result: float, true: Any) -> float:
    """Return how far a result is from the truth."""
    with mp.workprec(PRECISION):
        return float(abs(mpf(result) - true))


@cache
def program_of(text: str) -> Program:
    """Return a program that has no shape of its own."""
    return elaborate(parse(text), {})


def compared(text: str, point: Mapping[str, float], modes: Sequence[str] = ("reverse",)) -> Iterator[Comparison]:
    """Give the comparison of the value, and of the derivative by each input in each of the modes, where there is a truth."""
    program = program_of(text)
    graph, output, inputs = program.graph, program.output, program.inputs
    values = evaluate(graph, point, FLOATS)
    (estimate,) = rounding.of_values(graph, [output], values)
    true = exactly(graph, point)[output]
    if true is not None:
        yield Comparison("value", values[output], estimate, error_of(values[output], true))
    derived, nodes = derive.symbolic_gradient(graph, output, inputs)
    slopes = exactly(derived, point)
    for mode in modes:
        gradient = derive.gradient(graph, output, values, inputs, mode)
        estimates = rounding.of_gradient(graph, output, point, list(inputs), mode)
        for name, node in nodes.items():
            if slopes[node] is not None:
                yield Comparison(f"d/d{name}", gradient[name], estimates[name], error_of(gradient[name], slopes[node]))


# --- The table for the README ---


def table() -> Iterator[str]:
    """Give the lines of the table, in Markdown, and what its ratios are in the middle."""
    yield "| program | at | of | result | estimate | true error | estimate/true |"
    yield "|---|---|---|--:|--:|--:|--:|"
    ratios, without = [], 0
    for title, text, points in SAMPLE:
        for point in points:
            at = ", ".join(f"{name} = {value!r}" for name, value in point.items())
            for line in compared(text, point):
                ratio = line.ratio
                if ratio is None:
                    without += 1
                else:
                    ratios.append(ratio)
                shown = "no error" if ratio is None else f"{ratio:.2g}" if ratio < 100 else f"{ratio:.0f}"
                yield (
                    f"| `{title}` | {at} | {line.of} | {line.result:.6g} | {line.estimate:.1e} | {line.error:.1e} | {shown} |"
                )
    places = sum(len(points) for _, _, points in SAMPLE)
    yield ""
    yield (
        f"{places} programs at a point, {len(ratios) + without} values and derivatives. Median of estimate/true: "
        f"{median(ratios):.2g}, over the {len(ratios)} that have an error; three quarters are below {upper(ratios):.2g}."
    )


def upper(ratios: Sequence[float]) -> float:
    """Return the upper quartile."""
    return sorted(ratios)[math.ceil(0.75 * len(ratios)) - 1]


if __name__ == "__main__":
    print("<!-- rounding -->")
    for row in table():
        print(row)
    print("<!-- end -->")
