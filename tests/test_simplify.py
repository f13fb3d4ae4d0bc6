"""Simplification: every row holds, sums and products are collected, and the formula has the numbers of the gradient.

Random programs are those of test_sweeps.py; a formula is read back by the language and computed at a point, beside the
reverse sweep on floats.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from math import inf, isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_sweeps import EXPRESSIONS, FAST, POINTS, smooth

from adcli import derive
from adcli.formula import formula, operations
from adcli.graph import Graph
from adcli.language import elaborate, parse
from adcli.latex import latex_of, name_of
from adcli.numbers.system import FLOATS
from adcli.partials import derivative, gradient_program, simplified
from adcli.rules.compiled import read
from adcli.simplify.rows import GUARDED, KNOWING, ROWS
from adcli.sweeps import evaluate

core = pytest.mark.core


def program(text: str) -> tuple[Graph, int]:
    """Return a program as typed."""
    meant = elaborate(parse(text), {})
    return meant.graph, meant.output


def computed(text: str, point: Mapping[str, float]) -> float:
    """Return the value of a program, read from its text."""
    graph, output = program(text)
    return float(evaluate(graph, point, FLOATS)[output])


def differentiated(text: str, *wrt: str) -> str:
    """Return the derivative of a program as text."""
    return formula(*derivative(*program(text), wrt)).text


def made_simple(text: str) -> str:
    """Return a program simplified."""
    return formula(*simplified(*program(text))).text


def same(one: float, other: float, within: float = 1e-12) -> bool:
    """Say whether two values are the same but for rounding, or are both none."""
    if not (isfinite(one) and isfinite(other)):
        return isfinite(one) == isfinite(other)
    return abs(one - other) <= within * max(1.0, abs(one), abs(other))


# --- Rows ---

PLACES = [
    0.0,
    0.5,
    -0.5,
    1.0,
    -1.0,
    2.0,
    -2.0,
    3.0,
    1e-3,
    -1e-3,
    0.25,
    -0.75,
    1.5,
    -1.75,
    7.3,
    -11.2,
    20.0,
    math.pi,
    inf,
    -inf,
]


def outcomes(pattern: str, replacement: str, condition: str = "1") -> list[str]:
    """Return where a row changes the value, or whether there is one, on the places where its condition holds."""
    graph, output = read(pattern)
    found = []
    names = list(graph.inputs())
    tried = 0
    for x in PLACES:
        for y in PLACES if len(names) > 1 else [0.0]:
            point = dict(zip(names, (x, y)))
            if not all(map(isfinite, point.values())) and condition != "1":
                continue
            values = []
            for text in (condition, pattern, replacement):
                graph, output = read(text)
                values.append(evaluate(graph, {**point, **dict.fromkeys(graph.inputs(), 0.0), **point}, FLOATS)[output])
            if values[0]:
                tried += 1
                if not (values[1] == values[2] or same(values[1], values[2], 1e-13)):
                    found.append(f"{pattern} -> {replacement} at {point}: {values[1]}, {values[2]}")
    assert tried
    return found


@core
@pytest.mark.parametrize(("pattern", "replacement"), ROWS, ids=lambda text: text)
def test_a_row_holds_everywhere(pattern: str, replacement: str) -> None:
    assert outcomes(pattern, replacement) == []


@core
@pytest.mark.parametrize(("pattern", "replacement", "condition"), [*KNOWING, *GUARDED], ids=lambda text: text)
def test_a_row_holds_where_it_says(pattern: str, replacement: str, condition: str) -> None:
    assert outcomes(pattern, replacement, condition) == []


@core
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("sqrt(x)^2", "x"), ("exp(ln(x))", "x"), ("x/x", "1"), ("x^3/x", "x^2"), ("ln(x^2)", "2*ln(x)"),
        ("sqrt(x - 1)*sqrt(x + 1)", "sqrt(x^2 - 1)"), ("sin(x)", "cos(x)"), ("x^(1/2)*x^(1/2)", "x"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_hold_is_found(pattern: str, replacement: str) -> None:
    assert outcomes(pattern, replacement) != []


# --- Collecting ---

COLLECTED = [
    # typed                           written
    ("x*x",                           "x^2"),
    ("x^2*x^3",                       "x^5"),
    ("x + x",                         "2*x"),
    ("2*x + 3*y - x",                 "x + 3*y"),
    ("2*x*3*y",                       "6*x*y"),
    ("y*2*x",                         "2*y*x"),
    ("x - (y - z)",                   "x - y + z"),
    ("-(-x)",                         "x"),
    ("x + -3",                        "x - 3"),
    ("x*(-1)",                        "-x"),
    ("(-x)*(-y)",                     "x*y"),
    ("x/2/3",                         "x/6"),
    ("x/(y/z)",                       "x/(y/z)"),
    ("1/2*x",                         "x/2"),
    ("1/2 + 1/3",                     "5/6"),
    ("0.1*x + 0.2*x",                 "0.3*x"),
    ("x^(2.3 - 1)",                   "x^1.3"),
    ("0.1*x + x/2",                   "0.6*x"),
    ("0.5*x/3",                       "x/6"),
    ("1e-20*x*2",                     "2e-20*x"),
    ("x^1",                           "x"),
    ("x^0",                           "1"),
    ("x*1 + 0",                       "x"),
    ("(2*x)^3",                       "8*x^3"),
    ("(x^2)^3",                       "x^6"),
    ("(x^2)^(1/2)",                   "(x^2)^(1/2)"),
    ("sqrt(2)*sqrt(2)*x",             "2*x"),
    ("where(3 == 0, x, y)",           "y"),
    ("where(abs(x) < 1 and 1 > 2, x, y)", "y"),
    ("where(x > 0 and 1 < 2, x, y)",  "where(x > 0, x, y)"),
    ("where(x > 0, y, y)",            "y"),
    ("sin(-2*x)",                     "-sin(2*x)"),
    ("1 + x + x^2 + 1",               "2 + x + x^2"),
    ("x + 1 - x",                     "1"),
    ("pi*2*x",                        "2*pi*x"),
    ("2^100*x",                       "2^100*x"),
    ("1e200*1e200*x",                 "inf*x"),
    ("1e-200*1e-200*x",               "0*x"),
    ("123456789*987654321*x",         "121932631112635269*x"),
    ("1/3^40*x",                      "x/12157665459056928801"),
    ("0." + "3"*400 + "*x",           "0.3333333333333333*x"),
    ("1.234567890123456e-999999*x",   "0"),
    ("; ".join(["t = x", *["t = t*t"] * 60, "t"]), "x^1152921504606846976"),
    ("; ".join(["t = x", *["t = t*t"] * 1100, "t"]), "x^inf"),
    # What is not the same everywhere stays.
    ("x/x",                           "x/x"),
    ("x^3/x",                         "x^3/x"),
    ("x^3/x^5",                       "1/x^2"),
    ("1/(1/x)",                       "1/(1/x)"),
    ("sqrt(x)^2",                     "sqrt(x)^2"),
    ("exp(ln(x))",                    "exp(ln(x))"),
    ("x^(1/2)*x^(1/2)",               "(x^(1/2))^2"),
    ("0*ln(x)",                       "0*ln(x)"),
    ("0*x",                           "0"),
    ("1/x - 1/x",                     "0/x"),
    ("exp(x)/exp(x)",                 "1"),
    ("ln(x^2)",                       "ln(x^2)"),
]  # fmt: skip


@core
@pytest.mark.parametrize(("typed", "written"), COLLECTED)
def test_sums_and_products_are_collected(typed: str, written: str) -> None:
    assert made_simple(typed) == written


@core
@pytest.mark.parametrize("typed", [typed for typed, _ in COLLECTED])
def test_what_is_collected_has_the_same_values(typed: str) -> None:
    written = made_simple(typed)
    for x in PLACES[:-2]:
        point = {"x": x, "y": 0.7, "z": -1.3}
        assert same(computed(typed, point), computed(written, point)), point


KEPT = [
    # a derivative and a point where the program has a value and the derivative has none
    ("sqrt(x)", {"x": 0.0}), ("sqrt(x)^2", {"x": 0.0}), ("sqrt(x) - sqrt(x)", {"x": 0.0}), ("x^(1/2)*x^(1/2)", {"x": 0.0}),
    ("x*root(x, 3)", {"x": 0.0}), ("asin(x)", {"x": 1.0}), ("acosh(x)", {"x": 1.0}), ("sqrt(x)*sqrt(x)*y", {"x": 0.0, "y": 1.0}),
]  # fmt: skip


@core
@pytest.mark.parametrize(("text", "point"), KEPT)
def test_a_derivative_that_does_not_exist_has_no_value(text: str, point: dict[str, float]) -> None:
    graph, output = program(text)
    values = evaluate(graph, point, FLOATS)
    assert isfinite(values[output])
    assert not isfinite(derive.gradient(graph, output, values, {"x": graph.inputs()["x"]})["x"])
    assert not isfinite(computed(differentiated(text, "x"), point))


@core
def test_the_domain_of_the_program_lets_quotients_cancel() -> None:
    assert differentiated("x*ln(x)", "x") == "ln(x) + 1"
    assert differentiated("x*where(x > 0, ln(x), 0)", "x") == "where(x > 0, ln(x), 0) + where(x > 0, x/x, 0)"


# --- The numbers of a formula ---


def formulas_that_differ(text: str, point: Mapping[str, float]) -> list[str]:
    """Return where the formula of a first or second derivative has another value than the sweeps on floats."""
    graph, output = program(text)
    names = list(graph.inputs())
    values = evaluate(graph, point, FLOATS)
    gradient = derive.gradient(graph, output, values, graph.inputs())
    found = []
    for name in names:
        written = differentiated(text, name)
        value = computed(written, point)
        if not same(value, gradient[name], 1e-9):
            found.append(f"{text} by {name} at {point}: {gradient[name]!r}, but {written} is {value!r}")
    first, nodes = derive.symbolic_gradient(graph, output, names)
    values = evaluate(first, point, FLOATS)
    inputs = first.inputs()
    for by, then in zip(names, names[1:] + names[:1]):
        if by not in inputs or then not in inputs:
            continue
        entry = derive.gradient(first, nodes[by], values, {then: inputs[then]})[then]
        written = differentiated(text, by, then)
        value = computed(written, point)
        if not same(value, entry, 1e-7):
            found.append(f"{text} by {by}, {then} at {point}: {entry!r}, but {written} is {value!r}")
    return found


def explore(text: str, point: dict[str, float]) -> None:
    """Try one random program."""
    graph, _ = program(text)
    point = {name: point[name] for name in graph.inputs()}
    assume(point)
    assume(smooth(text, point))
    assert formulas_that_differ(text, point) == []


@core
@FAST
@given(EXPRESSIONS, POINTS)
def test_the_formula_has_the_numbers_of_the_sweeps(text: str, point: dict[str, float]) -> None:
    explore(text, point)


@settings(FAST, max_examples=150)
@given(EXPRESSIONS, POINTS)
def test_the_formulas_of_many_programs(text: str, point: dict[str, float]) -> None:
    explore(text, point)


@FAST
@given(EXPRESSIONS, POINTS)
def test_what_is_written_once_is_written_the_same_again(text: str, point: dict[str, float]) -> None:
    graph, output = program(text)
    assume(graph.inputs())
    name = next(iter(graph.inputs()))
    graph, output = derivative(graph, output, [name])
    written = formula(graph, output)
    assert not re.search(r"--|\+ -|(?<![\w.])1\*|\+ 0\b(?!\.)|\^1\b(?![./])|\(-1\)\*", written.text), written.text
    assert computed(written.text, point) == pytest.approx(evaluate(graph, point, FLOATS)[output], rel=1e-9, nan_ok=True)


# --- Corners ---

CORNER = st.sampled_from(["x", "y", "x", "y", "2", "1/2", "3", "0.5", "-1"])


def bend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make expressions that have zeros, poles, roots and kinks at small numbers."""
    exponents = st.sampled_from(["2", "3", "-1", "-2", "(1/2)", "(2/3)", "0.5", "1.5"])
    functions = st.sampled_from("sqrt ln abs exp sin cbrt atan acosh asin sign asec log1p".split())
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/*/"), inner),
        st.builds("({})^{}".format, inner, exponents),
        st.builds("{}({})".format, functions, inner),
        st.builds("where({} > {}, {}, {})".format, inner, inner, inner, inner),
    )


BENT = st.recursive(CORNER, bend, max_leaves=6)
CORNERS = st.fixed_dictionaries(
    {name: st.sampled_from([0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0, -0.25, 1.5]) for name in "xy"}
)
OFTEN = settings(FAST, max_examples=200)


@core
@OFTEN
@given(BENT, CORNERS)
def test_a_derivative_is_there_where_the_sweeps_find_one(text: str, point: dict[str, float]) -> None:
    """Where every step of a program is finite, its formula is finite where the gradient is, and only there."""
    graph, output = program(text)
    values = evaluate(graph, point, FLOATS)
    assume(all(map(isfinite, values)))
    for name, slope in derive.gradient(graph, output, values, graph.inputs()).items():
        written = differentiated(text, name)
        assert same(computed(written, point), slope, 1e-9), written


@core
@OFTEN
@given(BENT, CORNERS)
def test_what_is_made_simple_has_the_same_domain(text: str, point: dict[str, float]) -> None:
    written = made_simple(text)
    assert same(computed(written, point), computed(text, point), 1e-9), written


# --- Sharing ---


@core
def test_a_formula_that_would_be_written_many_times_has_steps() -> None:
    twice = "; ".join(["t = x", *["t = t*sin(t)"] * 30, "t"])
    graph, output = derivative(*program(twice), ["x"])
    count = operations(graph, output)
    written = formula(graph, output)
    assert count.tree > 10**9
    assert count.graph < 1000
    assert len(written.text) < 10_000
    assert 10 < len(written.steps) < 100
    assert written.text.endswith("; " + written.expression)
    graph, output = program(twice)
    values = evaluate(graph, {"x": 0.9}, FLOATS)
    expected = derive.gradient(graph, output, values, graph.inputs())["x"]
    assert computed(written.text, {"x": 0.9}) == pytest.approx(expected, rel=1e-9)


@core
def test_powers_of_powers_are_one_power() -> None:
    assert differentiated("; ".join(["t = x", *["t = t*t"] * 30, "t"]), "x") == "1073741824*x^1073741823"


@core
def test_steps_do_not_take_names_that_are_there() -> None:
    text = "; ".join(["t = q1*q2 + q", *["t = t*sin(t)"] * 10, "t"])
    names = [name for name, _ in formula(*derivative(*program(text), ["q"])).steps]
    assert names
    assert not {"q", "q1", "q2"} & {*names}


@core
def test_operations_are_counted() -> None:
    graph, output = program("(x + 1)*sin(x + 1)")
    assert operations(graph, output) == (4, 3)
    assert operations(*derivative(graph, output, ["x"])).graph == 5
    assert operations(*gradient_program(graph, output, ["x"])).graph == 5
    assert operations(*program("x")) == (0, 0)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (" + ".join(f"sin({k}*x)" for k in range(1, 10_001)), "cos(x) + 2*cos(2*x) + 3*cos(3*x)"),
        ("sin(" * 1000 + "x" + ")" * 1000, "q1 = "),
        ("*".join(["x"] * 2000), "2000*x^1999"),
        ("/".join(["x"] * 1000), "-998/x^999"),
        ("-" * 10_000 + "x", "1"),
        ("; ".join(["t = x", *["t = t/(t + 1)"] * 200, "t"]), "q1 = "),
        ("where(x > 0, x, " * 1000 + "ln(x)" + ")" * 1000, "where(x > 0, 1, where(x > 0, 1, "),
    ],
    ids=["a sum", "a nest", "a product", "a quotient", "minus signs", "bindings", "branches"],
)
def test_long_programs_do_not_recurse_nor_blow_up(text: str, start: str) -> None:
    graph, output = derivative(*program(text), ["x"])
    written = formula(graph, output)
    assert written.text.startswith(start)
    assert len(written.text) + len(written.latex) < 1_000_000


# --- LaTeX ---

LATEX = [
    # program                         LaTeX
    ("x^2",                           r"x^{2}"),
    ("3*x^2*sin(x)",                  r"3 x^{2} \sin\left(x\right)"),
    ("sin(x)^2",                      r"\sin^{2}\left(x\right)"),
    ("(x + 1)^2",                     r"\left(x + 1\right)^{2}"),
    ("x/2",                           r"\frac{x}{2}"),
    ("-x/(y + 1)",                    r"-\frac{x}{y + 1}"),
    ("a - -b",                        r"a - \left(-b\right)"),
    ("2*3^x",                         r"2 \cdot 3^{x}"),
    ("2*(-3)",                        r"2 \left(-3\right)"),
    ("x^(1/2)",                       r"x^{1/2}"),
    ("x^y^z",                         r"x^{y^{z}}"),
    ("(x^y)^z",                       r"\left(x^{y}\right)^{z}"),
    ("(x/y)^2",                       r"\left(\frac{x}{y}\right)^{2}"),
    ("sqrt(x + 1)",                   r"\sqrt{x + 1}"),
    ("sqrt(x)^3",                     r"\left(\sqrt{x}\right)^{3}"),
    ("cbrt(x)",                       r"\sqrt[3]{x}"),
    ("root(x, 5)",                    r"\sqrt[5]{x}"),
    ("abs(x - 1)",                    r"\left|x - 1\right|"),
    ("floor(x)",                      r"\left\lfloor x\right\rfloor"),
    ("exp(-x^2)",                     r"e^{-x^{2}}"),
    ("exp(x)^2",                      r"\left(e^{x}\right)^{2}"),
    ("ln(x)/ln(2)",                   r"\frac{\ln\left(x\right)}{\ln\left(2\right)}"),
    ("log2(x)",                       r"\log_{2}\left(x\right)"),
    ("asin(x)",                       r"\arcsin\left(x\right)"),
    ("sech(x)^2",                     r"\operatorname{sech}^{2}\left(x\right)"),
    ("atan2(y, x)",                   r"\operatorname{atan2}\left(y, x\right)"),
    ("gamma(x)*digamma(x)",           r"\Gamma\left(x\right) \psi\left(x\right)"),
    ("polygamma(2, x)^2",             r"\left(\psi^{\left(2\right)}\left(x\right)\right)^{2}"),
    ("where(x > 0, x, -x)",           r"\begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}"),
    ("x if 0 < x <= 1 and y != 2 else 0",
     r"\begin{cases} x & \text{if } 0 < x \land x \le 1 \land y \ne 2 \\ 0 & \text{otherwise} \end{cases}"),
    ("2*pi*omega*t",                  r"2 \pi \omega t"),
    ("λ*x₁ + theta_0",                r"\lambda x_{1} + \theta_{0}"),
    ("x_max*speed",                   r"x_{\mathrm{max}} \mathrm{speed}"),
    ("6.02e23*n",                     r"6.02 \cdot 10^{23} n"),
    ("x^-2",                          r"x^{-2}"),
    ("1 - (x + y)",                   r"1 - \left(x + y\right)"),
    ("sin(cos(x))",                   r"\sin\left(\cos\left(x\right)\right)"),
    ("(a + b)*(c + d)",               r"\left(a + b\right) \left(c + d\right)"),
]  # fmt: skip


@core
@pytest.mark.parametrize(("text", "expected"), LATEX)
def test_latex(text: str, expected: str) -> None:
    assert latex_of(*program(text)) == expected


@core
def test_names_in_latex() -> None:
    assert [name_of(name) for name in ("x", "x12", "alpha", "x_i", "mu_x", "rho0", "σ", "I0")] == [
        "x", "x_{12}", r"\alpha", "x_{i}", r"\mu_{x}", r"\rho_{0}", r"\sigma", "I_{0}",
    ]  # fmt: skip


@core
def test_steps_in_latex() -> None:
    text = "; ".join(["t = x", *["t = t*sin(t)"] * 5, "t"])
    written = formula(*derivative(*program(text), ["x"])).latex
    assert r" \quad \text{where } q_{1} = x \sin\left(x" in written
    assert written.count("{") == written.count("}")
    assert written.count(r"\left") == written.count(r"\right")
