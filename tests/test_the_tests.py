"""The tests of the tests: rules and functions that are a little wrong, put in the place of right ones, must be found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from accuracy import complaints
from points import points
from test_rules import bent_wrong, kinks_misplaced, misplaced, strangers, ways_that_differ
from test_sweeps import contributions_that_do_not_add_up, gradients_that_differ, hessians_that_differ

from adcli import answers
from adcli.answers import Answer, Request
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE
from adcli.rules.compiled import Rules
from adcli.rules.primitive import Primitive

pytestmark = pytest.mark.core


@pytest.fixture(autouse=True)
def floats_as_they_were() -> Iterator[None]:
    """Forget what the number system has made of altered functions."""
    kept = [(known, dict(known)) for known in (FLOATS.functions, FLOATS.rules)]
    yield
    for known, before in kept:
        known.clear()
        known.update(before)


COLUMNS = ("parameters", "domain", "kink", "chosen", "sided", "moved", "points", "sign", "strength", "shown")


def altered(name: str, **columns: Any) -> Primitive:
    """Return a row of the table with some columns changed; unchanged, it is a copy that no cache knows."""
    right = TABLE[name]
    kept = {column: getattr(right, column) for column in COLUMNS}
    partials = columns.pop("partials", right.partials)
    return Primitive(name, partials, right.says, **{**kept, **columns})


def complain(row: Primitive, *orders: int) -> list[str]:
    """Return what the check of accuracy says, on as many points as it takes among its core tests."""
    return complaints(row, points(row, 30, 8, seed=1), orders)


@pytest.mark.parametrize("name", ["sin", "div", "pow", "gamma", "polygamma", "min", "gauss"])
def test_a_right_rule_passes(name: str) -> None:
    row = altered(name)
    assert complain(row, 0, 1, 2) == []
    assert ways_that_differ(row, points(row, 10, 2)) == []


@pytest.mark.parametrize(
    ("name", "partials"),
    [  # by 0.05 %
        ("sin", ("1.0005*cos(x)",)),
        ("ln", ("0.9995/x",)),
        ("mul", ("y", "1.0005*x")),
        ("div", ("1/y", "-1.0005*r/y")),
        ("pow", ("pow1(x, y)", "1.0005*powln(x, y)")),
        ("root", ("0.9995*root1(x, n)", None)),
        ("gamma", ("1.0005*r*digamma(x)",)),
        ("polygamma", (None, "1.0005*polygamma(n + 1, x)")),
        ("relu", ("1.0005*(x > 0)",)),
    ],
)
def test_a_rule_wrong_by_a_twentieth_of_a_percent(name: str, partials: tuple[str | None, ...]) -> None:
    assert complain(altered(name, partials=partials), 1)


@pytest.mark.parametrize(
    ("name", "partials"),
    [  # the textbook's formulas, each right in exact arithmetic
        ("asin", ("1/sqrt(1 - x^2)",)),
        ("tanh", ("1 - r^2",)),
        ("sigmoid", ("r*(1 - r)",)),
        ("expm1", ("r + 1",)),
        ("asinh", ("1/sqrt(1 + x^2)",)),
        ("acosh", ("1/sqrt(x^2 - 1)",)),
        ("erf", ("2/sqrt(pi)*exp(-x^2)",)),
        ("pow", ("y*x^(y - 1)", "powln(x, y)")),
        ("atan2", ("x/(x^2 + y^2)", "-y/(x^2 + y^2)")),
    ],
)
def test_a_careless_rule(name: str, partials: tuple[str, ...]) -> None:
    assert complain(altered(name, partials=partials), 1)


@pytest.mark.parametrize(
    ("name", "partials"),
    [("exp", ("exp(stop(x))",)), ("div", ("1/stop(y)", "-r/y")), ("atan", ("lorentz(stop(x))",))],
)
def test_a_rule_right_at_first_order_and_wrong_at_second(name: str, partials: tuple[str, ...]) -> None:
    row = altered(name, partials=partials)
    assert complain(row, 0, 1) == []
    assert complain(row, 2)


@pytest.mark.parametrize("name", ["div", "sub", "atan2", "hypot", "pow", "mul", "max"])
def test_swapped_partials(name: str) -> None:
    row = altered(name, partials=TABLE[name].partials[::-1])
    assert complain(row, 1)


def off(function: Callable[..., float]) -> Callable[..., float]:
    """Return a function that is off by 1e-12."""
    return lambda *arguments: function(*arguments) * (1.0 + 1e-12)


@pytest.mark.parametrize("name", ["exp", "sin", "div", "pow", "gamma", "lgamma", "digamma", "acot", "erfc", "sqrt"])
def test_a_function_off_by_1e_12(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOATS.by_name, name, off(FLOATS.by_name[name]))
    assert complain(altered(name), 0)


@pytest.mark.parametrize(
    ("name", "derivative_of"),
    [("cos", "sin"), ("digamma", "lgamma"), ("gauss", "erf"), ("pow1", "pow"), ("sech2", "tanh"), ("cosine", "hypot")],
)
def test_a_derivative_off_by_1e_12(name: str, derivative_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOATS.by_name, name, off(FLOATS.by_name[name]))
    assert complain(altered(derivative_of), 1)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("sqrt", {"domain": ""}), ("ln", {"domain": "x >= 0"}), ("sqrt", {"domain": "x > 0"}), ("atanh", {"domain": "abs(x) <= 1"}),
     ("pow", {"domain": "x > 0"}), ("gamma", {"domain": "x > 0"}), ("asin", {"domain": "abs(x) < 1"})],
)  # fmt: skip
def test_a_wrong_domain(name: str, columns: dict[str, str]) -> None:
    assert misplaced(altered(name)) == []
    assert misplaced(altered(name, **columns))


@pytest.mark.parametrize(
    ("name", "columns"),
    [("abs", {"sided": "dx"}), ("relu", {"sided": "min(dx, 0)"}), ("acot", {"moved": ""}), ("lt", {"moved": "dx <= dy"}),
     ("floor", {"moved": "where(dx > 0, r - 1, r)"}), ("hypot", {"sided": "dx + dy"}), ("abs", {"kink": "x == 1"})],
)  # fmt: skip
def test_a_wrong_side(name: str, columns: dict[str, str]) -> None:
    assert bent_wrong(altered(name)) == []
    assert bent_wrong(altered(name, **columns))


@pytest.mark.parametrize(("name", "kink"), [("abs", "x <= 0"), ("max", "0"), ("floor", "x == 0"), ("hypot", "x == 0")])
def test_a_wrong_kink(name: str, kink: str) -> None:
    at = points(TABLE[name], 100, 20, seed=5)
    assert kinks_misplaced(altered(name), at) == []
    assert kinks_misplaced(altered(name, kink=kink), at)


def test_a_function_that_the_table_has_not() -> None:
    row = altered("sin", partials=("cos(q)",))
    assert strangers(altered("sin")) == []
    assert strangers(row)


# --- Programs ---


def plant(name: str, partials: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put other partials into the row of the table itself, which whatever makes a graph may have at hand."""
    monkeypatch.setattr(TABLE[name], "partials", partials)
    monkeypatch.setitem(FLOATS.rules, TABLE[name], Rules(FLOATS.by_name)[TABLE[name]])


PROGRAM, POINT = "sin(x)*y + x/(1 + y^2)", {"x": 0.8, "y": 1.3}


@pytest.mark.parametrize(
    ("name", "partials"),
    [
        ("sin", ("1.0005*cos(x)",)),
        ("div", ("-r/y", "1/y")),
        ("mul", ("x", "y")),
        ("pow", ("1.0005*pow1(x, y)", "powln(x, y)")),
    ],
)
def test_a_wrong_rule_in_a_program(name: str, partials: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert gradients_that_differ(PROGRAM, POINT) == []
    plant(name, partials, monkeypatch)
    assert gradients_that_differ(PROGRAM, POINT)


@pytest.mark.parametrize(
    ("name", "partials"), [("sin", ("cos(stop(x))",)), ("div", ("1/stop(y)", "-r/y")), ("mul", ("stop(y)", "stop(x)"))]
)
def test_a_rule_wrong_at_second_order_in_a_program(
    name: str, partials: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hessians_that_differ(PROGRAM, POINT) == []
    plant(name, partials, monkeypatch)
    assert gradients_that_differ(PROGRAM, POINT) == []
    assert hessians_that_differ(PROGRAM, POINT)


def test_a_function_that_is_off_in_one_way_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The symbolic way computes its formula by the functions of the table, the sweeps by the rules."""
    monkeypatch.setattr("test_sweeps.differences", lambda function, x: (math.nan, math.inf))
    monkeypatch.setitem(FLOATS.functions, TABLE["cos"], lambda x: math.cos(x) * (1 + 1e-9))
    assert gradients_that_differ(PROGRAM, POINT)


def traced() -> Answer:
    return answers.answer(Request("grad", PROGRAM, POINT, trace=True))


@pytest.mark.parametrize("column", ["contribution", "total", "upstream", "partial"])
def test_a_trace_that_is_off(column: str) -> None:
    found = traced()
    assert contributions_that_do_not_add_up(found) == []
    assert found.trace is not None
    row = found.trace.adjoints[2]
    found.trace.adjoints[2] = row._replace(**{column: getattr(row, column) * (1 + 1e-12)})
    assert contributions_that_do_not_add_up(found)


def test_a_trace_that_lacks_a_contribution() -> None:
    found = traced()
    assert found.trace is not None
    del found.trace.adjoints[-1]
    assert contributions_that_do_not_add_up(found)
