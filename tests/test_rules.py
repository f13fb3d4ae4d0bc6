"""The rules: every row of the table against the truth, in every direction, to second order.

The points come from what each row declares (points.py), the truth from closed forms in 300-bit arithmetic (truth.py), the
bounds from accuracy.py. Each check is a plain function that returns its complaints, so that test_the_tests.py can show that
it complains where it should.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from math import inf, isfinite, isnan, nan, pi
from pathlib import Path

import mpmath
import pytest
import truth
from accuracy import Program, bound, complaints, in_table, measured, program
from mpmath import mp, mpf
from points import ORDERS, Point, places, points

from adcli import answers
from adcli.answers import Request
from adcli.errors import Fault
from adcli.graph import INPUT, LEAVES, Graph
from adcli.language import elaborate, parse
from adcli.numbers.system import FLOATS
from adcli.rules import CONSTANTS, DEFINITIONS, TABLE, row
from adcli.rules.compiled import read
from adcli.rules.primitive import Primitive

ROWS = {name: primitive for name, primitive in TABLE.items() if primitive.partials}
EXTREMES = {f"{name} of {arity}": row(name, arity) for name in ("min", "max") for arity in (3, 4)}
BENT = {name: primitive for name, primitive in {**ROWS, **EXTREMES}.items() if primitive.kink}


# --- Accuracy ---


@pytest.mark.core
@pytest.mark.parametrize("name", ROWS)
def test_accurate(name: str) -> None:
    assert complaints(ROWS[name], points(ROWS[name], 30, 8, seed=1)) == []


@pytest.mark.parametrize("name", ROWS)
def test_accurate_on_many_points(name: str) -> None:
    assert complaints(ROWS[name], points(ROWS[name])) == []


def ways_that_differ(primitive: Primitive, at: Iterable[Point]) -> list[str]:
    """Return where the ways do not find the very same double: they run the same rule."""
    found = []
    for point in at:
        ours, by_name = program(primitive, point), dict(zip(primitive.parameters, point))
        gradients = ours.gradients(by_name)[1]
        smooth = all(map(isfinite, gradients["reverse"].values()))
        for results in (gradients, ours.hessians(by_name) if smooth else {}):
            forward = results.get("forward", {})
            for way, by in itertools.product(results, forward):
                here, there = forward[by], results[way][by]
                same = here == there or isnan(here) and isnan(there)
                if not (same or isinstance(by, tuple) and math.isclose(here, there, rel_tol=1e-12)):
                    found.append(f"{primitive.name} by {by} at {point}: forward {here!r}, {way} {there!r}")
    return found


@pytest.mark.core
@pytest.mark.parametrize("name", [name for name, primitive in ROWS.items() if not primitive.shown])
def test_every_way_finds_the_same(name: str) -> None:
    """First derivatives to the last bit; second ones are sums of products, which each way adds up in its own order."""
    ordinary = [point for point in points(ROWS[name], 60, 8, seed=2) if all(1e-6 < abs(x) < 1e6 for x in point)]
    assert ways_that_differ(ROWS[name], ordinary) == []


@pytest.mark.core
@pytest.mark.parametrize("name", [name for name in truth.FIRST if name != "stop"])
def test_the_truth_is_true(name: str) -> None:
    """The closed forms agree with mpmath's numerical derivatives, the second ones with those of the first."""
    primitive = ROWS[name]
    inside = [x for x in points(primitive, 40, 2, seed=3) if all(0.01 < abs(v) < 20 for v in x)][:12]
    assert inside
    for point in inside:
        for by in [number for number, partial in enumerate(primitive.partials) if partial is not None]:
            forms = [(truth.VALUES[name], truth.first(primitive, point, by))]
            if name in truth.SECOND:
                forms += [
                    (truth.FIRST[name][by_first], truth.second(primitive, point, by_first, by))
                    for by_first, partial in enumerate(primitive.partials)
                    if partial is not None
                ]
            for closed, claimed in forms:
                with mp.workdps(50):
                    slope = numerical(closed, point, by)
                    if claimed is None or slope is None:
                        continue
                    assert abs(claimed - slope) <= 1e-12 * max(1, abs(slope)), (point, by)


def numerical(closed: truth.Closed, point: Point, by: int) -> mpf | None:
    """Return a central difference in 120 digits; None where the closed form has nothing to say."""
    with mp.workdps(120):
        step, exact = mpf(10) ** -40, [mpf(x) for x in point]
        sides = []
        for shift in (step, -step):
            moved = [x + shift if number == by else x for number, x in enumerate(exact)]
            try:
                sides.append(closed(*moved))
            except (truth.Undefined, ZeroDivisionError):
                return None
        if any(isinstance(side, mpmath.mpc) for side in sides):
            return None
        return (sides[0] - sides[1]) / (2 * step)


# --- The table is closed ---


def texts(primitive: Primitive) -> Iterator[str]:
    """Give every expression that a row states."""
    yield from (text for text in primitive.partials if text is not None)
    yield from filter(None, (primitive.domain, primitive.kink, primitive.sided, primitive.moved, primitive.shown))


def strangers(primitive: Primitive) -> list[str]:
    """Return what a row's expressions use and the table has not, or floats cannot compute; and names that are no argument."""
    known = {*primitive.parameters, *primitive.sided_parameters}
    found = []
    for text in texts(primitive):
        for node in read(text)[0].nodes:
            head = node[0]
            if head is INPUT and node[1] not in known:
                found.append(f"{primitive.name}: what is {node[1]} in {text}?")
            elif head not in LEAVES and (head.name not in TABLE or head.name not in FLOATS.by_name):  # type: ignore[attr-defined]
                found.append(f"{primitive.name}: no row for {head} in {text}")
    return found


@pytest.mark.core
@pytest.mark.parametrize("name", {**TABLE, **EXTREMES})
def test_closed(name: str) -> None:
    assert strangers({**TABLE, **EXTREMES}[name]) == []


@pytest.mark.core
def test_every_row_has_a_function_and_every_function_a_row() -> None:
    assert set(TABLE) == set(FLOATS.by_name)
    assert set(truth.VALUES) == set(ROWS) == set(truth.FIRST)
    assert set(truth.SECOND) == {name for name, primitive in ROWS.items() if not primitive.shown}


@pytest.mark.core
@pytest.mark.parametrize(("name", "arity"), DEFINITIONS)
def test_definitions_are_made_of_rows(name: str, arity: int) -> None:
    graph, _ = read(DEFINITIONS[name, arity])
    assert set(graph.inputs()) == set(("x", "y", "z")[:arity])
    assert all(node[0] in LEAVES or node[0] in TABLE.values() for node in graph.nodes)


@pytest.mark.core
def test_no_internal_row_can_be_typed() -> None:
    for name, primitive in ROWS.items():
        if primitive.shown:
            with pytest.raises(Fault):
                elaborate(parse(f"{name}({', '.join(primitive.parameters)})"), {"n": 2.0})


@pytest.mark.core
@pytest.mark.parametrize("name", [name for name, primitive in ROWS.items() if primitive.shown])
def test_internal_rows_are_what_they_show(name: str) -> None:
    primitive = ROWS[name]
    shown = FLOATS.expression(primitive.shown, primitive.parameters)
    tried = 0
    for point in points(primitive, 100, 4, seed=4):
        if all(0.05 < abs(x) < 8 for x in point) and (name[:3] != "pow" or point[0] > 0):
            tried += 1
            here, there = FLOATS.by_name[name](*point), shown(*point)
            assert agree(here, there) or math.isclose(here, there, rel_tol=1e-10), point
    assert tried


# --- Domains ---

NASTY = (
    0.0,
    5e-324,
    1e-300,
    1e-9,
    0.25,
    0.5,
    1 - 2**-53,
    1.0,
    1 + 2**-52,
    1.5,
    2.0,
    3.0,
    20.0,
    170.0,
    1e5,
    2.0**53,
    1e300,
)


def misplaced(primitive: Primitive) -> list[str]:
    """Return where a row's domain is wrong: no number inside it, or a number outside it."""
    inside = FLOATS.expression(primitive.domain or "1", primitive.parameters)
    function, found = FLOATS.by_name[primitive.name], []
    single = sorted({*NASTY, *(-x for x in NASTY), *places(primitive)})
    if primitive.name in ORDERS:
        pairs = itertools.product(single, ORDERS[primitive.name])
        grid: Iterable[Point] = pairs if primitive.name == "root" else ((n, x) for x, n in pairs)
    else:
        grid = itertools.product(single[:: 1 if primitive.arity < 3 else 5], repeat=primitive.arity)
    for point in grid:
        value = function(*point)
        if not inside(*point):
            if isfinite(value):
                found.append(f"{primitive.name}{point} = {value!r}, but it is outside {primitive.domain}")
        elif not isfinite(value):
            true = truth.value(primitive, point)
            if true is None or isfinite(truth.nearest(true)):
                found.append(
                    f"{primitive.name}{point} = {value!r}, but it is inside {primitive.domain or 'everywhere'}"
                )
    return found


@pytest.mark.core
@pytest.mark.parametrize("name", [name for name, primitive in ROWS.items() if not primitive.shown])
def test_domain(name: str) -> None:
    assert misplaced(ROWS[name]) == []


# --- Kinks ---


def kink_points(primitive: Primitive) -> list[Point]:
    """Return points at which a row has its kink."""
    if primitive.arity == 1:
        return [(place,) for place in places(primitive)]
    if primitive.name == "hypot":
        return [(0.0, 0.0)]
    if primitive.arity == 2:
        return [(x, x) for x in (0.0, 1.0, -2.5)]
    tied, other = 1.5, {"min": 2.0, "max": -1.0}[primitive.name]
    others = (other,) * (primitive.arity - 2)
    return [(tied,) * primitive.arity, (tied, tied, *others), (tied, *others, tied)]


def directions(arity: int) -> list[Point]:
    """Return whole directions to leave a kink in."""
    return [d for d in itertools.product((1.0, -1.0, 0.0, 2.0), repeat=arity) if any(d)]


def bent_wrong(primitive: Primitive) -> list[str]:
    """Return where a row's ``kink`` misses its kinks or sees one that is not there, where ``moved`` disagrees with the value
    just beside the point, and ``sided`` with the difference quotient from there on."""
    found = []
    parameters = (*primitive.parameters, "r")
    kink = FLOATS.expression(primitive.kink, parameters)
    sided, moved = (
        FLOATS.expression(text, primitive.sided_parameters) for text in (primitive.sided or "0", primitive.moved or "r")
    )
    function = FLOATS.by_name[primitive.name]
    for point in kink_points(primitive):
        value = function(*point)
        if not kink(*point, value):
            found.append(f"{primitive.name} has a kink at {point}, but {primitive.kink} is false")
        for direction in directions(primitive.arity):
            near, far = (function(*(x + step * d for x, d in zip(point, direction))) for step in (2.0**-40, 2.0**-20))
            value_beside, slope = moved(*direction, *point, value), sided(*direction, *point, value)
            if abs(value_beside - near) > 1e-9 or abs(value_beside + slope * 2.0**-20 - far) > 1e-10:
                found.append(
                    f"{primitive.name} from {point} towards {direction}: {value_beside!r} and {slope!r}, but it is {far!r}"
                )
    return found


def kinks_misplaced(primitive: Primitive, at: Iterable[Point]) -> list[str]:
    """Return where ``kink`` and the truth disagree on whether there is a derivative."""
    kink, function = FLOATS.expression(primitive.kink, (*primitive.parameters, "r")), FLOATS.by_name[primitive.name]
    return [
        f"{primitive.name} at {point}: {primitive.kink} is {bool(kink(*point, function(*point)))}"
        for point in at
        if bool(kink(*point, function(*point)))
        != any(truth.first(primitive, point, by) is None for by in range(primitive.arity))
    ]


@pytest.mark.core
@pytest.mark.parametrize("name", BENT)
def test_sided(name: str) -> None:
    assert bent_wrong(BENT[name]) == []


@pytest.mark.core
@pytest.mark.parametrize("name", [name for name in BENT if name in ROWS])
def test_kinks_are_where_they_are_declared(name: str) -> None:
    at = [*points(BENT[name], 100, 20, seed=5), *kink_points(BENT[name])]
    assert kinks_misplaced(BENT[name], at) == []


@pytest.mark.core
@pytest.mark.parametrize("name", EXTREMES)
def test_ties_share(name: str) -> None:
    primitive = EXTREMES[name]
    for point in [*kink_points(primitive), (0.5, 2.0, -3.0, 9.0)[: primitive.arity]]:
        value = FLOATS.by_name[primitive.name](*point)
        tied = point.count(value)
        gradient = program(primitive, point).gradients(dict(zip(primitive.parameters, point)))[1]["reverse"]
        assert list(gradient.values()) == [1 / tied if x == value else 0.0 for x in point]


# --- Corners, pinned by name ---

SMALL = 5e-324

# fmt: off
PINS = [
    # program               at                            value            gradient              warnings
    ("x^0",                 {"x": 0},                     1.0,             {"x": 0.0},           []),
    ("x^1",                 {"x": 0},                     0.0,             {"x": 1.0},           []),
    ("x^2",                 {"x": 0},                     0.0,             {"x": 0.0},           []),
    ("x^1.875",             {"x": 0},                     0.0,             {"x": 0.0},           []),
    ("x^0.5",               {"x": 0},                     0.0,             {"x": inf},           ["infinite_derivative"]),
    ("sqrt(x)",             {"x": 0},                     0.0,             {"x": inf},           ["infinite_derivative"]),
    ("cbrt(x)",             {"x": 0},                     0.0,             {"x": inf},           ["infinite_derivative"]),
    ("x^y",                 {"x": 0, "y": 2},             0.0,             {"x": 0.0, "y": 0.0}, []),
    ("x^3",                 {"x": -2},                    -8.0,            {"x": 12.0},          []),
    ("x^2",                 {"x": -2},                    4.0,             {"x": -4.0},          []),
    ("x^y",                 {"x": -2, "y": 3},            -8.0,            {"x": 12.0, "y": nan}, ["undefined_derivative"]),
    ("where(x < 1, x, sqrt(x))", {"x": 0},                0.0,             {"x": 1.0},           []),
    ("where(x > 0, ln(x), 0)",   {"x": -1},               0.0,             {"x": 0.0},           []),
    ("where(x > 0, 0, x*inf)",   {"x": 1},                0.0,             {"x": 0.0},           []),
    ("sqrt(x) if x > 1 else x",  {"x": 0},                0.0,             {"x": 1.0},           []),
    ("abs(x)",              {"x": 0},                     0.0,             {"x": 0.0},           ["kink"]),
    ("sign(x)",             {"x": 0},                     0.0,             {"x": 0.0},           ["kink"]),
    ("hypot(x, y)",         {"x": 0, "y": 0},             0.0,             {"x": 0.0, "y": 0.0}, ["kink"]),
    ("relu(x)",             {"x": 0},                     0.0,             {"x": 0.0},           ["kink"]),
    ("floor(x)",            {"x": 2},                     2.0,             {"x": 0.0},           ["kink"]),
    ("round(x)",            {"x": 2.5},                   2.0,             {"x": 0.0},           ["kink"]),
    ("round(x)",            {"x": 3.5},                   4.0,             {"x": 0.0},           ["kink"]),
    ("step(x)",             {"x": 0},                     0.5,             {"x": 0.0},           ["kink"]),
    ("max(x, y)",           {"x": 3, "y": 3},             3.0,             {"x": 0.5, "y": 0.5}, ["kink"]),
    ("min(x, y)",           {"x": 3, "y": 3},             3.0,             {"x": 0.5, "y": 0.5}, ["kink"]),
    ("max(x, y, z)",        {"x": 3, "y": 3, "z": 3},     3.0,             {"x": 1 / 3, "y": 1 / 3, "z": 1 / 3}, ["kink"]),
    ("max(x, y, z)",        {"x": 3, "y": 1, "z": 3},     3.0,             {"x": 0.5, "y": 0.0, "z": 0.5}, ["kink"]),
    ("where(x < y, x, y)",  {"x": 1, "y": 1},             1.0,             {"x": 0.0, "y": 1.0}, ["boundary"]),
    ("sqrt(x)^2",           {"x": 0},                     0.0,             {"x": nan},           ["zero_times_infinity"]),
    ("sqrt(x*y)",           {"x": 0, "y": 1},             0.0,             {"x": inf, "y": nan}, ["infinite_derivative", "zero_times_infinity"]),
    ("sqrt(x) + y",         {"x": 0, "y": 2},             2.0,             {"x": inf, "y": 1.0}, ["infinite_derivative"]),
    ("sigmoid(x)",          {"x": -1000},                 0.0,             {"x": 0.0},           []),
    ("sigmoid(x)",          {"x": 1000},                  1.0,             {"x": 0.0},           []),
    ("softplus(x)",         {"x": 1000},                  1000.0,          {"x": 1.0},           []),
    ("softplus(x)",         {"x": -1000},                 0.0,             {"x": 0.0},           []),
    ("1/(1 + exp(x))",      {"x": 1000},                  0.0,             {"x": nan},           None),
    ("atan(1/x)",           {"x": 0},                     pi / 2,          {"x": nan},           None),
    ("x*stop(x)",           {"x": 3},                     9.0,             {"x": 3.0},           []),
    ("root(x, 3)",          {"x": -8},                    -2.0,            {"x": 1 / 12},        []),
    ("acot(x)",             {"x": 0},                     pi / 2,          {"x": -1.0},          ["kink"]),
    ("abs(x)*y",            {"x": SMALL, "y": 2},         2 * SMALL,       {"x": 2.0, "y": SMALL}, []),
]
# fmt: on


def agree(a: float, b: float) -> bool:
    return a == b or isnan(a) and isnan(b)


@pytest.mark.core
@pytest.mark.parametrize(("expression", "at", "value", "gradient", "warnings"), PINS)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_pinned(
    expression: str,
    at: dict[str, float],
    value: float,
    gradient: dict[str, float],
    warnings: list[str] | None,
    mode: str,
) -> None:
    point = {name: float(x) for name, x in at.items()}
    for wrt in (list(gradient), *([name] for name in gradient)):  # alone or beside one another
        found = answers.answer(Request("grad", expression, point, wrt, mode))
        assert found.results["value"] == value
        assert all(agree(found.results["gradient"][name], gradient[name]) for name in wrt), found.results
        if wrt == list(gradient) and warnings is not None:
            assert sorted(finding.kind for finding in found.findings) == sorted(warnings)


@pytest.mark.core
@pytest.mark.parametrize(("expression", "at", "value", "gradient", "warnings"), PINS)
def test_pinned_as_a_formula(
    expression: str, at: dict[str, float], value: float, gradient: dict[str, float], warnings: list[str] | None
) -> None:
    point = {name: float(x) for name, x in at.items()}
    found, gradients = typed(expression, list(gradient)).gradients(point)
    assert found == value
    assert all(agree(gradients["symbolic"][name], gradient[name]) for name in gradient), gradients["symbolic"]


def typed(expression: str, wrt: Sequence[str]) -> Program:
    """Return a program as typed, with the graphs of its derivatives."""
    meant = elaborate(parse(expression), {})
    return Program(meant.graph, meant.output, {name: meant.inputs[name] for name in wrt})


@pytest.mark.core
@pytest.mark.parametrize(
    ("expression", "x", "second"),
    [
        ("x^2", 0.0, 2.0), ("x^0", 0.0, 0.0), ("x^1", 0.0, 0.0), ("x^3", 0.0, 0.0), ("x^1.875", 0.0, inf), ("x^0", 1e-200, 0.0),
        ("x^2", -2.0, 2.0), ("x^3", -2.0, -12.0), ("x^0 + x + 3*x^2 + x^4", 0.0, 6.0), ("root(x, 1)", 0.0, 0.0),
        ("sigmoid(x)", 0.0, 0.0), ("sigmoid(x)", -1000.0, 0.0), ("softplus(x)", 1000.0, 0.0), ("asin(x)", 1e-300, 1e-300),
        ("atanh(x)", 0.0, 0.0), ("tanh(x)", 400.0, 0.0), ("where(x < 1, x, sqrt(x))", 0.0, 0.0),
        ("where(x > 0, ln(x), 0)", -1.0, 0.0), ("where(x > 0, 0, x*inf)", 1.0, 0.0), ("relu(x)^2", -1.0, 0.0), ("relu(x)^2", 3.0, 2.0),
    ],
)  # fmt: skip
def test_second_derivatives_pinned(expression: str, x: float, second: float) -> None:
    for way, found in typed(expression, ["x"]).hessians({"x": x}).items():
        assert agree(found["x", "x"], second), (way, found)


@pytest.mark.core
@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("whole", range(6))
def test_powers_at_zero_to_any_order(whole: int, order: int) -> None:
    """The n-th derivative of x^k at 0 is n! for n = k, and 0 otherwise."""
    meant = elaborate(parse(f"x^{whole}"), {})
    graph, node = meant.graph, meant.output
    for _ in range(order):
        graph, nodes = Program(graph, node, {"x": graph.inputs()["x"]}).first
        node = nodes["x"]
    assert evaluate_at(graph, node, {"x": 0.0}) == (math.factorial(order) if order == whole else 0.0)


def evaluate_at(graph: Graph, node: int, point: dict[str, float]) -> float:
    from adcli.sweeps import evaluate

    return float(evaluate(graph, point, FLOATS)[node])


@pytest.mark.core
@pytest.mark.parametrize(
    ("expression", "x", "kind", "words"),
    [
        ("1/x", 0.0, "domain", "1/x"), ("ln(x)", -1.0, "domain", "ln(x)"), ("exp(x)", 1000.0, "overflow", "exp(x)"),
        ("2 + ln(x - 3)", 1.0, "domain", "-2"), ("sqrt(x)", -1.0, "domain", "-1"), ("gamma(x)", -2.0, "domain", "-2"),
        ("x^0.5", -1.0, "domain", "-1"), ("acosh(x)", 0.5, "domain", "0.5"), ("atanh(x)", 1.0, "domain", "1"),
    ],
)  # fmt: skip
def test_no_value(expression: str, x: float, kind: str, words: str) -> None:
    for command in ("eval", "grad"):
        with pytest.raises(Fault) as caught:
            answers.answer(Request(command, expression, {"x": x}))
        assert caught.value.kind == kind
        assert words in str(caught.value)


# fmt: off
SIDES = [
    # program               at                            left                      right
    ("abs(x)",              {"x": 0},                     {"x": -1.0},              {"x": 1.0}),
    ("-abs(x)",             {"x": 0},                     {"x": 1.0},               {"x": -1.0}),
    ("abs(-2*x)",           {"x": 0},                     {"x": -2.0},              {"x": 2.0}),
    ("relu(x)",             {"x": 0},                     {"x": 0.0},               {"x": 1.0}),
    ("relu(-x)",            {"x": 0},                     {"x": -1.0},              {"x": 0.0}),
    ("abs(abs(x))",         {"x": 0},                     {"x": -1.0},              {"x": 1.0}),
    ("max(x, y)",           {"x": 1, "y": 1},             {"x": 0.0, "y": 0.0},     {"x": 1.0, "y": 1.0}),
    ("min(x, y)",           {"x": 1, "y": 1},             {"x": 1.0, "y": 1.0},     {"x": 0.0, "y": 0.0}),
    ("max(x, y, z)",        {"x": 1, "y": 1, "z": 0},     {"x": 0.0, "y": 0.0, "z": 0.0}, {"x": 1.0, "y": 1.0, "z": 0.0}),
    ("hypot(x, y)",         {"x": 0, "y": 0},             {"x": -1.0, "y": -1.0},   {"x": 1.0, "y": 1.0}),
    ("sign(x)",             {"x": 0},                     {"x": inf},               {"x": inf}),
    ("step(x)",             {"x": 0},                     {"x": inf},               {"x": inf}),
    ("floor(x)",            {"x": 2},                     {"x": inf},               {"x": 0.0}),
    ("ceil(x)",             {"x": 2},                     {"x": 0.0},               {"x": inf}),
    ("acot(x)",             {"x": 0},                     {"x": inf},               {"x": -1.0}),
    ("where(x < 1, x^2, 3*x - 2)", {"x": 1},              {"x": 2.0},               {"x": 3.0}),
    ("where(x <= 1, x^2, 3*x - 2)", {"x": 1},             {"x": 2.0},               {"x": 3.0}),
    ("where(x < 1, x^2, 3*x)", {"x": 1},                  {"x": inf},               {"x": 3.0}),
    ("where(x > 0, 1, 2)*x", {"x": 0},                    {"x": 2.0},               {"x": 1.0}),
    ("sign(x)*x",           {"x": 0},                     {"x": -1.0},              {"x": 1.0}),
    ("step(x)*x",           {"x": 0},                     {"x": 0.0},               {"x": 1.0}),
    ("floor(x)*(x - 2)",    {"x": 2},                     {"x": 1.0},               {"x": 2.0}),
    ("round(x)*(x - 1/2)",  {"x": 0.5},                   {"x": 0.0},               {"x": 1.0}),
    ("abs(step(x) - 1/2)*x", {"x": 0},                    {"x": 0.5},               {"x": 0.5}),
    ("x^where(x > 0, 1, 2)", {"x": 0},                    {"x": 0.0},               {"x": 1.0}),
    ("where(x >= 0 and x < 1, x, 2*x)", {"x": 0},         {"x": 2.0},               {"x": 1.0}),
    ("where(not x > 0, x, 2*x)", {"x": 0},                {"x": 1.0},               {"x": 2.0}),
    ("clip(x, 0, 1)",       {"x": 1},                     {"x": 1.0},               {"x": 0.0}),
]
# fmt: on


@pytest.mark.core
@pytest.mark.parametrize(("expression", "at", "left", "right"), SIDES)
def test_sides(expression: str, at: dict[str, float], left: dict[str, float], right: dict[str, float]) -> None:
    point = {name: float(x) for name, x in at.items()}
    for side, expected in (("left", left), ("right", right)):
        found = answers.answer(Request("grad", expression, point, list(expected), kinks=side))
        assert found.mode == "forward"
        assert found.results["gradient"] == expected, side
        assert found.findings
    if "where" not in expression:
        with pytest.raises(Fault) as caught:
            answers.answer(Request("grad", expression, point, kinks="error"))
        assert caught.value.kind == "kink"


@pytest.mark.core
def test_constants_are_rows() -> None:
    assert [FLOATS.by_name[name] for name in CONSTANTS] == [math.pi, math.e, math.tau, inf, pi / 180]


def readme_table() -> dict[str, list[str]]:
    """Return the table of worst errors that the README shows: the cells of each function."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    rows = readme.split("<!-- accuracy -->\n")[1].split("<!-- end -->")[0].splitlines()[2:]
    cells = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    return {name: figures for name, *figures in cells}


def test_the_readme_shows_every_function() -> None:
    assert list(readme_table()) == [name for name, primitive in ROWS.items() if in_table(primitive)]


@pytest.mark.parametrize("name", readme_table())
def test_the_readme_shows_how_accurate_the_rules_are(name: str) -> None:
    """On fewer points the worst error is no larger than the README says, but for what another C library may add."""
    shown = [float(cell) for cell in readme_table()[name][:3]]
    found = [float(cell) for cell in measured(ROWS[name], 200, 50)]
    bounds = [bound(ROWS[name], order) for order in (0, 1, 1)]
    assert all(there <= said + 0.7 and said <= limit for there, said, limit in zip(found, shown, bounds))
