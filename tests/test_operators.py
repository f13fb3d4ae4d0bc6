"""jvp, vjp, jacobian, hessian and hvp, and deriv inside the language, against mpmath's derivatives with 60 digits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from adcli import answers, derive
from adcli.answers import Request
from adcli.language import elaborate, parse
from adcli.numbers.system import FLOATS
from adcli.sweeps import evaluate

pytestmark = pytest.mark.core

m = mpmath
DIGITS = 60

FUNCTIONS: list[tuple[str, Callable[..., Any]]] = [
    ("x^2*y + y^3", lambda x, y: x**2 * y + y**3),
    ("sin(x)*cos(y)", lambda x, y: m.sin(x) * m.cos(y)),
    ("exp(x*y)", lambda x, y: m.exp(x * y)),
    ("ln(x + y^2)", lambda x, y: m.log(x + y**2)),
    ("x^y", lambda x, y: x**y),
    ("y^(x/2)", lambda x, y: y ** (x / 2)),
    ("x/y", lambda x, y: x / y),
    ("x/(1 + x^2 + y^2)", lambda x, y: x / (1 + x**2 + y**2)),
    ("sqrt(x*y + 1)", lambda x, y: m.sqrt(x * y + 1)),
    ("hypot(x, y)", lambda x, y: m.sqrt(x**2 + y**2)),
    ("atan2(y, x)", lambda x, y: m.atan2(y, x)),
    ("atan(x*y)", lambda x, y: m.atan(x * y)),
    ("asin(x/5)*acos(y/5)", lambda x, y: m.asin(x / 5) * m.acos(y / 5)),
    ("tanh(x - y)", lambda x, y: m.tanh(x - y)),
    ("sinh(x)*cosh(y)", lambda x, y: m.sinh(x) * m.cosh(y)),
    ("asinh(x*y)", lambda x, y: m.asinh(x * y)),
    ("acosh(1 + x*y)", lambda x, y: m.acosh(1 + x * y)),
    ("atanh(x/(y + 3))", lambda x, y: m.atanh(x / (y + 3))),
    ("tan(x/4)*sec(y/4)", lambda x, y: m.tan(x / 4) * m.sec(y / 4)),
    ("erf(x - y)", lambda x, y: m.erf(x - y)),
    ("gamma(x + y)", lambda x, y: m.gamma(x + y)),
    ("lgamma(x*y)", lambda x, y: m.loggamma(x * y).real),
    ("digamma(x + y/2)", lambda x, y: m.digamma(x + y / 2)),
    ("polygamma(2, x*y)", lambda x, y: m.polygamma(2, x * y)),
    ("sigmoid(x - 2*y)", lambda x, y: 1 / (1 + m.exp(2 * y - x))),
    ("softplus(y - x)", lambda x, y: m.log(1 + m.exp(y - x))),
    ("logit(x/(x + y))", lambda x, y: m.log(x / y)),
    ("cbrt(x)*root(y, 5)", lambda x, y: m.cbrt(x) * m.root(y, 5)),
    ("exp2(x)*log2(y + 1)", lambda x, y: 2**x * m.log(y + 1, 2)),
    ("expm1(x*y)*log1p(x)", lambda x, y: m.expm1(x * y) * m.log1p(x)),
    ("log10(x)*log(y, 3)", lambda x, y: m.log10(x) * m.log(y, 3)),
    ("(1 - x)^2 + 100*(y - x^2)^2", lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2),
    ("abs(x - 5*y)*max(x, y)", lambda x, y: abs(x - 5 * y) * max(x, y)),
    ("where(x > y, x*y^2, x - y)", lambda x, y: x * y**2 if x > y else x - y),
    ("sum(k=1..4, x^k/(y + k))", lambda x, y: sum(x**k / (y + k) for k in range(1, 5))),
    ("y*deriv(sin(x*y), x)", lambda x, y: y * y * m.cos(x * y)),
    ("t = x; t = (t + y/t)/2; t = (t + y/t)/2; t", lambda x, y: newton(newton(x, y), y)),
]
POINT = {"x": 1.25, "y": 0.8125}
DIRECTION = {"x": 0.625, "y": -1.5}


def newton(t: Any, y: Any) -> Any:
    """Return the next approximation of a root."""
    return (t + y / t) / 2


def truth(function: Callable[..., Any], *orders: int) -> Any:
    """Return a partial derivative at the point."""
    with mp.workdps(DIGITS):
        point = tuple(mpf(value) for value in POINT.values())
        return m.diff(function, point, orders) if any(orders) else function(*point)


def gradient(function: Callable[..., Any]) -> list[Any]:
    """Return both first derivatives."""
    return [truth(function, 1, 0), truth(function, 0, 1)]


def hessian(function: Callable[..., Any]) -> list[list[Any]]:
    """Return the matrix of second derivatives."""
    mixed = truth(function, 1, 1)
    return [[truth(function, 2, 0), mixed], [mixed, truth(function, 0, 2)]]


def near(found: float, true: Any, scale: Any = 0) -> bool:
    """Say whether a number is right but for rounding on the scale of what it is made of."""
    return bool(abs(found - true) <= 2e-13 * max(abs(true), abs(scale), mpf(1) / 100))


def ask(command: str, expression: str, **options: Any) -> dict[str, Any]:
    """Return the results of a command at the point."""
    return answers.answer(Request(command, expression, POINT, **options)).results


@pytest.mark.parametrize(("expression", "function"), FUNCTIONS, ids=[expression for expression, _ in FUNCTIONS])
def test_one_result(expression: str, function: Callable[..., Any]) -> None:
    """jvp, vjp, hessian and hvp of a program with one result."""
    first, second, v = gradient(function), hessian(function), list(DIRECTION.values())
    scale = max(abs(entry) for row in second for entry in row)
    assert near(ask("jvp", expression, tangent=DIRECTION)["tangent"], first[0] * v[0] + first[1] * v[1], first[0])
    product = ask("vjp", expression, cotangent=[-2.5])["cotangent_product"]
    assert near(product["x"], -2.5 * first[0]) and near(product["y"], -2.5 * first[1])
    found = ask("hessian", expression)
    for i, row in enumerate("xy"):
        assert near(found["gradient"][row], first[i])
        for j, column in enumerate("xy"):
            assert near(found["hessian"][row][column], second[i][j], scale), (row, column)
    found = ask("hvp", expression, tangent=DIRECTION)["hvp"]
    for i, row in enumerate("xy"):
        assert near(found[row], second[i][0] * v[0] + second[i][1] * v[1], scale), row


SCALAR = [case for case in FUNCTIONS if ";" not in case[0]]


@pytest.mark.parametrize(("one", "other"), list(pairwise(SCALAR)), ids=lambda case: case[0])
def test_several_results(one: tuple[str, Callable[..., Any]], other: tuple[str, Callable[..., Any]]) -> None:
    """jvp, vjp and jacobian of a program with three results, two of which share what they are made of."""
    text = f"[{one[0]}, {other[0]}, ({one[0]})*x]"
    functions = [one[1], other[1], lambda x, y: one[1](x, y) * x]
    rows = [gradient(function) for function in functions]
    for mode in ("forward", "reverse"):
        found = ask("jacobian", text, mode=mode)
        assert all(map(near, found["value"], (truth(function, 0, 0) for function in functions)))
        for column, name in enumerate("xy"):
            assert all(near(d, row[column]) for d, row in zip(found["jacobian"][name], rows)), (mode, name)
    v, w = list(DIRECTION.values()), [2.0, -0.5, 0.25]
    tangents = ask("jvp", text, tangent=DIRECTION)["tangent"]
    assert all(near(d, row[0] * v[0] + row[1] * v[1], row[0]) for d, row in zip(tangents, rows))
    product = ask("vjp", text, cotangent=w)["cotangent_product"]
    for column, name in enumerate("xy"):
        terms = [weight * row[column] for weight, row in zip(w, rows)]
        assert near(product[name], sum(terms), max(map(abs, terms))), name


def test_shared_subexpressions_are_computed_once() -> None:
    """Two results with the same factor have one node for it."""
    program = elaborate(parse("[sin(x*y)*x, sin(x*y)*y]"), {})
    assert [node[0].name for node in program.graph.nodes[2:]] == ["mul", "sin", "mul", "mul"]


def test_published_second_derivatives() -> None:
    """What the Haskell library ad prints for exp(x*y) at (1, 2), as a jet of second order, and CppAD for 1 + x + x^2/2."""
    found = answers.answer(Request("hessian", "exp(x*y)", {"x": 1.0, "y": 2.0})).results["hessian"]
    e2 = 7.38905609893065
    expected = {"x": {"x": 4 * e2, "y": 3 * e2}, "y": {"x": 3 * e2, "y": e2}}
    assert {name: pytest.approx(row, rel=1e-14) for name, row in expected.items()} == found
    assert answers.answer(Request("hessian", "1 + x + x*x/2", {"x": 0.5})).results["hessian"] == {"x": {"x": 1.0}}


CONFUSIONS = [
    # program                                             point                    value   gradient
    ("x*deriv(x*y, y)",                                   {"x": 4, "y": 5},        16,     {"x": 8, "y": 0}),
    ("x*deriv(x + y, y)",                                 {"x": 1, "y": 1},        1,      {"x": 1, "y": 0}),
    ("q = x*y; deriv(q + x*y, q)",                        {"x": 4, "y": 5},        1,      {"x": 0, "y": 0}),
    ("q = x*y; deriv(q*x*y, q)",                          {"x": 4, "y": 5},        20,     {"x": 5, "y": 4}),
    ("g(t) = deriv(t*x*y, t); g(x*y)",                    {"x": 4, "y": 5},        20,     {"x": 5, "y": 4}),
    ("deriv(x*deriv(x*y, y), x)",                         {"x": 4, "y": 5},        8,      {"x": 2, "y": 0}),
    ("deriv(x*deriv(y*deriv(x*y*z, z), y), x)",           {"x": 4, "y": 5, "z": 3}, 80,    {"x": 20, "y": 16, "z": 0}),
    ("x*deriv(y*deriv(z*x^2*y, x), y)",                   {"x": 4, "y": 5, "z": 3}, 960,   {"x": 480, "y": 192, "z": 320}),
    ("deriv(deriv(deriv(x^5, x), x), x)",                 {"x": 2},                240,    {"x": 240}),
    ("f(x) = x^2*y; deriv(f(y), y)",                      {"y": 3},                27,     {"y": 18}),
    ("f(t) = t*q; q = x; deriv(f(q), q)",                 {"x": 3, "q": 2},        2,      {"x": 0, "q": 1}),
    ("q = x^2; f(t) = t*q; deriv(f(q), q)",               {"x": 3},                18,     {"x": 12}),
    ("f(t) = t*x; h(x) = deriv(f(x), x); h(y)",           {"x": 3, "y": 2},        3,      {"x": 1, "y": 0}),
    ("deriv(x*y, x) + x",                                 {"x": 4, "y": 5},        9,      {"x": 1, "y": 1}),
    ("t = x^2; t = deriv(t^3, t)*t; t",                   {"x": 2},                192,    {"x": 576}),
]  # fmt: skip
"""Where derivatives inside one another could be mixed up; the numbers are worked by hand."""


@pytest.mark.parametrize(("expression", "point", "value", "expected"), CONFUSIONS, ids=[case[0] for case in CONFUSIONS])
def test_nested_derivatives_do_not_mix(
    expression: str, point: dict[str, float], value: float, expected: dict[str, float]
) -> None:
    """deriv is right in every mode, its own derivative too."""
    point = {name: float(number) for name, number in point.items()}
    for mode in ("forward", "reverse"):
        found = answers.answer(Request("grad", expression, point, mode=mode)).results
        assert found["value"] == value and found["gradient"] == expected, mode
    program = elaborate(parse(expression), point)
    graph, nodes = derive.symbolic_gradient(program.graph, program.output, program.inputs)
    values = evaluate(graph, point, FLOATS)
    assert {name: values[node] for name, node in nodes.items()} == expected


def test_deriv_of_a_long_program_does_not_recurse() -> None:
    """A chain of 10^4 steps can be differentiated twice."""
    text = "t = x\n" + "t = t + x/10000\n" * 10_000 + "deriv(deriv(t^2, t)*x, x)"
    program = elaborate(parse(text), {})
    assert evaluate(program.graph, {"x": 1.0}, FLOATS)[program.output] == pytest.approx(4, rel=1e-12)
