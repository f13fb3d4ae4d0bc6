"""Many points: a row is answered as the same point alone, whatever the block, the thread and the format; files are read and
written as they come, and what is written is whole lines."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from fractions import Fraction
from math import inf, isfinite, isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run
from test_sweeps import BRANCHES, EXPRESSIONS, FAST, NAMES

from adcli import answers, language, parse
from adcli.answers import Request
from adcli.batch import lines, memory, tape
from adcli.batch.decimals import behind
from adcli.batch.engine import KINKS, engine
from adcli.batch.memory import at_points
from adcli.batch.numerals import Cells
from adcli.errors import Fault
from adcli.numbers.floats import FUNCTIONS as TABLE_FUNCTIONS
from adcli.numbers.system import FLOATS
from adcli.sweeps import evaluate

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
PROGRAM = "exp(-x^2)*sin(y*z) + log(1 + z^2)/(1 + x^2*y^2)"

# --- A row is the point alone ---


def numbers(results: Mapping[str, Any], wrt: list[str]) -> list[float]:
    """Return the numbers of an answer in the order of the columns."""
    found = [results["value"]] if isinstance(results["value"], float) else list(results["value"])
    if "tangent" in results:
        found += results["tangent"] if isinstance(results["tangent"], list) else [results["tangent"]]
    if "jacobian" in results:
        rows = [results["jacobian"][name] for name in wrt]
        found += [n for part in zip(*rows) for n in part] if isinstance(results["value"], list) else rows
    if "gradient" in results:
        found += [results["gradient"][name] for name in wrt]
    if "hessian" in results:
        found += [results["hessian"][a][b] for k, a in enumerate(wrt) for b in wrt[k:]]
    return found


def alike(one: float, other: float, size: float) -> bool:
    """Say whether two numbers are the same but for rounding."""
    if not (isfinite(one) and isfinite(other)):
        return one == other or isnan(one) and isnan(other)
    return abs(one - other) <= size


def rows_that_differ(request: Request, columns: Mapping[str, list[float]], close: float = 1e-10) -> list[str]:
    """Return where a batch is not what its points are alone: in its numbers, or in what is said of them."""
    used = {name: np.array(column) for name, column in columns.items()}
    batch = at_points(request, used, workers=1)
    whole = engine(request, list(used), "points")
    arrays = [used[name] for name in whole.used]
    whole.begin(dict(zip(whole.used, row)) for row in zip(*arrays))
    count = len(next(iter(used.values())))
    with np.errstate(all="ignore"):
        outcome = whole.rows(arrays, [np.empty(count) for _ in whole.titles])
    found = []
    for row in range(count):
        at = {name: column[row] for name, column in columns.items()}
        one = Request(
            request.command, request.expression, {**request.at, **at}, tangent=request.tangent, wrt=request.wrt
        )
        got = [float(column[row]) for column in batch.values()]
        try:
            answer = answers.answer(one)
            wanted = numbers(answer.results, list(answer.wrt or ()))
            kinds = {finding.kind for finding in answer.findings} - {"unused"}
        except Fault as fault:
            assert fault.kind in ("domain", "overflow", "not_finite"), fault.message
            wanted, kinds = [nan] * len(got), {"undefined"}
        size = close * max([1.0, *(abs(n) for n in wanted if isfinite(n))])
        if not all(alike(a, b, size) for a, b in zip(got, wanted, strict=True)):
            found.append(f"{request.command} {request.expression} at {at}: {got}, alone {wanted}")
        told = {"undefined"} if row in outcome.undefined else set()
        told |= {"kink"} if row in outcome.bent else set()
        told |= {"infinite"} if row in outcome.infinite else set()
        alone = {"kink" if kind in KINKS else kind if kind == "undefined" else "infinite" for kind in kinds}
        if told != alone:
            found.append(f"{request.command} {request.expression} at {at}: {told}, alone {kinds}")
    return found


SPECIAL = st.sampled_from((0.0, 1.0, -1.0, 0.5, 2.0, -0.0))
COORDINATE = st.one_of(SPECIAL, st.floats(-2, 2).map(lambda x: round(x, 3)))
COLUMNS = st.lists(st.tuples(*[COORDINATE] * len(NAMES)), min_size=1, max_size=6)


@pytest.mark.parametrize("command", ["eval", "grad", "jvp", "jacobian", "hessian"])
def test_random_programs(command: str) -> None:
    @FAST
    @given(EXPRESSIONS, EXPRESSIONS, COLUMNS)
    def explore(expression: str, other: str, points: list[tuple[float, ...]]) -> None:
        if command == "jacobian":
            expression = f"[{expression}, {other}]"
        columns = dict(zip(NAMES, map(list, zip(*points))))
        names = [name for name in NAMES if name in expression.replace("exp", "").replace("max", "")]
        if not names:
            return
        columns = {name: columns[name] for name in names}
        tangent = {name: 0.5 + k for k, name in enumerate(names)} if command == "jvp" else None
        try:
            answers.answer(
                Request(command, expression, {name: column[0] for name, column in columns.items()}, tangent=tangent)
            )
        except Fault as fault:
            if fault.kind == "unknown_input":  # a name that is folded away
                return
        close = 1e-7 if command == "hessian" else 1e-10
        assert rows_that_differ(Request(command, expression, {}, tangent=tangent), columns, close) == []

    explore()


@pytest.mark.parametrize(("expression", "point", "gradient", "second"), BRANCHES)
def test_a_branch_not_taken_spoils_no_row(
    expression: str, point: dict[str, float], gradient: dict[str, float], second: float
) -> None:
    """In the middle of rows at which another branch may be taken, or nothing is defined."""
    others = (1.0, -1.0, 0.0, 0.5, 2.0, -3.0)
    columns = {name: np.array([*others, value, *reversed(others)]) for name, value in point.items()}
    found = at_points(Request("hessian", expression, {}), columns)
    row = len(others)
    assert {name: found[f"grad_{name}"][row] for name in gradient} == gradient
    assert found["hess_x_x"][row] == second
    forward = at_points(Request("grad", expression, {}, mode="forward"), columns)
    assert {name: forward[f"grad_{name}"][row] for name in gradient} == gradient
    tangents = at_points(Request("jvp", expression, {}, tangent={"x": 1.0}), columns)
    assert tangents["tangent"][row] == gradient["x"]


PINS = [
    # program                 column               value    derivative
    ("x^0",                   {"x": 0.0},          1.0,     {"x": 0.0}),
    ("x^1",                   {"x": 0.0},          0.0,     {"x": 1.0}),
    ("x^2",                   {"x": 0.0},          0.0,     {"x": 0.0}),
    ("x^1.875",               {"x": 0.0},          0.0,     {"x": 0.0}),
    ("x^0.5",                 {"x": 0.0},          0.0,     {"x": inf}),
    ("sqrt(x)",               {"x": 0.0},          0.0,     {"x": inf}),
    ("x^y",                   {"x": 0.0, "y": 2.0}, 0.0,    {"x": 0.0, "y": 0.0}),
    ("x^3",                   {"x": -2.0},         -8.0,    {"x": 12.0}),
    ("x^y",                   {"x": -2.0, "y": 3.0}, -8.0,  {"x": 12.0, "y": nan}),
    ("abs(x)",                {"x": 0.0},          0.0,     {"x": 0.0}),
    ("relu(x)",               {"x": 0.0},          0.0,     {"x": 0.0}),
    ("max(x, y)",             {"x": 3.0, "y": 3.0}, 3.0,    {"x": 0.5, "y": 0.5}),
    ("hypot(x, y)",           {"x": 0.0, "y": 0.0}, 0.0,    {"x": 0.0, "y": 0.0}),
    ("sqrt(x)^2",             {"x": 0.0},          0.0,     {"x": nan}),
    ("sqrt(x*y)",             {"x": 0.0, "y": 1.0}, 0.0,    {"x": inf, "y": nan}),
    ("sqrt(x) + y",           {"x": 0.0, "y": 5.0}, 5.0,    {"x": inf, "y": 1.0}),
    ("sigmoid(x)",            {"x": -1000.0},      0.0,     {"x": 0.0}),
    ("softplus(x)",           {"x": 1000.0},       1000.0,  {"x": 1.0}),
    ("1/(1 + exp(x))",        {"x": 1000.0},       0.0,     {"x": nan}),
    ("1/x",                   {"x": 0.0},          nan,     {"x": nan}),
    ("ln(x)",                 {"x": -1.0},         nan,     {"x": nan}),
    ("exp(x)",                {"x": 1000.0},       nan,     {"x": nan}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "point", "value", "gradient"), PINS)
def test_pinned_values(expression: str, point: dict[str, float], value: float, gradient: dict[str, float]) -> None:
    columns = {name: np.array([0.75, number, 1.25]) for name, number in point.items()}
    found = at_points(Request("grad", expression, {}), columns)
    assert alike(found["value"][1], value, 0.0)
    for name, derivative in gradient.items():
        assert alike(found[f"grad_{name}"][1], derivative, 0.0), name
    assert rows_that_differ(Request("grad", expression, {}), {name: c.tolist() for name, c in columns.items()}) == []


KINKS_ON_THE_WAY = [
    # program                                         points at which to say so, of -2 -1 0 1 2
    ("abs(x)",                                        [0]),
    ("where(x > 1, abs(x), x^2)",                     [1]),
    ("where(x < 1, abs(x), x^2)",                     [0, 1]),
    ("where(x < 1.5, where(x > -0.5, relu(x), abs(x + 1)), abs(x - 2))", [-1, 0, 2]),
    ("where(x > 0.5, x, 1) + where(x < 0.5, 0, abs(x - 1))", [1]),
    ("floor(abs(x) + 0.5)",                           []),
    ("floor(abs(x - 0.5))*0 + x",                     []),
    ("sign(max(x, 1)) + x",                           []),
    ("stop(abs(x)) + x",                              []),
    ("min(x, 0, abs(x - 5))",                         [0]),
    ("where(x > -1.5 and x == x, x, 1)",              [-2, -1, 0, 1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "told"), KINKS_ON_THE_WAY)
def test_kinks_are_told_where_a_derivative_flows_through_them(expression: str, told: list[int]) -> None:
    columns = {"x": [-2.0, -1.0, 0.0, 1.0, 2.0]}
    for command in ("grad", "hessian"):
        assert rows_that_differ(Request(command, expression, {}), columns) == []
    whole = engine(Request("grad", expression, {}), ["x"], "points")
    outcome = whole.rows([np.array(columns["x"])], [np.empty(5) for _ in whole.titles])
    assert [columns["x"][row] for row in outcome.bent] == told


POWERS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, -1.0, -2.0, 0.5, 1.5, -0.5, 1 / 3, 0.1, 7.0, 2.0000001)


@pytest.mark.parametrize("exponent", POWERS)
def test_powers_are_those_of_floats(exponent: float) -> None:
    """The value and the derivative of a power, to 4 ulp, over the whole range of doubles."""
    rng = random.Random(str(exponent))
    xs = [rng.choice((1, -1)) * 2.0 ** rng.uniform(-1021, 1022) for _ in range(300)]
    xs += [rng.uniform(-3, 3) for _ in range(300)] + [0.0, 1.0, -1.0]
    found = at_points(Request("grad", "x^p", {"p": exponent}, data=frozenset("p")), {"x": np.array(xs)})
    for row, x in enumerate(xs):
        value = TABLE_FUNCTIONS["pow"](x, exponent)
        slope = TABLE_FUNCTIONS["pow1"](x, exponent)
        if not isfinite(value):
            value = slope = nan
        for got, wanted in ((found["value"][row], value), (found["grad_x"][row], slope)):
            assert alike(got, wanted, 4 * np.spacing(abs(wanted)) if isfinite(wanted) else 0.0), (x, exponent)


def test_threads_keep_the_order() -> None:
    rng = np.random.default_rng(3)
    columns = {name: rng.uniform(-2, 2, 5 * memory.PART + 7) for name in NAMES}
    one, two = (at_points(Request("grad", PROGRAM, {}), columns, workers) for workers in (1, 2))
    assert list(one) == ["value", "grad_x", "grad_y", "grad_z"]
    assert all(np.array_equal(one[title], two[title]) for title in one)
    x, y, z = columns.values()
    assert np.allclose(
        one["value"], np.exp(-(x**2)) * np.sin(y * z) + np.log(1 + z**2) / (1 + x**2 * y**2), 1e-13, 1e-13
    )
    assert np.allclose(one["grad_y"], np.exp(-(x**2)) * np.cos(y * z) * z
                       - np.log(1 + z**2) / (1 + x**2 * y**2) ** 2 * 2 * x**2 * y, 1e-12, 1e-12)  # fmt: skip


def test_long_programs_take_no_more_memory() -> None:
    """A derivative backwards needs the values of all steps."""
    text = "t = x\nfor k in 1..3000 { t = sin(t + k)*y }\nt"
    found = engine(Request("grad", text, {}), ["x", "y"], "points")
    registers = found.tape.memory()  # type: ignore[attr-defined]
    assert len(registers) > 3000
    assert sum(register.nbytes for register in registers) <= tape.MEMORY
    points = {"x": [0.3, -1.0, 2.0], "y": [0.9, 1.1, -1.0]}
    assert rows_that_differ(Request("grad", text, {}), points) == []


def test_columns_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        at_points(Request("eval", "x*y", {}), {"x": np.zeros(2), "y": np.zeros(3)})
    empty = at_points(Request("grad", "x*y", {}), {"x": np.zeros(0), "y": np.zeros(0)})
    assert {title: len(column) for title, column in empty.items()} == {"value": 0, "grad_x": 0, "grad_y": 0}


@pytest.mark.parametrize("n", [[1, 2], [2, 1]])
def test_a_result_of_one_shape(n: list[int]) -> None:
    for program in ("zeros(n) + x", "if n > 1 { r = [x, x] } else { r = x }; r"):
        with pytest.raises(Fault, match=r"comes out here, and .* before") as caught:
            at_points(Request("eval", program, {}), {"n": np.array(n), "x": np.ones(2)})
        assert caught.value.kind == "shape"


def test_numpy_says_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = at_points(Request("eval", "det([[x, 1], [1, x]])", {}), {"x": np.array([1e200, 2.0])})
    assert alike(found["value"][0], nan, 0.0)
    assert alike(found["value"][1], 3.0, 1e-15)


@pytest.mark.parametrize(
    "column",
    [
        np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1 + 2j, 1]), [1.0, None], ["1", "2"], [10**400, 1],
        [Fraction(10**400), 1],
    ],
    ids=["masked", "complex", "None", "text", "huge", "huge fraction"],
)  # fmt: skip
def test_columns_of_real_numbers(column: Any) -> None:
    with pytest.raises(Fault, match="the columns") as caught:
        parse("x*y").points({"x": column, "y": [1.0, 2.0]})
    assert caught.value.kind == "data"


def test_columns_that_are_as_good_as_doubles() -> None:
    for column in (
        [2**70, 3],
        [Fraction(1, 2), 3],
        np.ma.masked_array([0.5, 3.0], [False, False]),
        np.array([1, 3], "i2"),
    ):
        found = parse("2*x").points({"x": column})
        assert found["value"].tolist() == [2 * float(number) for number in column]
    assert np.isnan(parse("2*x").points({"x": [nan, 1.0]})["value"]).tolist() == [True, False]


def test_what_is_asked_of_columns() -> None:
    with pytest.raises(Fault, match="x1"):
        parse("x1*2").points({"x1": [1.0], "x₁": [2.0]})
    with pytest.raises(ValueError, match="jvp needs a tangent"):
        parse("x*2").points({"x": [1.0]}, command="jvp")
    with pytest.raises(ValueError, match="one length"):
        parse("x*2").points({"x": 1.0})


# --- Numbers as text ---


def doubles() -> np.ndarray[Any, Any]:
    """Return doubles of every kind: of any bits, of any size, short ones, whole ones, powers, and what is next to them."""
    rng = np.random.default_rng(4)
    powers = np.concatenate((2.0 ** np.arange(-1074, 1024), 10.0 ** np.arange(-307, 309)))
    found = [
        rng.integers(0, 2**64, 20_000, np.uint64).view(float),
        rng.uniform(-2, 2, 20_000),
        rng.normal(size=20_000) * 10.0 ** rng.integers(-20, 20, 20_000),
        np.round(rng.normal(size=10_000), 4),
        rng.integers(-(10**9), 10**9, 10_000) / 1000.0,
        rng.integers(-(2**62), 2**62, 10_000).astype(float),
        rng.integers(0, 2**54, 10_000) / 2.0 ** rng.integers(0, 54, 10_000),
        powers, np.nextafter(powers, 0), np.nextafter(powers, inf),
        np.array([0.0, -0.0, inf, -inf, nan, 5e-324, 1e22, 1e23, 9007199254740993.0, 9999999999999998.0, 1e16, 1e-4, 9.9999e-5]),
    ]  # fmt: skip
    return np.concatenate(found)


def test_numbers_are_written_as_python_writes_them() -> None:
    found = doubles()
    for line in ("", "1,2", "long,é\x01" * 50):
        lines = [f"{line}{'x' * (k % 7)}" for k in range(len(found))]
        written = behind("\n".join(lines).encode(), [found, -found]).decode().split("\n")
        assert written.pop() == ""
        assert written == [f"{line},{x!r},{-x!r}" for line, x in zip(lines, found.tolist())]


@pytest.mark.parametrize("odd", ["x" * 100_000, "a\0b", "\0", ""])
def test_numbers_stand_behind_odd_lines(odd: str) -> None:
    lines = ["1", odd, "22", "3"] * 3
    written = behind("\n".join(lines).encode(), [np.arange(12.0)]).decode()
    assert written == "".join(f"{line},{k}.0\n" for k, line in enumerate(lines))
    assert (
        behind("\n".join(lines).encode(), [np.arange(4.0)])
        == "".join(f"{line},{k}.0\n" for k, line in enumerate(lines[:4])).encode()
    )
    assert behind(odd.encode(), [np.empty(0)]) == b""


def test_numbers_are_read_as_python_reads_them() -> None:
    rng = random.Random(5)
    texts = [repr(x) for x in doubles().tolist() if isfinite(x)]
    for _ in range(40_000):
        sign, whole = rng.choice(("", "", "-", "+")), str(rng.randrange(10 ** rng.randrange(1, 21)))
        part = str(rng.randrange(10 ** rng.randrange(1, 26))).zfill(rng.randrange(26))
        text = sign + rng.choice((whole, f"{whole}.", f".{part}", f"{whole}.{part}", f"{whole}e-5"))
        texts.append(rng.choice((text, text, f" {text}\t")))
    # What lies half-way between two doubles, and next to it.
    for _ in range(5_000):
        odd = 2 * rng.randrange(2**52, 2**53) + 1
        texts += [str(odd), f"{odd / 2:.1f}"[:-1] + rng.choice("456"), str(odd * 5)[:19]]
    cells = Cells("\n".join(texts).encode(), 1)
    assert cells.whole
    column = cells.column(0)
    assert column is not None
    wrong = [text for text, x in zip(texts, column.tolist(), strict=True) if x != float(text)]
    assert wrong == []


@pytest.mark.parametrize(
    "cell", [*"x 1.2.3 --1 . - +. 1- 0x10 1_0 ² nan inf 1e999 9: /1 1/ 1d5 1e 1e+ １ 1٣".split(), "", " ", "1 2", '"1'], ids=repr
)  # fmt: skip
def test_what_is_no_number(cell: str) -> None:
    assert Cells(f"1\n{cell}\n2".encode(), 1).column(0) is None


# --- Files ---


def points(tmp_path: Path, rows: int, seed: int = 6) -> tuple[Path, np.ndarray[Any, Any]]:
    """Write a file of points, and return it with its columns."""
    table = np.random.default_rng(seed).uniform(-2, 2, (rows, 3))
    file = tmp_path / "points.csv"
    file.write_text("x,y,z\n" + "".join(f"{x!r},{y!r},{z!r}\n" for x, y, z in table.tolist()), encoding="ascii")
    return file, table.T


def test_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK", 1000)
    file, columns = points(tmp_path, 3000)
    ran = run(["grad", PROGRAM, "--points", str(file)])
    assert (ran.stderr, ran.status) == ("", 0)
    head, *rows = ran.stdout.splitlines()
    assert head == "x,y,z,value,grad_x,grad_y,grad_z"
    assert [row.split(",")[:3] for row in rows] == [line.split(",") for line in file.read_text().splitlines()[1:]]
    found = at_points(Request("grad", PROGRAM, {}), dict(zip("xyz", columns)))
    assert [row.split(",")[3:] for row in rows] == [
        list(map(repr, row)) for row in zip(*(c.tolist() for c in found.values()))
    ]


@pytest.mark.parametrize("block", [1, 7, 100, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\n"])
def test_ends_of_lines(block: int, end: str, last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK", block)
    text = "\ufeff" + "\n".join(["y,x", "1,2", "3,4", '"5","6"']) + last
    ran = run(["eval", "x - y", "--points", "-"], text.replace("\n", end).encode())
    assert ran == ('y,x,value\n1,2,1.0\n3,4,1.0\n"5","6",1.0\n', "", 0)


@pytest.mark.parametrize("block", [1, 5, 1 << 20])
def test_an_empty_line_between_others(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK", block)
    ran = run(["eval", "x", "--points", "-"], b"x\n1\n" + 30 * b"\n" + b"2")
    assert ran.stdout == "x,value\n1,1.0\n"
    assert ran.stderr.startswith("error: standard input, line 3: there is nothing in it\n")
    assert ran.status == 3


@pytest.mark.slow
def test_the_line_of_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the blocks: a fault says its line, and all rows before it have been written."""
    good = [f"{k},{k}.5" for k in range(1, 400)]
    for size in (1, 60, 1000, 1 << 20):
        monkeypatch.setattr(lines, "BLOCK", size)
        for place in (0, 1, 57, 399):
            rows = [*good[:place], "1,oops", *good[place:]]
            ran = run(["grad", "x*y", "--points", "-"], "\n".join(["x,y", *rows]).encode())
            assert f"line {place + 2}, column 2 (y)" in ran.stderr
            assert ran.status == 3
            assert len(ran.stdout.splitlines()) == place + 1
            counted = [*good[:place], "-1,1", *good[place:]]
            ran = run(["grad", "sqrt(x)*y", "--points", "-"], "\n".join(["x,y", *counted]).encode())
            assert f"1 of 400 rows has no finite value; line {place + 2}:" in ran.stderr
            assert ran.status == 4
            ran = run(["grad", "sqrt(x + 1)*y", "--strict", "--points", "-"], "\n".join(["x,y", *counted]).encode())
            assert f"line {place + 2}: the derivative by x is infinite" in ran.stderr
            assert len(ran.stdout.splitlines()) == place + 1


def test_json_lines_are_strict_json() -> None:
    given = [{"x": k / 7, "y": -k, "note": 'é\n"'} for k in range(-5, 50)]
    text = "".join(json.dumps(row) + "\n" for row in given)
    ran = run(["jacobian", "[sqrt(x), x/y]", "--points", "-", "--points-format", "jsonl"], text.encode())
    rows = [json.loads(line, parse_constant=pytest.fail) for line in ran.stdout.splitlines()]
    assert [row["at"] for row in rows] == given
    assert rows[0]["value"] == ["NaN", "NaN"]
    assert rows[5]["value"] == ["NaN", "NaN"]
    assert rows[6] == {"at": given[6], "value": [(1 / 7) ** 0.5, -1 / 7],
                       "jacobian": {"x": [1 / (2 * (1 / 7) ** 0.5), -1.0], "y": [0.0, -1 / 7]}}  # fmt: skip
    assert "6 of 55 rows have no finite value; line 1" in ran.stderr


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream"])
def test_tables(kind: str, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"id": ["a", "b", "c"], "x": [1.0, 2.0, 0.0], "y": pa.array([1, 2, 3], pa.int32())})
    file = tmp_path / f"points.{kind}"
    if kind == "parquet":
        pq.write_table(table, file)
    else:
        with (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(file, table.schema) as writer:
            writer.write_table(table)
    words = [
        sys.executable,
        "-m",
        "adcli",
        "grad",
        "x^2*y",
        "--points",
        str(file),
        "--points-format",
        kind.replace("stream", "arrow"),
    ]
    done = subprocess.run(words, capture_output=True, cwd=ROOT, check=True)
    buffer = pa.BufferReader(done.stdout)
    found = (
        pq.read_table(buffer)
        if kind == "parquet"
        else {"arrow": pa.ipc.open_file, "stream": pa.ipc.open_stream}[kind](buffer).read_all()
    )
    assert found.to_pydict() == {
        **table.to_pydict(), "value": [1.0, 8.0, 0.0], "grad_x": [2.0, 8.0, 0.0], "grad_y": [1.0, 4.0, 0.0],
    }  # fmt: skip


# --- Whole processes ---


def started(*words: str, stdout: Any = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """Start a process with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "adcli", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE
    )


def test_answers_come_before_the_end_of_the_input() -> None:
    with started("grad", "x^2", "--points", "-") as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"x\n1\n2\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(3)] == [b"x,value,grad_x\n", b"1,1.0,2.0\n", b"2,4.0,4.0\n"]
        process.stdin.write(b"3\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"3,9.0,6.0\n"
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_in_the_middle_only_whole_lines_are_there(how: signal.Signals, tmp_path: Path) -> None:
    file, _ = points(tmp_path, 60_000)
    whole = {
        len(line.split(b",")) for line in run(["grad", PROGRAM, "--points", str(file)]).stdout.encode().splitlines()
    }
    assert whole == {7}
    for wait in (0.0, 0.02, 0.1):
        with started("grad", PROGRAM, "--points", str(file)) as process:
            assert process.stdout and process.stderr
            taken = process.stdout.read(100_000)  # it has begun, and waits for the pipe to take more
            time.sleep(wait)
            process.send_signal(how)
            taken += process.stdout.read()
            error = process.stderr.read()
        assert process.returncode == (130 if how == signal.SIGINT else -how)
        assert error.strip() == b""
        assert taken.endswith(b"\n")
        rows = taken.splitlines()
        assert 100 < len(rows) < 60_001
        assert {len(row.split(b",")) for row in rows} == {7}
        assert all(isfinite(float(row.split(b",")[-1])) for row in rows[1:])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "wb") as full, started("grad", "x^2", "--points", "-", stdout=full) as process:
        _, error = process.communicate(b"x\n1\n")
    assert (error, process.returncode) == (b"error: cannot write the result: No space left on device\n", 1)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run <&-", "cannot read standard input: it is closed"),
        ("eval - <&-", "cannot read standard input: it is closed"),
        ("grad x*y --points - <&-", "cannot read standard input: it is closed"),
        ("eval 1 >&-", "cannot write the result: standard output is closed"),
        ("grad x*y --points points.csv >&-", "cannot write the result: standard output is closed"),
    ],
)
def test_a_closed_stream_is_told(command: str, message: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m adcli {command}"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.stdout, done.stderr.decode(), done.returncode) == (b"", f"error: {message}\n", 3)


def test_without_standard_error_the_output_is_the_same() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m adcli grad 'abs(x)' --points - 2>&-"],
        cwd=ROOT, input=b"x\n0\n", capture_output=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == (b"x,value,grad_x\n0,0.0,0.0\n", b"", 0)


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    file, _ = points(tmp_path, 60_000)
    with started("grad", PROGRAM, "--points", str(file)) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"x,y,z,value,grad_x,grad_y,grad_z\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_root_as_a_power_is_the_same_in_a_batch_and_alone() -> None:
    """numpy takes a square root where the exponent is one number, 0.5, which differs from a power at -inf and at -0."""
    xs = [-1e308, -inf, -0.0, 0.0, 4.0, -4.0, inf, nan]
    for text in ("x^0.5", "1/(10*x)^0.5", "atan2(x^0.5, -1)", "x^y", "x^(y + 0)"):
        program, syntax = parse(text), language.parse(text)
        at = {"y": 0.5} if "y" in text else {}
        for count in (1, len(xs)):
            for start in range(0, len(xs), count):
                part = xs[start : start + count]
                columns = {"x": part} | {name: [value] * count for name, value in at.items()}
                found = program.points(columns, command="eval")["value"]
                graph = language.elaborate(syntax, {"x": 1.0, **at}).graph
                for x, value in zip(part, found.tolist()):
                    alone = evaluate(graph, {"x": x, **at}, FLOATS)[-1]
                    alone = alone if isfinite(alone) else nan
                    assert repr(value) == repr(alone), (text, x, count)
