"""adcli from Python: values against closed forms and 50-digit arithmetic; what is wrong; programs that do not change."""

from __future__ import annotations

import copy
import math
import multiprocessing
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import adcli
from adcli import api
from adcli.answers import Request, answer
from adcli.language import memory
from adcli.language import syntax as reader

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
AT = {"x": 0.75, "y": -1.25}

# --- Numbers ---

PROGRAMS: list[tuple[str, Callable[..., Any]]] = [
    ("sin(x)*y + exp(x*y)", lambda x, y: mpmath.sin(x) * y + mpmath.exp(x * y)),
    ("x^3/(1 + y^2) - ln(x)*y", lambda x, y: x**3 / (1 + y**2) - mpmath.ln(x) * y),
    ("atan2(y, x)*tanh(x*y)", lambda x, y: mpmath.atan2(y, x) * mpmath.tanh(x * y)),
    ("if x > y { z = x*y^2 } else { z = x }; z^2", lambda x, y: (x * y**2) ** 2),
    ("f(t) = t^2 + y; f(f(x))", lambda x, y: (x**2 + y) ** 2 + y),
]


def derivative(function: Callable[..., Any], x: int = 0, y: int = 0) -> float:
    """Return a partial derivative of the function at AT, from 50 digits."""
    with mpmath.workdps(50):
        return float(mpmath.diff(function, (mpmath.mpf(AT["x"]), mpmath.mpf(AT["y"])), (x, y)))


@pytest.mark.parametrize(("text", "function"), PROGRAMS, ids=[text for text, _ in PROGRAMS])
def test_derivatives_of_numbers(text: str, function: Callable[..., Any]) -> None:
    f = adcli.parse(text)
    gradient = {"x": derivative(function, x=1), "y": derivative(function, y=1)}
    mixed = derivative(function, 1, 1)
    hessian = {"x": {"x": derivative(function, 2), "y": mixed}, "y": {"x": mixed, "y": derivative(function, 0, 2)}}
    close = pytest.approx
    assert f.value(AT) == close(derivative(function), rel=1e-14)
    for mode in ("reverse", "forward"):
        assert f.gradient(AT, mode=mode) == close(gradient, rel=1e-13)
        assert f.jacobian(AT, mode=mode) == close(gradient, rel=1e-13)
        assert list(f.gradient(AT, wrt="y", mode=mode)) == ["y"]
    along = 0.5 * gradient["x"] + 2 * gradient["y"]
    assert f.jvp(AT, {"x": 0.5, "y": 2}) == close(along, rel=1e-13)
    assert f.vjp(AT, 3) == close({name: 3 * slope for name, slope in gradient.items()}, rel=1e-13)
    found = f.hessian(AT)
    assert {name: close(row, rel=1e-12) for name, row in hessian.items()} == found
    product = {name: 0.5 * row["x"] + 2 * row["y"] for name, row in hessian.items()}
    assert f.hvp(AT, {"x": 0.5, "y": 2}) == close(product, rel=1e-12)
    coefficients = [derivative(function, order) / math.factorial(order) for order in range(5)]
    assert f.taylor(AT, order=4, wrt="x") == close(coefficients, rel=1e-11, abs=1e-13)
    assert f.derivative("x", at=AT).value(AT) == close(gradient["x"], rel=1e-13)
    assert f.derivative(["x", "y"], at=AT).value(AT) == close(mixed, rel=1e-12)


def test_what_comes_back_has_plain_types() -> None:
    f = adcli.parse("sin(x)*y")
    assert type(f.value(AT)) is float and type(f.gradient(AT)["x"]) is float
    assert type(f.hessian(AT)["x"]["y"]) is float and type(f.taylor(AT, wrt="x")[2]) is float
    assert isinstance(f.derivative("x"), adcli.Program) and f.derivative("x").text == "y*cos(x)"


def test_several_results_are_an_array() -> None:
    f = adcli.parse("[x*y, sin(x), 3]")
    value, jacobian = f.value(AT), f.jacobian(AT)
    assert isinstance(value, np.ndarray) and value.dtype == float
    assert value == pytest.approx([AT["x"] * AT["y"], math.sin(AT["x"]), 3])
    assert jacobian["x"] == pytest.approx([AT["y"], math.cos(AT["x"]), 0])
    assert jacobian["y"] == pytest.approx([AT["x"], 0, 0])
    assert f.jvp(AT, {"y": 1}) == pytest.approx([AT["x"], 0, 0])
    assert f.vjp(AT, [0, 1, 5]) == pytest.approx({"x": math.cos(AT["x"]), "y": 0})


@pytest.mark.parametrize(
    "made", [lambda value: value.tolist(), np.array, np.float32, tuple], ids=["lists", "numpy", "float32", "tuples"]
)
def test_arrays(made: Callable[[Any], Any]) -> None:
    A, x, b = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]]), np.array([0.5, -1.0]), np.array([1.0, 0.0, 2.0])
    at = {"A": made(A), "x": made(x), "b": made(b)}
    f = adcli.parse("sum((A@x - b)^2)")
    residual = A @ x - b
    assert f.value(at) == pytest.approx(residual @ residual)
    gradient = f.gradient(at)
    assert list(gradient) == ["A", "x", "b"]
    np.testing.assert_allclose(gradient["A"], 2 * np.outer(residual, x))
    np.testing.assert_allclose(gradient["x"], 2 * A.T @ residual)
    hessian = f.hessian(at, wrt=["x", "b"])
    np.testing.assert_allclose(hessian["x"]["x"], 2 * A.T @ A)
    np.testing.assert_allclose(hessian["b"]["x"], -2 * A)
    np.testing.assert_allclose(f.hvp(at, {"x": [1, 2]}, wrt="x")["x"], 2 * A.T @ A @ [1, 2])
    g = adcli.parse("A@x")
    np.testing.assert_allclose(g.jacobian(at, wrt="A")["A"], np.einsum("ik,j->ikj", np.eye(3), x))
    np.testing.assert_allclose(g.vjp(at, [1, 0, 2], wrt="x")["x"], A.T @ [1, 0, 2])
    np.testing.assert_allclose(g.jvp(at, {"x": np.array([1, 2])}), A @ [1, 2])


def test_series_and_sides_of_arrays() -> None:
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    series = adcli.parse("inv(eye(2) - t*A)").taylor({"A": A, "t": 0}, order=3, wrt="t")
    for order, coefficient in enumerate(series):
        np.testing.assert_allclose(coefficient, np.linalg.matrix_power(A, order))
    root = adcli.parse("[sqrt(t), t]")
    with pytest.warns(adcli.AdcliWarning):
        np.testing.assert_array_equal(root.taylor({"t": 0}, order=1)[1], [np.nan, 1])
    bent = adcli.parse("sum(abs(x))*s")
    with pytest.warns(adcli.AdcliWarning):
        sided = bent.gradient({"x": [0.0, 2.0], "s": 3}, kinks="left")
    assert isinstance(sided["x"], np.ndarray) and sided["x"].tolist() == [-3, 3] and sided["s"] == 2


def test_what_is_no_point_nor_an_order() -> None:
    with pytest.raises(TypeError, match="at is a mapping"):
        adcli.parse("x").value([1, 2])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="order is a whole number"):
        adcli.parse("x").taylor({"x": 1}, order=2.5)  # type: ignore[arg-type]
    assert adcli.parse("x^2").taylor({"x": 1}, np.int64(2)) == [1.0, 2.0, 1.0]  # type: ignore[arg-type]
    for wrt in (5, [1]):
        with pytest.raises(TypeError, match="wrt is a name or a list of names"):
            adcli.parse("x").gradient({"x": 1}, wrt=wrt)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="at has names for its keys, not 1"):
        adcli.parse("x").value({1: 1, "x": 2})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="the columns are a mapping"):
        adcli.parse("x").points([1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="workers is a number of threads"):
        adcli.parse("x").points({"x": [1]}, workers=0)


def test_a_constant_is_no_input() -> None:
    for at in ({"x": 1, "e": 5}, {"x": 1, "π": 5}):
        assert adcli.parse("x").value(at) == 1.0
        with pytest.raises(adcli.Fault, match="is a constant in the program"):
            adcli.parse("x*e*pi").value(at)
    with pytest.raises(adcli.Fault, match="is a constant in the program"):
        adcli.parse("x*e").points({"x": [1], "e": [5]})


def test_a_fault_tells_its_line_and_its_hint() -> None:
    with pytest.raises(adcli.Fault) as caught:
        adcli.parse("a = x\nb = sen(a)\nb").value({"x": 1})
    assert (caught.value.line, caught.value.column, caught.value.__notes__) == (2, 5, ["did you mean sin?"])


def test_a_program_is_shown_by_its_text() -> None:
    assert str(adcli.parse("sin(x)*y").derivative("x")) == "y*cos(x)"


def test_many_points() -> None:
    x, y = np.linspace(-2, 2, 9), np.linspace(0.5, 3, 9)
    f = adcli.parse("sin(x)*y^a")
    found = f.points({"x": x, "y": y.tolist()}, at={"a": 2})
    assert {*found} == {"value", "grad_x", "grad_y"}
    np.testing.assert_allclose(found["grad_x"], np.cos(x) * y**2, rtol=1e-14)
    np.testing.assert_allclose(found["grad_y"], np.sin(x) * 2 * y, rtol=1e-14, atol=1e-15)
    second = f.points({"x": x, "y": y}, {"a": 2}, "hessian", wrt="x", workers=2)
    np.testing.assert_allclose(second["hess_x_x"], -np.sin(x) * y**2, rtol=1e-13, atol=1e-15)
    along = f.points({"x": x, "y": y}, {"a": 2}, "jvp", tangent={"x": 2})
    np.testing.assert_allclose(along["tangent"], 2 * np.cos(x) * y**2, rtol=1e-14)
    assert np.isnan(adcli.parse("ln(x)").points({"x": [-1.0, 1.0]})["grad_x"]).tolist() == [True, False]
    with pytest.raises(ValueError, match="command is one of"):
        f.points({"x": x}, command="vjp")  # type: ignore[arg-type]
    with pytest.raises(adcli.Fault) as caught:
        f.points({"x": x, "y": y})
    assert caught.value.kind == "missing_value"


def test_an_array_belongs_to_the_caller() -> None:
    x = np.array([1.0, 2.0])
    value = adcli.parse("x").value({"x": x})
    assert isinstance(value, np.ndarray) and not np.shares_memory(value, x)
    gradient = adcli.parse("sum(x + y)").gradient({"x": x, "y": x})
    assert not np.shares_memory(gradient["x"], gradient["y"])
    gradient["x"] += 1  # which would fail for a view that is broadcast
    hessian = adcli.parse("sum(x*y)^2").hessian({"x": x, "y": x})
    assert not np.shares_memory(hessian["x"]["y"], hessian["y"]["x"])
    zeros: Any = adcli.parse("zeros(2)").value()
    zeros += 1
    assert adcli.parse("zeros(2)").value() == pytest.approx([0, 0])
    assert adcli.parse("sum(x)").gradient({"x": x})["x"] == pytest.approx([1, 1])


def test_numbers_of_other_kinds() -> None:
    f = adcli.parse("x*y")
    for x in (3, 3.0, np.float64(3), np.int32(3), np.array(3), np.array(3.0, dtype=np.longdouble)):
        assert f.gradient({"x": x, "y": 2}) == {"x": 2.0, "y": 3.0}
        assert type(f.value({"x": x, "y": 2})) is float
    assert adcli.parse("x₁^2").gradient({"x₁": 3}) == adcli.parse("x1^2").gradient({"x1": 3}) == {"x1": 6.0}
    assert adcli.parse("atan(x)").value({"x": math.inf}) == math.pi / 2


def test_a_trace_is_that_of_the_json() -> None:
    f = adcli.parse("sin(x)*y")
    trace = f.trace({"x": 1, "y": 2})
    assert [row["node"] for row in trace["primal"]] == ["x", "y", "v1", "v2"]
    assert trace["adjoint"][-1]["total"] == f.gradient({"x": 1, "y": 2})["x"]
    assert f.trace({"x": 1, "y": 2}, mode="forward")["tangent"][0]["value"] == 1.0


def test_the_derivative_of_a_range_needs_its_end() -> None:
    f = adcli.parse("sum(k=1..n, x^k)")
    assert f.derivative("x", at={"n": 3}).value({"x": 2}) == 1 + 2 * 2 + 3 * 4
    with pytest.raises(adcli.Fault) as caught:
        f.derivative("x")
    assert caught.value.kind == "missing_value"


# --- What is wrong, and what is told ---


def test_a_fault_says_what_and_where() -> None:
    with pytest.raises(adcli.Fault) as caught:
        adcli.parse("x + (2*y")
    fault = caught.value
    assert (fault.kind, fault.column, fault.hint) == ("syntax", 5, "close it")
    assert fault.message == str(fault) == 'missing ")" for the "(" at column 5'
    again = pickle.loads(pickle.dumps(fault))
    assert vars(again) == vars(fault) and str(again) == str(fault)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda: adcli.parse("sen(x)").value({"x": 1}), "unknown_function"),
        (lambda: adcli.parse("x*y").value({"x": 1}), "missing_value"),
        (lambda: adcli.parse("ln(x)").value({"x": -1}), "domain"),
        (lambda: adcli.parse("x").value({"x": math.nan}), "data"),
        (lambda: adcli.parse("x").value({"x": [1, math.nan]}), "data"),
        (lambda: adcli.parse("x").value({"x": [[1], [2, 3]]}), "data"),
        (lambda: adcli.parse("x").value({"x": "1"}), "data"),
        (lambda: adcli.parse("x").value({"x": None}), "data"),
        (lambda: adcli.parse("x").value({"x": True}), "data"),
        (lambda: adcli.parse("x").value({"x": 1j}), "data"),
        (lambda: adcli.parse("x").value({"x": 10**400}), "data"),
        (lambda: adcli.parse("x1").value({"x1": 1, "x₁": 2}), "data"),
        (lambda: adcli.parse("[x, x]").gradient({"x": 1}), "shape"),
        (lambda: adcli.parse("x").gradient({"x": 1}, wrt="z"), "unknown_input"),
        (lambda: adcli.parse("x").jvp({"x": 1}, {"x": [1, 2]}), "shape"),
        (lambda: adcli.parse("A@x").value({"A": np.eye(3), "x": [1, 2]}), "shape"),
        (lambda: adcli.parse("inv(A)").value({"A": [[1, 2], [2, 4]]}), "singular"),
        (lambda: adcli.parse("abs(x)").gradient({"x": 0}, kinks="error"), "kink"),
        (lambda: adcli.parse("sqrt(x)").gradient({"x": 0}, strict=True), "not_finite"),
        (lambda: adcli.parse("abs(x)").gradient({"x": 0}, kinks="left", mode="reverse"), "usage"),
        (lambda: adcli.parse("x*y").taylor({"x": 0, "y": 1}), "usage"),
        (lambda: adcli.parse("x").taylor({"x": 0}, order=51), "bad_order"),
    ],
)  # fmt: skip
def test_faults(ask: Callable[[], object], kind: str) -> None:
    with pytest.raises(adcli.Fault) as caught:
        ask()
    assert caught.value.kind == kind
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_options_that_there_are_not() -> None:
    f: Any = adcli.parse("abs(x)")
    with pytest.raises(ValueError, match="mode is one of"):
        f.gradient({"x": 1}, mode="sideways")
    with pytest.raises(ValueError, match="kinks is one of"):
        f.hessian({"x": 1}, kinks="left")
    with pytest.raises(TypeError, match="int"):
        adcli.parse(3)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        adcli.gradient  # type: ignore[attr-defined]  # noqa: B018


def test_what_is_worth_knowing_is_a_warning() -> None:
    f = adcli.parse("abs(x) + sqrt(y)")
    with pytest.warns(adcli.AdcliWarning) as caught:
        gradient = f.gradient({"x": 0, "y": 0, "z": 1})  # a point may have more names than a program uses
    assert gradient == {"x": 0.0, "y": math.inf}
    assert {(item.message.kind, item.filename) for item in caught} == {  # type: ignore[union-attr]
        ("kink", __file__), ("infinite_derivative", __file__),
    }  # fmt: skip
    assert "abs(x) has no two-sided derivative" in str(pickle.loads(pickle.dumps(caught[0].message)))
    with pytest.warns(adcli.AdcliWarning, match="is a constant there"):
        assert adcli.parse("q = x^2; deriv(q, x)").value({"x": 1}) == 0
    assert adcli.parse("abs(x)").gradient({"x": 1}) == {"x": 1.0}
    with pytest.warns(adcli.AdcliWarning):
        assert adcli.parse("abs(x)").gradient({"x": 0}, kinks="left") == {"x": -1.0}


def test_numpy_keeps_its_own_mind() -> None:
    """What is not finite on the way is no warning of numpy's, and what numpy is told elsewhere stays as it is."""
    before = np.geterr()
    with np.errstate(all="raise"), pytest.warns(adcli.AdcliWarning):
        gradient = adcli.parse("sum(sqrt(x))").gradient({"x": [0, 4]})
    assert gradient["x"] == pytest.approx([math.inf, 0.25])
    assert adcli.parse("sum(1/(1 + exp(x)))").value({"x": [1000.0, 0.0]}) == 0.5
    assert np.geterr() == before


# --- Programs do not change ---


def test_a_program_does_not_change() -> None:
    f: Any = adcli.parse("x^2")
    for name in ("text", "_parsed", "other"):
        with pytest.raises(AttributeError):
            setattr(f, name, 1)
    with pytest.raises(AttributeError):
        del f._parsed
    assert not hasattr(f, "__dict__")


def test_a_program_is_its_text() -> None:
    f = adcli.parse("x^2")
    assert f == adcli.parse("x^2") == adcli.Program("x^2") and hash(f) == hash(adcli.parse("x^2"))
    assert f != adcli.parse("x^3") and f != "x^2" and len({f, adcli.parse("x^2")}) == 1
    assert eval(repr(f)) == f == pickle.loads(pickle.dumps(f)) == copy.copy(f) == copy.deepcopy(f)


def test_a_program_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    f = adcli.parse("x^2*cos(x) + 0.123")
    f.hessian({"x": 1})  # the rules are read when they are first asked for
    for module, name in ((reader, "parse"), (memory, "elaborate")):
        monkeypatch.setattr(module, name, None)
    g = adcli.parse("x^2*cos(x) + 0.123")
    assert g.gradient({"x": 0}) == {"x": 0.0}
    assert g.hessian({"x": 0}) == {"x": {"x": 2.0}}


MANY = [
    ("sin(x)*y + exp(x*y)", {"x": 0.3, "y": 1.7}),
    ("max(x, y, 2*x - y, 0) + prod([x, y, 3])", {"x": 0.3, "y": 1.7}),
    ("t = x; for k in 1..20 { t = (t + y/t)/2 }; t", {"x": 0.3, "y": 1.7}),
    ("if x > y { z = x } else { z = y^2 }; z*x", {"x": 0.3, "y": 1.7}),
    ("logdet(A@T(A) + eye(2)*x) + sum(A)", {"x": 0.3, "A": [[1, 2], [3, 4]]}),
]


def found(program: adcli.Program, at: Any) -> bytes:
    """Return all bits of a value, a gradient and a Hessian."""
    return pickle.dumps((program.value(at), program.gradient(at), program.hessian(at)))


def test_another_process_finds_the_same_numbers() -> None:
    programs = [(adcli.parse(text), at) for text, at in MANY]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.starmap(found, programs) == [found(*program) for program in programs]
        with pytest.raises(adcli.Fault) as caught:
            pool.apply(api.Program.value, (adcli.parse("1/x"), {"x": 0}))
    assert (caught.value.kind, caught.value.column) == ("domain", 1)


@pytest.mark.slow
def test_threads_share_a_program() -> None:
    """Many threads at many points, on programs that none has seen, find what one thread finds."""
    programs = [adcli.parse(f"{text} + 0*{id(MANY)}") for text, _ in MANY]
    jobs = [
        (program, {**at, "x": 0.1 + 0.01 * k}) for k in range(60) for program, (_, at) in zip(programs, MANY)
    ]  # fmt: skip
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(found, *zip(*jobs)))
    finally:
        sys.setswitchinterval(old)
    assert together == [found(*job) for job in jobs]


# --- The package ---


def test_importing_adcli_imports_next_to_nothing() -> None:
    code = "import sys; before = {*sys.modules}; import adcli; print(*({*sys.modules} - before)); adcli.parse; print(adcli.__dir__())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules, names = done.stdout.splitlines()
    assert {*modules.split()} <= {"adcli", "__future__"}
    assert names == str(adcli.__all__)


def test_numbers_do_without_numpy() -> None:
    code = "import adcli, sys; f = adcli.parse('sin(x)*y'); f.hessian({'x': 1, 'y': 2}); print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


USER = """
import numpy as np
import adcli

f: adcli.Program = adcli.parse("sin(x)*y")
at = {"x": 1.0, "y": np.float64(2)}
gradient: dict[str, float | np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = f.gradient(at, mode="forward")
total = sum(np.sum(part) for part in gradient.values())
coefficients: list[float | np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = f.derivative("x").taylor(at, order=3, wrt="x")
f.jacobian({"x": [1, 2], "y": np.ones(2)}, wrt=["x"], kinks="left")
try:
    f.value()
except adcli.Fault as fault:
    column: int | None = fault.column
    text: str = fault.kind + fault.message + (fault.hint or "")
f.gradient(at, mode="sideways")  # type: ignore[arg-type]
f.hessian(at, kinks="left")  # type: ignore[arg-type]
f.gradient(3)  # type: ignore[arg-type]
f.text = "x"  # type: ignore[misc]
adcli.no_such_name  # type: ignore[attr-defined]
"""


@pytest.mark.slow
def test_types_are_complete(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "user.py").write_text(USER)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path), str(tmp_path / "user.py")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("Success"), done.stdout


def test_a_minimum_with_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    f = adcli.parse("(1 - x)^2 + 100*(y - x^2)^2")

    def value(p: Any) -> Any:
        return f.value({"x": p[0], "y": p[1]})

    def gradient(p: Any) -> Any:
        return [*f.gradient({"x": p[0], "y": p[1]}).values()]

    def hessian(p: Any) -> Any:
        return [[*row.values()] for row in f.hessian({"x": p[0], "y": p[1]}).values()]

    assert optimize.check_grad(value, gradient, [-1.2, 1.0]) < 1e-4
    for method, more in (("BFGS", {}), ("Newton-CG", {"hess": hessian})):
        assert optimize.minimize(value, [-1.2, 1.0], jac=gradient, method=method, **more).x == pytest.approx(
            [1, 1], abs=1e-4
        )


def test_the_answers_are_those_of_the_commands() -> None:
    """What the interface returns is what an answer holds, arrays included."""
    program = "A@x + [x[0]^2, 3]"
    A, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, 2.0])
    results = answer(Request("jacobian", program, {"A": A, "x": x})).results
    ours = adcli.parse(program).jacobian({"A": A, "x": x})
    for name in ("A", "x"):
        assert np.array_equal(results["jacobian"][name], ours[name])


def test_warnings_can_be_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", adcli.AdcliWarning)
        with pytest.raises(adcli.AdcliWarning, match="two-sided"):
            adcli.parse("abs(x)").gradient({"x": 0})
