"""The sweeps: on random programs every way finds the same derivatives, and they are what differences say they are.

Programs are made as text from the table's rows, so that they pass through the whole of the language; each function gets an
argument that stays in an interval where it is tame, which is found from the row itself. The checks are plain functions that
return their complaints (see test_the_tests.py).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf, isfinite, isnan
from typing import Any

import pytest
from accuracy import Program
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from points import places

from adcli import answers, derive
from adcli.answers import Answer, Request
from adcli.language import elaborate, parse
from adcli.numbers.system import FLOATS
from adcli.render.json import record
from adcli.rules import TABLE
from adcli.rules.primitive import ATOM, COMPARISON, Primitive
from adcli.sweeps import evaluate

# --- Programs from the table ---

INTERVALS = ((-1.5, 1.5), (0.25, 1.25), (0.25, 0.75), (-0.75, 0.75), (1.25, 3.0), (-0.25, 0.25))
NAMES = ("x", "y", "z")
WHOLE = {"root": (2, 3, 5), "polygamma": (0, 1, 2)}


@cache
def interval(primitive: Primitive) -> tuple[float, float] | None:
    """Return the first interval in which a row has values and derivatives of moderate size and no kink; None without one."""
    inside = FLOATS.expression(primitive.domain or "1", primitive.parameters)
    kink = FLOATS.expression(primitive.kink or "0", (*primitive.parameters, "r"))
    function, rules = FLOATS.functions[primitive], FLOATS.rules[primitive]
    for low, high in INTERVALS:
        grid = [low + (high - low) * k / 20 for k in range(21)] + [x for x in places(primitive) if low <= x <= high]
        fine = True
        for k, x in enumerate(grid):
            point = [x, grid[-1 - k]][: primitive.arity]
            if primitive.name in WHOLE:
                point = [3.0, x] if primitive.partials[0] is None else [x, 3.0]
            value = function(*point) if inside(*point) else inf
            slopes = [rule(*point, value) for rule in rules if rule is not None] if isfinite(value) else [inf]
            bent = primitive.arity == 1 and kink(*point, value)
            fine = fine and not bent and all(abs(number) < 50 for number in (value, *slopes))
        if fine:
            return low, high
    return None


UNARY = [
    row
    for row in TABLE.values()
    if row.arity == 1 and not row.shown and row.name not in ("stop", "not") and interval(row)
]
BINARY = [row for row in TABLE.values() if row.arity == 2 and not row.shown and row.strength == ATOM and interval(row)]
OPERATORS = [TABLE[name] for name in ("add", "sub", "mul", "div", "pow")]
COMPARISONS = [row for row in TABLE.values() if row.strength == COMPARISON and row.name not in ("eq", "ne")]


def tamed(text: str, bounds: tuple[float, float] | None) -> str:
    """Return an expression that follows another one smoothly and stays within bounds."""
    assert bounds is not None
    low, high = bounds
    return f"({(low + high) / 2} + {(high - low) / 2}*tanh({text}))"


def called(primitive: Primitive, operands: Sequence[str]) -> str:
    """Return a call of a row, or its sign between its operands; what it needs tamed is tamed."""
    if primitive.name in ("add", "sub", "mul", "neg"):
        operands = [f"({operand})" for operand in operands]
    else:
        operands = [tamed(operand, interval(primitive)) for operand in operands]
    if primitive.name in WHOLE:
        order = str(WHOLE[primitive.name][len(operands[0]) % 3])
        operands = [order, operands[0]] if primitive.partials[0] is None else [operands[0], order]
    if primitive.sign:
        return (
            f"({primitive.sign}{operands[0]})"
            if len(operands) == 1
            else f"({operands[0]} {primitive.sign} {operands[1]})"
        )
    return f"{primitive.name}({', '.join(operands)})"


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make larger expressions from smaller ones."""
    compared = st.builds("({} {} {})".format, inner, st.sampled_from([row.sign for row in COMPARISONS]), inner)
    joined = st.builds("({} {} {})".format, compared, st.sampled_from(("and", "or")), compared)
    condition = st.one_of(compared, joined, st.builds("(not {})".format, compared))
    choice = st.builds("where({}, {}, {})".format, condition, inner, inner)
    return st.one_of(
        st.builds(lambda row, x: called(row, [x]), st.sampled_from(UNARY), inner),
        st.builds(lambda row, x, y: called(row, [x, y]), st.sampled_from(OPERATORS), inner, inner),
        st.builds(lambda row, x, y: called(row, [x, y]), st.sampled_from(BINARY), inner, inner),
        choice,
    )


LEAVES = st.one_of(st.sampled_from(NAMES), st.sampled_from(("0.5", "2", "-1.25", "pi")))
EXPRESSIONS = st.recursive(LEAVES, grow, max_leaves=7)
POINTS = st.fixed_dictionaries({name: st.floats(-2, 2).map(lambda x: round(x, 3)) for name in NAMES})

FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


# --- The checks ---


def typed(expression: str) -> Program:
    """Return a program as typed, to be differentiated by all of its inputs."""
    meant = elaborate(parse(expression), {})
    return Program(meant.graph, meant.output, meant.inputs)


def smooth(expression: str, point: Mapping[str, float]) -> bool:
    """Say whether a program is finite at the point, with finite derivatives, and has no kink nor boundary there."""
    found = answers.answer(Request("grad", expression, point))
    return not any(finding.kind != "unused" for finding in found.findings)


def differences(function: Callable[[float], float], x: float) -> tuple[float, float]:
    """Return the derivative by central differences, extrapolated as Ridders does (1982), and an estimate of its error."""
    step, shrink = 0.02, 1.4
    table: list[list[float]] = []
    best, error = math.nan, inf
    for k in range(10):
        line = [(function(x + step) - function(x - step)) / (2 * step)]
        factor = shrink * shrink
        for j in range(k):
            line.append((line[j] * factor - table[k - 1][j]) / (factor - 1))
            factor *= shrink * shrink
            here = max(abs(line[-1] - line[j]), abs(line[-1] - table[k - 1][j]))
            if here <= error:
                best, error = line[-1], here
        table.append(line)
        step /= shrink
    return best, error


def gradients_that_differ(expression: str, point: Mapping[str, float]) -> list[str]:
    """Return where forward, reverse and symbolic derivatives are not the same, or not what differences say."""
    ours = typed(expression)
    _, gradients = ours.gradients(point)
    found = []
    for name, reverse in gradients["reverse"].items():
        size = max(1.0, abs(reverse))
        for way in ("forward", "symbolic"):
            if not abs(gradients[way][name] - reverse) <= 1e-10 * size:
                found.append(f"{expression} by {name} at {point}: reverse {reverse!r}, {way} {gradients[way][name]!r}")

        def moved(x: float, name: str = name) -> float:
            return float(evaluate(ours.graph, {**point, name: x}, FLOATS)[ours.output])

        difference, error = differences(moved, point[name])
        if error < 1e-5 * size and not abs(difference - reverse) <= 1e-7 * size + 10 * error:
            found.append(
                f"{expression} by {name} at {point}: reverse {reverse!r}, differences {difference!r} +- {error:.1g}"
            )
    return found


def hessians_that_differ(expression: str, point: Mapping[str, float]) -> list[str]:
    """Return where second derivatives are not the same every way, not symmetric, or not what differences of the first say."""
    ours = typed(expression)
    hessians = ours.hessians(point)
    graph, nodes = ours.first
    found = []
    size = max([1.0, *(abs(entry) for entry in hessians["reverse"].values())])
    for (by, then), entry in hessians["reverse"].items():
        others = {f"{way} by {by}, {then}": hessian[by, then] for way, hessian in hessians.items()}
        others[f"by {then}, {by}"] = hessians["reverse"][then, by]
        for what, other in others.items():
            if not abs(entry - other) <= 1e-8 * size:
                found.append(f"{expression} by {by}, {then} at {point}: {entry!r}, but {what} {other!r}")

        def moved(x: float, by: str = by, then: str = then) -> float:
            return float(evaluate(graph, {**point, then: x}, FLOATS)[nodes[by]])

        difference, error = differences(moved, point[then])
        if error < 1e-5 * size and not abs(difference - entry) <= 1e-6 * size + 10 * error:
            found.append(
                f"{expression} by {by}, {then} at {point}: {entry!r}, differences {difference!r} +- {error:.1g}"
            )
    return found


def contributions_that_do_not_add_up(answer: Answer) -> list[str]:
    """Return where the trace in JSON and the gradient part: a contribution is upstream times partial, a total the sum of the
    contributions so far, an upstream the total of the node that it comes from, and the last total the adjoint."""
    result = record(answer)
    totals: dict[str, float] = defaultdict(float)
    found = []
    seed, *rows = result["trace"]["adjoint"]
    if (seed["from"], seed["partial"], seed["contribution"], seed["total"]) != (None, None, 1.0, 1.0):
        found.append(f"the seed is {seed}")
    totals[seed["node"]] = 1.0
    for line in rows:
        if line["contribution"] != line["upstream"] * line["partial"]:
            found.append(f"{line}: contribution is not upstream times partial")
        if line["upstream"] != totals[line["from"]]:
            found.append(f"{line}: the adjoint of {line['from']} is {totals[line['from']]}")
        totals[line["node"]] += line["contribution"]
        if line["total"] != totals[line["node"]]:
            found.append(f"{line}: the contributions so far make {totals[line['node']]}")
    for name, derivative in result["gradient"].items():
        if derivative != totals.get(name, 0.0):
            found.append(f"by {name}: {derivative}, but the contributions make {totals.get(name)}")
    return found


def tangents_that_do_not_end_well(answer: Answer) -> list[str]:
    """Return where the tangent of the result in a forward trace is not the derivative."""
    result = record(answer)
    last: dict[str, Any] = {}
    for line in result["trace"]["tangent"]:
        last[line["wrt"]] = line["value"]
    return [
        f"by {name}: {derivative}, but the trace ends with {last[name]}"
        for name, derivative in result["gradient"].items()
        if derivative != last[name]
    ]


# --- Random programs ---


def explore(expression: str, point: dict[str, float]) -> None:
    """Try one random program in every way."""
    meant = elaborate(parse(expression), {})
    point = {name: point[name] for name in meant.inputs}
    assume(point)
    assume(smooth(expression, point))
    assert gradients_that_differ(expression, point) == []
    assert contributions_that_do_not_add_up(answers.answer(Request("grad", expression, point, trace=True))) == []
    forward = answers.answer(Request("grad", expression, point, mode="forward", trace=True))
    assert tangents_that_do_not_end_well(forward) == []
    assert hessians_that_differ(expression, point) == []


@pytest.mark.core
@FAST
@given(EXPRESSIONS, POINTS)
def test_random_programs(expression: str, point: dict[str, float]) -> None:
    explore(expression, point)


@MANY
@given(EXPRESSIONS, POINTS)
def test_many_random_programs(expression: str, point: dict[str, float]) -> None:
    explore(expression, point)


@pytest.mark.core
def test_the_programs_use_the_whole_table() -> None:
    """Rows without an interval would go untested in silence."""
    reached = {row.name for row in (*UNARY, *BINARY, *OPERATORS, *COMPARISONS)} | {"where", "and", "or", "not"}
    missing = {row.name for row in TABLE.values() if row.partials and not row.shown} - reached
    assert missing == {"eq", "ne", "stop"}


@pytest.mark.core
@pytest.mark.parametrize("row", [*UNARY, *BINARY, *OPERATORS], ids=lambda row: row.name)
def test_every_function_in_a_program(row: Primitive) -> None:
    operands = ["x*y", "y - x/2"][: 1 if row.name in WHOLE else row.arity]
    expression = f"{called(row, operands)}*y + x"
    point = {"x": 0.7, "y": -0.4}
    assert gradients_that_differ(expression, point) == []
    assert hessians_that_differ(expression, point) == []


# --- The branch that is not taken ---

BRANCHES = [
    # program                                    at                    gradient                    second derivatives by x, x
    ("where(x < 1, x, sqrt(x))",                 {"x": 0.0},           {"x": 1.0},                 0.0),
    ("where(x > 0, ln(x), 0)",                   {"x": -1.0},          {"x": 0.0},                 0.0),
    ("where(x > 0, 0, x*inf)",                   {"x": 1.0},           {"x": 0.0},                 0.0),
    ("where(x > 0, x^2, ln(x)*inf)*y",           {"x": 3.0, "y": 2.0}, {"x": 12.0, "y": 9.0},      4.0),
    ("where(x == 0, 1, sin(x)/x)",               {"x": 0.0},           {"x": 0.0},                 0.0),
    ("y*where(x > 1, 1/(x - 1), where(x < 0, sqrt(-x), x^3))", {"x": 1.0, "y": 2.0}, {"x": 6.0, "y": 1.0}, 12.0),
    ("where(x > 0, where(y > 0, x*y, ln(y)), ln(x))", {"x": 2.0, "y": 3.0}, {"x": 3.0, "y": 2.0},  0.0),
    ("where(x > 0 and y > 0, ln(x*y), x)",       {"x": -1.0, "y": 0.0}, {"x": 1.0, "y": 0.0},      0.0),
    ("where(not x > 0, x^3, ln(x))",             {"x": -1.0},          {"x": 3.0},                 -6.0),
    ("where(x > 0, x, 1/x)*where(x > 0, 1/(x + 1), ln(x))", {"x": 1.0}, {"x": 0.25},               -0.25),
    ("t = ln(x); where(x > 0, t, 0) + where(x > 0, 0, x^2)", {"x": -2.0}, {"x": -4.0},             2.0),
    ("t = sqrt(x); where(x > 0, t, y) + where(x > 0, t^2, 2*y)", {"x": 0.0, "y": 1.0}, {"x": 0.0, "y": 3.0}, 0.0),
    ("1 if x < 0 else sqrt(x) if x < 4 else x",  {"x": 5.0},           {"x": 1.0},                 0.0),
    ("relu(x)*where(x < 0, 1, x)",               {"x": -1.0},          {"x": 0.0},                 0.0),
]  # fmt: skip


@pytest.mark.core
@pytest.mark.parametrize(("expression", "point", "gradient", "second"), BRANCHES)
def test_a_branch_not_taken_poisons_nothing(
    expression: str, point: dict[str, float], gradient: dict[str, float], second: float
) -> None:
    ours = typed(expression)
    for way, found in ours.gradients(point)[1].items():
        assert found == gradient, way
    for way, hessian in ours.hessians(point).items():
        assert hessian["x", "x"] == second, way


@pytest.mark.core
@pytest.mark.parametrize("wrt", [["x", "y"], ["y", "x"], ["y"]])
def test_an_infinite_slope_stays_in_its_own_direction(wrt: list[str]) -> None:
    meant = elaborate(parse("sqrt(x) + y"), {})
    ours = Program(meant.graph, meant.output, {name: meant.inputs[name] for name in wrt})
    for way, found in ours.gradients({"x": 0.0, "y": 5.0})[1].items():
        assert found["y"] == 1.0, way
        assert found.get("x", inf) == inf, way


@pytest.mark.core
@pytest.mark.parametrize("expression", ["sqrt(x)^2", "sqrt(x*y)"])
def test_zero_times_infinity_is_told(expression: str) -> None:
    point = {"x": 0.0, "y": 1.0} if "y" in expression else {"x": 0.0}
    name = list(point)[-1]
    for way, found in typed(expression).gradients(point)[1].items():
        assert isnan(found[name]), way


# --- Long programs ---

LONG = 100_000

CHAINS = {
    "a nest": ("sin(" * LONG + "x" + ")" * LONG, 0.0, 1.0),
    "a sum": (" + ".join(["x"] * LONG), 2.0, float(LONG)),
    "a product": ("*".join(["x"] * (LONG // 5)), 1.0, LONG / 5),
    "minus signs": ("-" * LONG + "x", 2.0, 1.0),
    "bindings": ("; ".join(["t0 = x", *(f"t{k + 1} = t{k} + 1" for k in range(LONG // 5))]), 2.0, 1.0),
    "branches": ("where(x > 0, x, " * (LONG // 5) + "ln(x)" + ")" * (LONG // 5), 2.0, 1.0),
    "a series": (f"sum(k=1..{LONG // 5}, x/k)*0 + x", 2.0, 1.0),
}


@pytest.mark.parametrize("name", CHAINS)
def test_long_chains_do_not_recurse(name: str) -> None:
    expression, x, derivative = CHAINS[name]
    meant = elaborate(parse(expression), {})
    values = evaluate(meant.graph, {"x": x}, FLOATS)
    for mode in ("reverse", "forward"):
        assert derive.gradient(meant.graph, meant.output, values, meant.inputs, mode) == {"x": derivative}
    graph, nodes = derive.symbolic_gradient(meant.graph, meant.output, ["x"])
    assert evaluate(graph, {"x": x}, FLOATS)[nodes["x"]] == derivative
