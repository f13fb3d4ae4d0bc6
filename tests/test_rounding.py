"""Rounding errors: what is estimated covers what mpmath's arithmetic finds, and not by far more than it must."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from math import fabs, inf, isfinite, ulp
from pathlib import Path
from statistics import median

import mpmath
import pytest
import truth
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import mp, mpf
from points import points
from rounding import (
    LEGENDRE,
    RECIPROCAL,
    SAMPLE,
    Comparison,
    compared,
    error_of,
    exactly,
    program_of,
    steps,
    table,
    upper,
)
from test_sweeps import CHAINS, EXPRESSIONS, MANY, POINTS, UNARY, smooth

from adcli import derive, rounding
from adcli.numbers import roundoff
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import evaluate, forward, reverse

MODES = ("reverse", "forward")
PAIRS = [
    pytest.param(text, point, id=f"{title} at {point}".replace("::", ":"))
    for title, text, places in SAMPLE
    for point in places
]


def value_estimate(text: str, **point: float) -> float:
    """Return the estimate for the value of a program."""
    program = program_of(text)
    (estimate,) = rounding.of_values(program.graph, [program.output], evaluate(program.graph, point, FLOATS))
    return estimate


def beyond(text: str, point: Mapping[str, float]) -> list[Comparison]:
    """Return the comparisons whose error is larger than the estimate."""
    return [line for line in compared(text, point, MODES) if not line.within]


# --- The sample ---


@pytest.mark.parametrize(("text", "point"), PAIRS)
def test_the_error_is_within_the_estimate(text: str, point: dict[str, float]) -> None:
    assert beyond(text, point) == []


@pytest.mark.parametrize(("text", "point"), PAIRS)
def test_the_true_derivatives_are_those_of_the_true_values(text: str, point: dict[str, float]) -> None:
    """The truth about a derivative is computed by our rules; here it is computed from values alone."""
    program = program_of(text)
    graph, nodes = derive.symbolic_gradient(program.graph, program.output, point)
    true = exactly(graph, point)
    with mp.workprec(1000):
        step = mpf(2) ** -300
        for name, node in nodes.items():
            sides = [exactly(program.graph, {**point, name: point[name] + side}, 1000) for side in (step, -step)]
            difference = (sides[0][program.output] - sides[1][program.output]) / (2 * step)
            assert abs(difference - true[node]) <= mpf(2) ** -150 * max(1, abs(true[node])), name


def test_the_estimates_are_not_useless() -> None:
    ratios = [line.ratio for _, text, places in SAMPLE for point in places for line in compared(text, point)]
    known = [ratio for ratio in ratios if ratio is not None]
    assert len(known) > 150
    assert median(known) < 6
    assert upper(known) < 20


WELL = {
    "sin(x)*y": {"x": 1.0, "y": 2.0}, "x*y + sin(x)": {"x": 0.5, "y": 4.2}, "exp(x)/(1 + exp(x))": {"x": 0.3},
    "sqrt(x^2 + y^2)": {"x": 3.1, "y": 4.2}, "x^3*sin(x) + x": {"x": 0.7}, "ln(x)^2 + x": {"x": 5.1}, "x^y": {"x": 2.3, "y": 1.7},
    "1/(1 + exp(-x))": {"x": 2.0}, "tanh(x)*atan(y)": {"x": 0.4, "y": 3.3}, "0.1*x + 0.2*y": {"x": 3.0, "y": 5.0},
}  # fmt: skip


@pytest.mark.parametrize("text", WELL)
def test_a_well_conditioned_program_keeps_its_digits(text: str) -> None:
    for line in compared(text, WELL[text], MODES):
        assert line.within
        assert line.estimate <= 16 * ulp(line.result), line


# --- What is beyond the first order ---


def test_a_slope_that_rounding_made_zero_hides_nothing() -> None:
    """cos(1e-8) is 1 on doubles, so the adjoint of the difference is 0, and the true value 1/4."""
    assert value_estimate("((1 - cos(x))/x^2)^2", x=1e-8) >= 0.25
    assert beyond("(1 - cos(x))*(1 - cos(x))/x^4", {"x": 1e-8}) == []
    assert beyond("((1 - cos(x))/x^2)^4*exp(x)", {"x": 1e-8}) == []


def test_without_what_a_tangent_leaves_out_that_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "_reach", lambda *_: 0.0)
    assert beyond("((1 - cos(x))/x^2)^2", {"x": 1e-8})


def test_a_rounding_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundoff, "_library", lambda *_: 0.0)
    assert [text for _, text, places in SAMPLE for point in places if beyond(text, point)]


@pytest.mark.parametrize(
    ("text", "point", "most"),
    [
        (LEGENDRE + "*t39", {"x": 0.3}, 1e-13),
        (RECIPROCAL, {"a": 0.3}, 1e-14),
        (steps("t0 = 1; t1 = t0*(2 - a*t0)", "p*(2 - a*p)", 200), {"a": 0.3}, 1e-14),
        (steps("t0 = x; t1 = x*t0*t0 - 2", "x*q - p/2", 100), {"x": 0.5}, 1e-12),
    ],
)
def test_errors_that_cancel_in_a_long_recurrence(text: str, point: dict[str, float], most: float) -> None:
    """A bound carried forward grows there like 3^n, and what tangents leave out like its square."""
    for line in compared(text, point, MODES):
        assert line.within
        assert line.estimate < most, line


def test_between_its_ends_a_move_may_matter_more() -> None:
    (slope,), left_out = rounding._bent(TABLE["sin"], [1.0], math.sin(1.0), [6.0])
    assert left_out >= fabs(math.sin(7.0) - math.sin(1.0) - 6.0 * slope)


def test_a_jump_within_reach_of_an_error() -> None:
    assert value_estimate("floor(0.29*100)") == 1.0  # 28 on doubles, but 29
    assert value_estimate("floor(x*100)", x=0.5) == 0.0
    assert value_estimate("x - floor(x*0.37)", x=10.0) == 0.0
    (slope,) = rounding.of_gradient(program_of("abs(x - 0.1)").graph, 3, {"x": 0.1}, ["x"]).values()
    assert slope == 1.0  # the double next to 0.1 is larger: the slope is 1, and on doubles 0 is chosen
    assert value_estimate("max(x, 0.1, 0.3)", x=0.1) <= 6e-17


def test_stop_stops_derivatives_and_not_errors() -> None:
    assert value_estimate("stop(exp(x))", x=1.0) >= value_estimate("exp(x)", x=1.0) > 0.0
    assert beyond("x + stop((0.3 + 3)*(1 + 1e-8)) - 0.3", {"x": -1.1524395151978517}) == []


def test_a_singularity_within_reach_of_an_error() -> None:
    assert value_estimate("sqrt(1 - cos(x))", x=1e-9) == inf
    assert value_estimate("sqrt(x)", x=0.0) == 0.0
    assert value_estimate("sin(pi)^(-1)") == inf  # the sine is truly 0
    assert value_estimate("x/(1 - cos(y))", x=1.0, y=1e-8) == inf


def test_an_error_as_long_as_a_turn_of_the_graph() -> None:
    text = "lgamma(atan(1e-8 - y) - 0.3/1e-8/(1*1e-8) + asinh(20/stop(x)))"  # digamma, at -3e15
    assert beyond(text, {"y": 1.0044286070837058, "x": 1.00013447280635}) == []
    assert beyond("sin(x^2/3)", {"x": 1e9 + 0.1}) == []
    assert value_estimate("sin(x^2/3)", x=1e12 + 0.1) > 1.0


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("1/(1 + exp(x))", {"x": 1000.0}),
        ("atan(1/x)", {"x": 0.0}),
        ("where(x > 0, ln(x), 0.1*x)", {"x": -1.0}),
        ("where(x > 0, x^2/3, sqrt(x - 5))", {"x": 1.0}),
        ("x^2 + 0*y", {"x": -2.0, "y": 1.0}),
    ],
)
def test_an_infinity_and_a_branch_not_taken_do_not_matter(text: str, point: dict[str, float]) -> None:
    assert value_estimate(text, **point) <= ulp(1.0)


# --- What counts ---


@pytest.mark.parametrize(
    ("text", "estimate"),
    [
        ("x*2 + 3", 0.0),  # inputs are the doubles that they are
        ("x + 0.5", 0.0),
        ("0*x + 0.1", float(abs(Fraction("0.1") - Fraction(0.1)))),  # a literal is not
        ("0*x + 0.1000000000000000055511151231257827", float(abs(Fraction("0.1000000000000000055511151231257827") - Fraction(0.1)))),
        ("0*x + 0.125", 0.0),
        ("x^3", 0.0),
        ("-abs(x)*4", 0.0),
        ("0*x + 1e22", 0.0),
        ("0*x + 1e23", 8388608.0),
        ("0*x + 0." + "1" * 2000, ulp(0.1)),
    ],
)  # fmt: skip
def test_what_counts_as_an_error(text: str, estimate: float) -> None:
    assert value_estimate(text, x=3.0) == pytest.approx(estimate, rel=1e-9, abs=0)


# --- The rounding of one primitive ---

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
MODERATE = st.floats(2.0**-300, 2.0**300) | st.floats(-(2.0**300), -(2.0**-300))
OPERATIONS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(MODERATE, MODERATE)
def test_what_arithmetic_has_lost_is_exact(name: str, x: float, y: float) -> None:
    value = FLOATS.functions[TABLE[name]](x, y)
    lost = fabs(float(OPERATIONS[name](Fraction(x), Fraction(y)) - Fraction(value)))
    assert roundoff.of_value(TABLE[name], (x, y), value) == pytest.approx(lost, rel=1e-15, abs=0)


@pytest.mark.parametrize("name", OPERATIONS)
@example(1078195402383571.0, 2.8339815209284846e299)
@example(-5.820000965614578e202, 2.0207225239524047e-104)
@given(DOUBLES, DOUBLES)
def test_what_arithmetic_has_lost_is_bounded_at_the_ends_of_the_doubles(name: str, x: float, y: float) -> None:
    value = FLOATS.functions[TABLE[name]](x, y)
    assume(isfinite(value))
    lost = abs(OPERATIONS[name](Fraction(x), Fraction(y)) - Fraction(value))
    estimate = roundoff.of_value(TABLE[name], (x, y), value)
    assert lost <= Fraction(estimate) * (1 + Fraction(1, 10**15)) <= max(lost * 2, Fraction(ulp(value)) * 2)


@given(st.floats(0, allow_infinity=False))
def test_what_a_root_has_lost_is_exact(x: float) -> None:
    value = math.sqrt(x)
    with mp.workprec(300):
        lost = float(abs(mpmath.sqrt(mpf(x)) - mpf(value)))
    estimate = roundoff.of_value(TABLE["sqrt"], (x,), value)
    if 2.0**-960 < x < 2.0**990:
        assert estimate == pytest.approx(lost, rel=1e-14, abs=0)
    else:
        assert lost <= estimate <= ulp(value)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.partials], ids=lambda row: row.name)
def test_no_row_loses_more_than_it_may(row: Primitive) -> None:
    """At points that the row declares; between 1e-290 and 1e290, where values have all their digits."""
    many = [point for point in points(row, 200, 40) if all(not x or 1e-290 < abs(x) < 1e290 for x in point)]
    checked = 0
    for point in many:
        value, true = FLOATS.functions[row](*point), truth.value(row, point)
        if true is not None and (not true or 1e-290 < abs(true) < 1e290):
            checked += 1
            noise = 1e-80 * float(abs(true))  # the truth is computed too
            assert error_of(value, true) <= roundoff.of_value(row, point, value) * (1 + 1e-14) + noise, (point, value)
    assert checked >= 50


def test_the_constants() -> None:
    for name, true in (("pi", mp.pi), ("e", mp.e), ("tau", 2 * mp.pi), ("deg", mp.pi / 180)):
        value = FLOATS.functions[TABLE[name]]
        assert error_of(value, true) <= roundoff.of_value(TABLE[name], (), value) <= ulp(value)


# --- Random programs ---


def answerable(text: str, point: dict[str, float]) -> dict[str, float]:
    """Return the point of a random program; assume that it has a derivative there, and that doubles take the true branches."""
    program = program_of(text)
    point = {name: point[name] for name in program.inputs}
    assume(point)
    values = evaluate(program.graph, point, FLOATS)
    assume(isfinite(values[program.output]))
    assume(smooth(text, point))
    true = exactly(program.graph, point)
    for index, (head, *_) in enumerate(program.graph.nodes):
        if isinstance(head, Primitive) and head.strength == COMPARISON:
            assume(values[index] == true[index])
    return point


@MANY
@given(EXPRESSIONS, POINTS)
def test_random_programs_are_within_their_estimates(text: str, point: dict[str, float]) -> None:
    assert beyond(text, answerable(text, point)) == []


WILD_LEAVES = st.sampled_from(("x", "y", "x", "y", "0.1", "3", "1e-8", "pi", "1", "0.3", "20"))
FUNCTIONS = [row.name for row in UNARY if not row.sign] + ["stop"]
POWERS = [f"({{}})^{exponent}" for exponent in ("2", "3", "0.5", "-1", "1.7", "7")]
WILD = st.recursive(
    WILD_LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/-"), inner),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        st.builds(str.format, st.sampled_from([*POWERS, "max({0}, 2*{0} - 1)", "hypot({0}, 0.1)"]), inner),
    ),
    max_leaves=9,
)
WILD_NUMBERS = st.one_of(
    st.floats(-2, 2),
    st.floats(-9, 1.5).map(lambda power: 10**power),
    st.floats(-12, -1).map(lambda power: 1 + 10**power),
    st.sampled_from((-3.0, -1.0, 0.0, 1.0, 2.0, 0.1)),
)


@MANY
@given(WILD, st.fixed_dictionaries({"x": WILD_NUMBERS, "y": WILD_NUMBERS}))
def test_wild_programs_are_within_their_estimates(text: str, point: dict[str, float]) -> None:
    """Nothing is tamed here: digits are lost all the way, and errors reach poles."""
    found = beyond(text, answerable(text, point))
    # Adjoints underflow beside a power below 1e-150; the truth has its own last digit.
    assert [line for line in found if abs(line.result) > 1e-150 and line.error > 1e-100 * abs(line.result)] == []


@MANY
@given(EXPRESSIONS, POINTS)
def test_the_programs_of_derivatives_compute_what_the_sweeps_compute(text: str, point: dict[str, float]) -> None:
    """The estimate is that of a program made on symbols; what is printed comes from the sweeps on floats."""
    point, program = answerable(text, point), program_of(text)
    graph, output = program.graph, program.output
    values = evaluate(graph, point, FLOATS)
    swept = {mode: derive.gradient(graph, output, values, program.inputs, mode) for mode in MODES}
    derived, nodes = derive.symbolic_gradient(graph, output, program.inputs)
    formulas = evaluate(derived, point, FLOATS)
    assert {name: formulas[node] for name, node in nodes.items()} == swept["reverse"]
    for name in program.inputs:
        derived, (node,), further = rounding._tangent_program(graph, [output], {name: 1.0})
        assert evaluate(derived, {**point, **further}, FLOATS)[node] == swept["forward"][name]


# --- Directions and several outputs ---


def test_a_direction() -> None:
    text, point, direction = "(1 - cos(x))/y + 0.1*x*y", {"x": 1e-4, "y": 1e-7}, {"x": 0.3, "y": -1.1}
    program = program_of(text)
    values = evaluate(program.graph, point, FLOATS)
    graph, nodes = derive.symbolic_gradient(program.graph, program.output, point)
    true = exactly(graph, point)
    seeds = {program.inputs[name]: tangent for name, tangent in direction.items()}
    result = forward(program.graph, values, seeds, FLOATS)[program.output]
    with mp.workprec(300):
        error = error_of(result, sum(true[nodes[name]] * mpf(direction[name]) for name in direction))
    (estimate,) = rounding.of_tangents(program.graph, [program.output], point, direction)
    assert 0 < error <= estimate <= 100 * error
    assert rounding.of_tangents(program.graph, [program.output], point, {"x": 0.0, "y": 0.0}) == [0.0]


@pytest.mark.parametrize("mode", MODES)
def test_several_outputs(mode: str) -> None:
    program = program_of("a = exp(x)*y; b = a - 1; b/x")
    graph, point = program.graph, {"x": 1e-6, "y": 1.0}
    outputs = [index for index, node in enumerate(graph.nodes) if node[0] in (TABLE["mul"], TABLE["sub"], TABLE["div"])]
    assert len(outputs) == 3
    columns = rounding.of_jacobian(graph, outputs, point, ["y", "x"], mode)
    assert list(columns) == ["y", "x"]
    for place, output in enumerate(outputs):
        alone = rounding.of_gradient(graph, output, point, ["y", "x"], mode)
        assert alone == {name: column[place] for name, column in columns.items()}
    values = evaluate(graph, point, FLOATS)
    together = rounding.of_values(graph, outputs, values)
    assert together == [rounding.of_values(graph, [output], values)[0] for output in outputs]
    assert together[1] <= 2 * together[0] < together[2]


def test_what_does_not_depend_on_an_input_has_no_error_in_its_derivative() -> None:
    program = program_of("0*y + exp(x)/3")
    for mode in MODES:
        assert rounding.of_gradient(program.graph, program.output, {"x": 1.0, "y": 2.0}, ["y"], mode) == {"y": 0.0}


def test_the_number_of_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One reverse sweep for each estimate, over the program whose result it is for; symbols take one more."""
    swept: list[int] = []
    monkeypatch.setattr(
        rounding, "reverse", lambda *arguments: swept.append(len(arguments[0].nodes)) or reverse(*arguments)
    )
    program = program_of("x*y*z + sin(x)/y")
    graph, point = program.graph, {"x": 1.0, "y": 3.0, "z": 0.3}
    rounding.of_values(graph, [program.output], evaluate(graph, point, FLOATS))
    assert swept == [len(graph.nodes)]
    rounding.of_gradient(graph, program.output, point, list(point))
    assert swept[1:] == [len(derive.symbolic_gradient(graph, program.output, point)[0].nodes)] * 3


# --- Long programs ---


@pytest.mark.parametrize("name", CHAINS)
def test_long_chains(name: str) -> None:
    text, x, _ = CHAINS[name]
    program = program_of.__wrapped__(text)
    values = evaluate(program.graph, {"x": x}, FLOATS)
    (estimate,) = rounding.of_values(program.graph, [program.output], values)
    assert 0.0 <= estimate < 1e-6
    assert 0.0 <= rounding.of_gradient(program.graph, program.output, {"x": x}, ["x"])["x"] < 1e-6


def test_the_readme_shows_the_table() -> None:
    """The README has every line of the table, with estimates no smaller than the errors; another C library may round
    otherwise, so the figures are not compared."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- rounding -->\n")[1].split("<!-- end -->")[0].splitlines()
    made = list(table())
    assert [line.split("|")[1:4] for line in shown[2:-2]] == [line.split("|")[1:4] for line in made[2:-2]]
    for line in shown[2:-2]:
        *_, estimate, error, _, _ = line.split("|")
        assert float(estimate) >= 0.95 * float(error), line
    assert shown[-1].split(" Median")[0] == made[-1].split(" Median")[0]
