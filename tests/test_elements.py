"""Programs of arrays written out: values, Taylor series, the check, rounding errors and one-sided derivatives of arrays,
against numpy, high precision and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from test_arrays import CASES, Function, complex_step, draw, results, typed

from adcli.elements import written
from adcli.errors import Fault
from adcli.language import elaborate, parse
from adcli.numbers.arrays import ARRAYS
from adcli.numbers.elements import Elements
from adcli.rules.arrays import NAMES
from adcli.sweeps import evaluate

IDS = [case[0] for case in CASES]
KINKED = ("where", "max", "min")


def test_every_row_can_be_written_out() -> None:
    """There is a function for each row of arrays."""
    from adcli.graph import Graph

    assert set(NAMES) <= set(Elements(Graph(), {}).by_name)


@pytest.mark.parametrize(("text", "shapes", "function"), CASES, ids=IDS)
def test_a_row_written_out(text: str, shapes: dict[str, Any], function: Function) -> None:
    """The value is numpy's; an input and a result are there for each element."""
    at = {name: typed(value) for name, value in draw(shapes).items()}
    program = elaborate(parse(text), at)
    used = {name: at[name] for name in program.inputs}
    whole = written(program, used, evaluate(program.graph, used, ARRAYS))
    assert not whole.program.graph.arrays
    numbers = whole.values()
    value = whole.result([numbers[output] for output in whole.program.outputs])
    np.testing.assert_allclose(value, function(**at), rtol=1e-12, atol=1e-14)
    assert np.shape(value) == np.shape(function(**at))
    assert len(whole.program.inputs) == sum(map(np.size, used.values()))


@pytest.mark.parametrize(("text", "shapes", "function"), CASES, ids=IDS)
def test_a_taylor_series_of_a_row(text: str, shapes: dict[str, Any], function: Function) -> None:
    """Along a line through the point the coefficients are the value, the slope, half the curvature and a sixth of its change."""
    at, way = draw(shapes), draw(shapes, 5)
    used = [name for name in at if name in text]
    binding = "; ".join(f"{name} = {name}0 + t*{name}1" for name in used)
    given_ = {f"{name}{number}": values[name] for name in used for number, values in enumerate((at, way))}
    found = results("taylor", f"{binding}; {text}", given_ | {"t": 0.0}, wrt=["t"], order=3)

    def along(t: Any) -> Any:
        return function(**{name: at[name] + t * way[name] if name in used else at[name] for name in at})

    def slope(t: float) -> Any:
        return complex_step(along, {"t": t})["t"]

    h = 1e-3
    curvature = (8 * (slope(h) - slope(-h)) - slope(2 * h) + slope(-2 * h)) / (12 * h)
    change = (-slope(2 * h) + 16 * slope(h) - 30 * slope(0.0) + 16 * slope(-h) - slope(-2 * h)) / (12 * h * h)
    truth = [along(0.0), slope(0.0), curvature / 2, change / 6]
    scale = max(1.0, *(float(np.max(np.abs(value))) for value in truth))
    for order, (value, allowed) in enumerate(zip(truth, (1e-12, 1e-10, 1e-7, 1e-5))):
        np.testing.assert_allclose(found["coefficients"][order], value, rtol=allowed, atol=allowed * scale)
        factorial = (1, 1, 2, 6)[order]
        np.testing.assert_allclose(found["derivatives"][order], np.multiply(found["coefficients"][order], factorial))


def test_taylor_series_that_are_known() -> None:
    """The inverse is a geometric series, a determinant a polynomial, exp of a rotation cosine and sine."""
    A = draw({"A": (3, 3)})["A"]
    found = results("taylor", "inv(eye(3) - t*A)", {"A": A, "t": 0.0}, wrt=["t"], order=6)["coefficients"]
    for order, coefficient in enumerate(found):
        np.testing.assert_allclose(coefficient, np.linalg.matrix_power(A, order), rtol=1e-12, atol=1e-13)
    polynomial = results("taylor", "det(t*eye(3) - A)", {"A": A, "t": 0.0}, wrt=["t"], order=5)["coefficients"]
    np.testing.assert_allclose(polynomial[:4], np.poly(A)[::-1], rtol=1e-12)
    assert polynomial[4:] == pytest.approx([0, 0], abs=1e-14)
    steps = results("taylor", "x = [1, 0]; for k in 1..2 { x = x*sin(t) }; x", {"t": 0.0}, order=4)["coefficients"]
    np.testing.assert_allclose(steps, [[0, 0], [0, 0], [1, 0], [0, 0], [-1 / 3, 0]], atol=1e-16)
    singular = results("taylor", "det([[t, 0, 0], [0, t, 0], [0, 0, t]])", {"t": 0.0}, order=4)["coefficients"]
    assert singular == [0, 0, 0, 1, 0]
    root = results("taylor", "[sqrt(t), t]", {"t": 0.0}, order=1)["coefficients"]
    assert root == [[0, 0], [None, 1]]


@pytest.mark.parametrize(("text", "shapes", "function"), CASES, ids=IDS)
def test_the_check_of_a_row(text: str, shapes: dict[str, Any], function: Function) -> None:
    """Five ways agree on every row, as do the complex step through numpy and what they found."""
    at = draw(shapes, 7)
    used = [name for name in at if name in text]
    *statements, last = text.split("; ")
    found = results("check", "; ".join([*statements, f"sum(sin({last}))"]), at, wrt=used)
    assert found["agrees"], found["notes"]
    truth = complex_step(lambda **values: np.sum(np.sin(function(**values))), {**at})
    for method, allowed in (
        ("forward", 1e-9),
        ("symbolic", 1e-9),
        ("complex_step", 1e-9),
        ("central_difference", 1e-5),
    ):
        if found["results"][method] is None:
            assert method == "complex_step"
            continue
        for name in used:
            derivative = found["results"][method][name]
            assert np.shape(derivative) == np.shape(at[name])
            np.testing.assert_allclose(np.array(derivative, dtype=float), truth[name], rtol=allowed, atol=allowed)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.sampled_from(range(len(CASES))), min_size=2, max_size=3), st.booleans())
def test_the_check_of_random_programs(seed: int, chosen: list[int], product: bool) -> None:
    """Programs made of several rows on the same inputs have no quarrels."""
    shapes: dict[str, Any] = {}
    parts = []
    for number in chosen:
        text, needed, _ = CASES[number]
        if ";" in text or any(shapes.get(name, shape) != shape for name, shape in needed.items()):
            continue
        shapes |= needed
        parts.append(f"sum(tanh({text}))")
    text = (" * " if product else " + ").join(parts) or "sum(sin(v))"
    at = draw(shapes or {"v": (3,)}, seed)
    found = results("check", text, {name: value for name, value in at.items() if name in text})
    assert found["agrees"], found["notes"]


def test_derivatives_within_programs_of_arrays() -> None:
    """deriv makes rows that fit adjoints to shapes; numbers among them stay numbers."""
    at = {"x": -2.0, "y": 1.0, "z": [1.0, 2.0]}
    text = "deriv(x^2*y, x)*sum(z)"
    assert results("check", text, at)["agrees"]
    assert results("taylor", text, at, wrt=["x"], order=2)["coefficients"] == [-12, 6, 0]
    assert results("grad", text, at, error=True)["rounding_error"]["value"] < 1e-14
    assert results("grad", text, at, kinks="left")["gradient"] == {"x": 6, "y": -12, "z": [-4, -4]}


# --- Rounding ---

HILBERT = [[1 / (i + j + 1) for j in range(5)] for i in range(5)]

ROUNDED: list[tuple[str, dict[str, Any], Any]] = [
    ("det(A)", {"A": HILBERT}, lambda A: mp.det(A)),
    ("sum(inv(A)[0])", {"A": HILBERT}, lambda A: sum((A**-1)[0, j] for j in range(5))),
    ("logdet(A)", {"A": HILBERT}, lambda A: mp.log(mp.det(A))),
    ("sum(x)", {"x": [1e16, 1.0, -1e16, 3.0]}, lambda x: mp.fsum(x)),
    ("norm(x)*pi", {"x": [0.1, 0.2, 0.3]}, lambda x: mp.norm(x, 2) * mp.pi),
    ("logsumexp(x)", {"x": [0.1, 700.3, 699.2]}, lambda x: mp.log(mp.fsum(mp.exp(t) for t in x))),
    ("sum((A@x)^2)", {"A": HILBERT, "x": [0.1, -1.3, 3.7, -4.9, 2.2]}, None),
]


@pytest.mark.parametrize(("text", "at", "truth"), ROUNDED, ids=[case[0] for case in ROUNDED])
def test_the_rounding_error_of_arrays(text: str, at: dict[str, Any], truth: Any) -> None:
    """The estimate covers what rounding has done, and is not absurdly larger."""
    found = results("grad", text, at, error=True)
    value, error = found["value"], found["rounding_error"]["value"]
    with mp.workdps(60):
        exact = {name: mp.matrix(x) for name, x in at.items()}
        if truth is None:
            product = exact["A"] * exact["x"]
            right = mp.fsum(term**2 for term in product)
        else:
            right = truth(**exact)
        distance = float(abs(mp.mpf(value) - right))
    assert distance <= 3 * error
    assert error <= 1e4 * max(distance, np.spacing(abs(value)))
    for name, x in at.items():
        assert np.shape(found["rounding_error"]["gradient"][name]) == np.shape(x)


def test_the_shapes_of_rounding_errors() -> None:
    """They have the shapes of what they are errors of."""
    at = {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "x": [0.1, 0.2, 0.3]}
    error = results("jacobian", "A@exp(x)", at, error=True)["rounding_error"]
    assert np.shape(error["value"]) == (2,)
    assert np.shape(error["jacobian"]["A"]) == (2, 2, 3)
    assert np.shape(error["jacobian"]["x"]) == (2, 3)
    assert np.all(np.array(error["jacobian"]["A"])[0, 1] == 0)
    assert np.all(np.array(error["jacobian"]["x"]) > 0)
    pushed = results("jvp", "A@exp(x)", at, error=True, tangent={"x": np.ones(3)})["rounding_error"]
    assert np.shape(pushed["tangent"]) == (2,)
    assert min(pushed["tangent"]) > 0


# --- One side ---

SIDED: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("sum(abs(v))", {"v": [0, 2, -3]}, [-1, 1, -1], [1, 1, -1]),
    ("sum(relu(v)*[1, 2, 3])", {"v": [0, 0, 5]}, [0, 0, 3], [1, 2, 3]),
    ("max(v)", {"v": [2, 2, 1]}, [0, 0, 0], [1, 1, 0]),
    ("min(v)", {"v": [2, 1, 1]}, [0, 1, 1], [0, 0, 0]),
    ("sum(max(A, axis=1))", {"A": [[1, 1], [0, 3]]}, [[0, 0], [0, 1]], [[1, 1], [0, 1]]),
    ("norm(v)", {"v": [0, 0]}, [-1, -1], [1, 1]),
    ("sum(where(v > 0, v^2, -3*v))", {"v": [0, 1]}, [-3, 2], [0, 2]),
    ("sum(abs(A@v))", {"A": [[1, 2], [3, 4]], "v": [0, 0]}, {"A": np.zeros((2, 2)), "v": [-4, -6]},
     {"A": np.zeros((2, 2)), "v": [4, 6]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "left", "right"), SIDED, ids=[case[0] for case in SIDED])
def test_one_sided_derivatives_of_arrays(text: str, at: dict[str, Any], left: Any, right: Any) -> None:
    """Each element moves to its side alone; the steps of the elements give the same."""
    for side, slopes in (("left", left), ("right", right)):
        truth = slopes if isinstance(slopes, dict) else {next(iter(at)): slopes}
        for trace in (False, True):
            found = results("grad", text, at, kinks=side, trace=trace)["gradient"]
            alone = results("jacobian", text, at, kinks=side)["jacobian"]
            jacobian = results("jacobian", f"[{text}]", at, kinks=side)["jacobian"]
            for name, slope in truth.items():
                np.testing.assert_allclose(found[name], slope)
                np.testing.assert_allclose(alone[name], slope)
                np.testing.assert_allclose(jacobian[name], [slope])


def test_one_sided_derivatives_in_a_direction() -> None:
    """All elements move at once; a jump is infinite."""
    at = {"v": [0.0, 0.0], "s": 2.0}
    right = results("jvp", "s*abs(v)", at, kinks="right", tangent={"v": np.array([1.0, -3.0])})
    assert right == {"value": [0, 0], "tangent": [2, 6]}
    assert results("jvp", "s*abs(v)", at, kinks="left", tangent={"v": np.array([1.0, -3.0])})["tangent"] == [-2, -6]
    assert results("grad", "sum(sign(v))", at, kinks="right")["gradient"]["v"] == [np.inf, np.inf]


# --- Claims ---

MATRICES = {"A": [[2.0, 1.0], [1.0, 3.0]], "b": [0.5, 2.0], "s": 0.1}

CLAIMS: list[tuple[str, str, list[str], bool]] = [
    ("sum(b^2)", "[1, 4]", ["b"], True),
    ("sum(b^2)", "b=[1, 4]", ["b"], True),
    ("sum(b^2)", "b=[1.0, 4.1]", ["b"], False),
    ("sum(b^2)", "2*b", ["b"], True),
    ("sum(b^2)", "b=[2*b[0], 2*b[1]]", ["b"], True),
    ("sum(b^2)", "b^2", ["b"], False),
    ("sum((A@b)^2)", "b=2*T(A)@A@b, A=outer(2*A@b, b)", ["b", "A"], True),
    ("sum((A@b)^2)", "b=2*A@A@b", ["b"], False),  # right for a symmetric A alone
    ("logdet(A)", "T(inv(A))", ["A"], True),
    ("logdet(A)", "inv(A)", ["A"], False),
    ("det(A)", "[[3, -1], [-1, 2]]", ["A"], True),
    ("det(A)", "A=det(A)*T(inv(A))", ["A"], True),
    ("trace(A@A)", "2*T(A)", ["A"], True),
    ("s*b@A@b", "s=b@A@b", ["s"], True),
    ("s*b@A@b", "s=14.5", ["s"], True),
    ("sum(b)", "b=ones(2)", ["b"], True),
    ("sum(b)", "ones(2)", ["b"], True),
    ("sum(b)", "b=2*ones(2)", ["b"], False),
    ("trace(A)", "A=eye(2)", ["A"], True),
    ("trace(A)", "A=ones(2, 2)", ["A"], False),
    ("s*sum(b)", "s=sum([1/2, 2]), b=ones(2)/10", ["s"], True),
    ("softmax(b)[0]", "softmax(b)[0]*([1, 0] - softmax(b))", ["b"], True),
]


@pytest.mark.parametrize(("text", "claim", "wrt", "agrees"), CLAIMS, ids=[f"{case[0]}: {case[1]}" for case in CLAIMS])
def test_claims_about_arrays(text: str, claim: str, wrt: list[str], agrees: bool) -> None:
    """Numbers are judged at the point, formulas of arrays at many points, element by element."""
    at = {name: value for name, value in MATRICES.items() if name in text or name in claim}
    found = results("check", text, at, claim=claim, wrt=None if "=" in claim else wrt)
    assert found["agrees"] is agrees
    if not agrees:
        assert all(name.partition("[")[0] in wrt for name in found["wrong"])


# --- Bad input ---


@pytest.mark.parametrize(
    ("command", "text", "options", "kind"),
    [
        ("taylor", "sum(b^2)", {}, "shape"),
        ("diff", "sum(b^2)", {}, "shape"),
        ("check", "sum(b^2)", {"claim": "[1, 2, 3]"}, "shape"),
        ("check", "sum(b^2) + 0*sum(A)", {"claim": "b=A"}, "shape"),
        ("check", "sum(b)", {"claim": "b=ones(3)"}, "shape"),
        ("check", "sum(b)", {"claim": "b=1"}, "shape"),
        ("check", "sum(b^2)", {"claim": "b=2*c"}, "unknown_input"),
        ("check", "sum(b^2)", {"claim": "2", "wrt": ["b", "b"]}, "shape"),
        ("check", "2*b", {"claim": "b=2"}, "shape"),
        ("check", "[b[0], b[1]]", {"claim": "b=2"}, "shape"),
        ("check", "sum(c)*c", {}, "limit"),
        ("check", "sum(solve(eye(300) + b[0], ones(300)))", {}, "limit"),
        ("check", "sum(ones(200)@outer(arange(200), arange(200)*b[0]))", {}, None),
        ("check", "v = reshape(outer(b, arange(5000)), 10000); sum(v*c)", {"wrt": ["c"]}, "limit"),
    ],
)
def test_bad_input(command: str, text: str, options: dict[str, Any], kind: str | None) -> None:
    """What cannot be done is refused; what is large can be done."""
    at = {"b": [0.5, 2.0], "A": MATRICES["A"], "c": np.ones(10000)}
    at = {name: value for name, value in at.items() if name in text or name in options.get("claim", "")}
    at.pop("c" if "*c" not in text else "", None)
    if kind is None:
        assert results(command, text, at, **options)["agrees"]
        return
    with pytest.raises(Fault) as caught:
        results(command, text, at, **options)
    assert caught.value.kind == kind
