"""Arrays: each row against the complex step through numpy's own functions, in every mode and to second order; broadcasting,
masks, ties, faults, and random programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from points import points

from adcli.answers import Request, answer
from adcli.errors import Fault
from adcli.numbers.arrays import ARRAYS
from adcli.numbers.system import FLOATS
from adcli.render.arrays import listed
from adcli.rules import TABLE
from adcli.rules.primitive import Primitive

Function = Callable[..., Any]


def results(command: str, text: str, at: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the results of a request, with lists for arrays."""
    found = answer(Request(command, text, {name: typed(value) for name, value in at.items()}, **options)).results
    return listed(found)  # type: ignore[no-any-return]


def typed(value: Any) -> Any:
    """Return a value as --at gives it: a float, or an array of doubles."""
    return float(value) if np.ndim(value) == 0 else np.array(value, dtype=float)


def draw(shapes: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Return random arrays of these shapes; those with the name P are positive definite."""
    rng = np.random.default_rng(seed)
    at = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return {name: x @ x.T + np.eye(len(x)) if name == "P" else x for name, x in at.items()}


def complex_step(function: Function, at: dict[str, Any]) -> dict[str, Any]:
    """Return the Jacobian by each argument, with the axes of the result before those of the argument."""
    found = {}
    for name, x in at.items():
        columns = []
        for k in range(np.size(x)):
            moved = np.array(x, dtype=complex)
            moved.reshape(-1)[k] += 1e-40j
            columns.append(np.imag(function(**{**at, name: moved if np.ndim(x) else moved[()]})) / 1e-40)
        shape = np.shape(columns[0]) + np.shape(x)
        found[name] = np.moveaxis(np.array(columns), 0, -1).reshape(shape)
    return found


def second_differences(function: Function, at: dict[str, Any], name: str, other: str) -> Any:
    """Return the derivatives by ``name`` and ``other`` of a scalar function: differences of the complex step."""
    h, blocks = 1e-4, []
    for k in range(np.size(at[name])):

        def beside(steps: float, k: int = k) -> Any:
            moved = np.array(at[name], dtype=float)
            moved.reshape(-1)[k] += steps * h
            return complex_step(function, {**at, name: moved})[other]

        blocks.append((8 * (beside(1) - beside(-1)) - beside(2) + beside(-2)) / (12 * h))
    return np.array(blocks).reshape(np.shape(at[name]) + np.shape(at[other]))


def cholesky(P: Any) -> Any:
    """Return the factor of a matrix, of which the lower triangle is read, by the textbook's loop: numpy's conjugates."""
    L = np.zeros(P.shape, dtype=P.dtype)
    S = (P + P.T) / 2
    for i in range(len(P)):
        for j in range(i + 1):
            rest = S[i, j] - np.sum(L[i, :j] * L[j, :j])
            L[i, j] = np.sqrt(rest) if i == j else rest / L[j, j]
    return L


def norm(x: Any, axis: int | None = None) -> Any:
    return np.sqrt(np.sum(x * x, axis=axis))


def extreme(sign: int) -> Function:
    def largest(x: Any, axis: int | None = None) -> Any:
        place = np.argmax(sign * np.real(x), axis=axis)
        if axis is None:
            return x.reshape(-1)[place]
        return np.take_along_axis(x, np.expand_dims(place, axis), axis).squeeze(axis)

    return largest


def softmax(x: Any, axis: int | None = None) -> Any:
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=axis is not None)


def variance(x: Any, axis: int | None = None) -> Any:
    return np.mean((x - np.mean(x, axis=axis, keepdims=True)) ** 2, axis=axis)


REDUCTIONS: dict[str, Function] = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "max": extreme(1), "min": extreme(-1), "norm": norm, "var": variance,
    "logsumexp": lambda x, axis=None: np.log(np.sum(np.exp(x), axis=axis)), "softmax": softmax,
}  # fmt: skip

A, B, v, w, s = (2, 3), (3, 2), (3,), (2,), ()

# fmt: off
CASES: list[tuple[str, dict[str, Any], Function]] = [
    *((f"{name}(A)", {"A": A}, lambda A, f=f: f(A)) for name, f in REDUCTIONS.items()),
    *((f"{name}(v)", {"v": v}, lambda v, f=f: f(v)) for name, f in REDUCTIONS.items()),
    *((f"{name}(A, {axis})", {"A": A}, lambda A, f=f, axis=axis: f(A, axis=axis))
      for name, f in REDUCTIONS.items() for axis in (0, 1, -1) if name not in ("max", "min")),  # max(A, 0) is of A and 0
    *((f"{name}(A, axis=1)", {"A": A}, lambda A, f=f: f(A, axis=1)) for name, f in REDUCTIONS.items()),
    *((f"{name}(A, axis={axis})", {"A": A}, lambda A, f=f, axis=axis: f(A, axis=axis))
      for name, f in REDUCTIONS.items() for axis in (0, -1) if name in ("max", "min")),
    ("max(A, s)", {"A": A, "s": s}, lambda A, s: np.where(np.real(A) > np.real(s), A, s)),
    ("max(v, 0.1, A)", {"v": v, "A": A}, lambda v, A: np.where(np.real(A) > np.maximum(np.real(v), 0.1), A,
                                                              np.where(np.real(v) > 0.1, v, 0.1))),
    ("sum(v, 0)", {"v": v}, lambda v: np.sum(v, 0)),
    *((f"{name}(s)", {"s": s, "v": v}, lambda s, v, k=k: k * s)
      for name, k in (("sum", 1), ("mean", 1), ("max", 1), ("logsumexp", 1))),
    ("T(A)", {"A": A}, lambda A: A.T), ("transpose(A)", {"A": A}, lambda A: A.T), ("T(v)", {"v": v}, lambda v: v),
    ("reshape(A, 3, 2)", {"A": A}, lambda A: A.reshape(3, 2)), ("reshape(A, 6)*2", {"A": A}, lambda A: A.reshape(6) * 2),
    ("reshape(s, 1, 1)", {"s": s, "v": v}, lambda s, v: np.reshape(s, (1, 1))),
    # parts
    ("v[0]", {"v": v}, lambda v: v[0]), ("v[-1]", {"v": v}, lambda v: v[-1]), ("v[1:]", {"v": v}, lambda v: v[1:]),
    ("v[::-1]", {"v": v}, lambda v: v[::-1]), ("v[::2]", {"v": v}, lambda v: v[::2]), ("v[:-1]", {"v": v}, lambda v: v[:-1]),
    ("A[1]", {"A": A}, lambda A: A[1]), ("A[:, 0]", {"A": A}, lambda A: A[:, 0]), ("A[1, -2]", {"A": A}, lambda A: A[1, -2]),
    ("A[0:1, 1:]", {"A": A}, lambda A: A[0:1, 1:]), ("A[:, ::-2]", {"A": A}, lambda A: A[:, ::-2]),
    ("A[-1, 0:2]", {"A": A}, lambda A: A[-1, 0:2]), ("A[1][2]", {"A": A}, lambda A: A[1][2]),
    # made of parts
    ("concat(v, w)", {"v": v, "w": w}, lambda v, w: np.concatenate([v, w])),
    ("concat(v, w, v)", {"v": v, "w": w}, lambda v, w: np.concatenate([v, w, v])),
    ("concat(A, T(B), axis=1)", {"A": A, "B": B}, lambda A, B: np.concatenate([A, B.T], 1)),
    ("concat(A, T(B), axis=-1)", {"A": A, "B": B}, lambda A, B: np.concatenate([A, B.T], -1)),
    ("concat(A, T(B), axis=0)", {"A": A, "B": B}, lambda A, B: np.concatenate([A, B.T], 0)),
    ("[v, 2*v]", {"v": v}, lambda v: np.stack([v, 2 * v])),
    ("[s, v[1], 3]", {"s": s, "v": v}, lambda s, v: np.stack([s, v[1], 3])),
    ("[[s, 1], [v[0], s*v[1]]]@w", {"s": s, "v": v, "w": w}, lambda s, v, w: np.array([[s, 1], [v[0], s * v[1]]]) @ w),
    ("[A, 2*A][1, 0]", {"A": A}, lambda A: 2 * A[0]),
    # products
    ("v@v", {"v": v}, lambda v: v @ v), ("v@B", {"v": v, "B": B}, lambda v, B: v @ B), ("A@v", {"v": v, "A": A}, lambda v, A: A @ v),
    ("A@B", {"B": B, "A": A}, lambda B, A: A @ B), ("dot(A, B)", {"B": B, "A": A}, lambda B, A: A @ B),
    ("dot(v, u)", {"v": v, "u": v}, lambda v, u: v @ u), ("outer(v, w)", {"v": v, "w": w}, lambda v, w: np.outer(v, w)),
    ("w@A@v", {"v": v, "A": A, "w": w}, lambda v, A, w: w @ A @ v),
    # matrices
    ("trace(P)", {"P": (3, 3)}, lambda P: np.trace(P)), ("trace(A)", {"A": A}, lambda A: np.trace(A)),
    ("det(P)", {"P": (3, 3)}, lambda P: np.linalg.det(P)), ("det(C)", {"C": (2, 2)}, lambda C: np.linalg.det(C)),
    ("logdet(P)", {"P": (3, 3)}, lambda P: np.log(np.linalg.det(P))), ("inv(P)", {"P": (3, 3)}, lambda P: np.linalg.inv(P)),
    ("solve(P, v)", {"P": (3, 3), "v": v}, lambda P, v: np.linalg.solve(P, v)),
    ("solve(P, B)", {"P": (3, 3), "B": B}, lambda P, B: np.linalg.solve(P, B)),
    ("cholesky(P + T(P))", {"P": (3, 3)}, lambda P: cholesky(P + P.T)),
    # broadcasting
    ("s*v", {"s": s, "v": v}, lambda s, v: s * v), ("A*v", {"A": A, "v": v}, lambda A, v: A * v), ("A/s", {"A": A, "s": s}, lambda A, s: A / s),
    ("c + w", {"c": (3, 1), "w": w}, lambda c, w: c + w), ("c*v^2", {"c": (2, 1), "v": v}, lambda c, v: c * v**2),
    ("r*c", {"r": (1, 3), "c": (2, 1)}, lambda r, c: r * c), ("v*r", {"r": (1, 3), "v": v}, lambda r, v: v * r),
    ("exp(A)*s - v", {"A": A, "s": s, "v": v}, lambda A, s, v: np.exp(A) * s - v), ("s^2", {"s": s, "v": v}, lambda s, v: s**2),
    ("where(s > 100, A, s)", {"A": A, "s": s}, lambda A, s: s + 0 * A), ("where(s < 100, A, s)", {"A": A, "s": s}, lambda A, s: A + 0 * s),
    ("where(A > 0, s, v)", {"A": A, "s": s, "v": v}, lambda A, s, v: np.where(np.real(A) > 0, s, v)),
    ("where(v > 0, s, A)", {"A": A, "s": s, "v": v}, lambda A, s, v: np.where(np.real(v) > 0, s, A)),
    # made of numbers
    ("zeros(2, 3) + A*ones(3)", {"A": A}, lambda A: A), ("eye(2)@A", {"A": A}, lambda A: A),
    ("arange(3)*v + linspace(s, 2, 3)", {"v": v, "s": s}, lambda v, s: np.arange(3) * v + s + (2 - s) * np.linspace(0, 1, 3)),
    # programs
    ("f(a, b) = a@b; q = v; for k in 1..3 { q = tanh(f(M, q)) + v/k }; q", {"M": (3, 3), "v": v},
     lambda M, v: np.tanh(M @ (np.tanh(M @ (np.tanh(M @ v) + v)) + v / 2)) + v / 3),
    ("t = 0; for k in 0..2 { t = t + v[k]^2*A[1, k] }; t", {"v": v, "A": A}, lambda v, A: np.sum(v**2 * A[1])),
    ("sum(k=0..2, v[k]*A[:, k])", {"v": v, "A": A}, lambda v, A: A @ v),
]
# fmt: on


@pytest.mark.parametrize(("text", "shapes", "function"), CASES, ids=[case[0] for case in CASES])
def test_a_row(text: str, shapes: dict[str, Any], function: Function) -> None:
    """Value and Jacobian are those of numpy, in both modes; the products with vectors agree."""
    at = draw(shapes)
    used = [name for name in at if name in text]
    value = function(**at)
    truth = complex_step(function, {**at})
    for mode in ("forward", "reverse"):
        found = results("jacobian", text, at, mode=mode, wrt=used)
        np.testing.assert_allclose(found["value"], value, rtol=1e-12, atol=1e-14)
        for name in used:
            assert np.shape(found["jacobian"][name]) == np.shape(value) + np.shape(at[name])
            np.testing.assert_allclose(found["jacobian"][name], truth[name], rtol=1e-10, atol=1e-12)
    rng = np.random.default_rng(1)
    tangent = {name: typed(rng.normal(size=np.shape(at[name]))) for name in used}
    cotangent = rng.normal(size=np.shape(value))
    weights = cotangent.tolist() if np.ndim(value) else [float(cotangent)]
    pushed = np.asarray(results("jvp", text, at, tangent=tangent)["tangent"])
    pulled = results("vjp", text, at, cotangent=weights, wrt=used)["cotangent_product"]
    there = sum(np.sum(np.asarray(pulled[name]) * tangent[name]) for name in used)
    np.testing.assert_allclose(np.sum(pushed * cotangent), there, rtol=1e-10, atol=1e-12)
    assert pushed.shape == np.shape(value)


@pytest.mark.parametrize(("text", "shapes", "function"), CASES, ids=[case[0] for case in CASES])
def test_a_row_to_second_order(text: str, shapes: dict[str, Any], function: Function) -> None:
    """The Hessian is symmetric, and that of differences; times a direction it is what hvp gives."""
    at = draw(shapes, 2)
    *statements, last = text.split("; ")
    text = "; ".join([*statements, f"sum(sin({last}))"])
    used = [name for name in at if name in text.replace("sum(sin(", "").replace("linspace", "")]
    found = results("hessian", text, at, wrt=used)

    def whole(**arguments: Any) -> Any:
        return np.sum(np.sin(function(**arguments)))

    gradient = complex_step(whole, at)
    tangent = {name: typed(np.random.default_rng(3).normal(size=np.shape(at[name]))) for name in used}
    moved = results("hvp", text, at, tangent=tangent, wrt=used)["hvp"]
    for name in used:
        np.testing.assert_allclose(found["gradient"][name], gradient[name], rtol=1e-9, atol=1e-11)
        total = np.zeros(np.shape(at[name]))
        for other in used:
            block = np.asarray(found["hessian"][name][other])
            mirrored = np.asarray(found["hessian"][other][name])
            assert block.shape == np.shape(at[name]) + np.shape(at[other])
            size = (np.size(at[name]), np.size(at[other]))
            np.testing.assert_allclose(block.reshape(size), mirrored.reshape(size[::-1]).T, rtol=1e-9, atol=1e-10)
            truth = second_differences(whole, at, name, other)
            np.testing.assert_allclose(block, truth, rtol=1e-7, atol=1e-8)
            axes = np.ndim(at[other])
            total = total + (np.tensordot(block, tangent[other], axes) if axes else block * tangent[other])
        np.testing.assert_allclose(moved[name], total, rtol=1e-9, atol=1e-10)


# --- Masks ---

BRANCHES = [
    ("where(x < 1, x, sqrt(x))", {"x": [0.0, 4.0]}, [1.0, 0.25], [0.0, -1 / 32]),
    ("where(x > 0, ln(x), 0)", {"x": [-1.0, 2.0]}, [0.0, 0.5], [0.0, -0.25]),
    ("where(x > 0, 0, x*inf)", {"x": [1.0, 2.0]}, [0.0, 0.0], [0.0, 0.0]),
    ("where(x > 0, sqrt(sqrt(x)), 0*x)", {"x": [0.0, 1.0]}, [0.0, 0.25], [0.0, -3 / 16]),
    ("where(x < 1, x^2, where(x < 2, 1/(x - 1), ln(x - 2)))", {"x": [1.0 - 2**-1, 1.5, 3.0]}, [1.0, -4.0, 1.0],
     [2.0, 16.0, -1.0]),
    ("where(x[::-1] > 0, ln(x[::-1]), 0)[::-1]", {"x": [0.0, 2.0]}, [0.0, 0.5], [0.0, -0.25]),
    ("where(T([x, x])[:, 1] > 0, T([sqrt(x), ln(x)])[:, 1], 0)", {"x": [0.0, 2.0]}, [0.0, 0.5], [0.0, -0.25]),
    ("where(x > 0, sum(sqrt([x, x]), 0), 0)", {"x": [0.0, 4.0]}, [0.0, 0.5], [0.0, -1 / 16]),
    ("q = sqrt(x); where(x > 0, concat(q[0:1], q[1:2]), 0)", {"x": [0.0, 4.0]}, [0.0, 0.25], [0.0, -1 / 32]),
    ("q = sqrt(x); where(x > 0, reshape(q, 2, 1)[:, 0]*1, 0)", {"x": [0.0, 4.0]}, [0.0, 0.25], [0.0, -1 / 32]),
    ("where(x > 0, sqrt(x), 0) + where(x > 0, x, 0)", {"x": [0.0, 4.0]}, [0.0, 1.25], [0.0, -1 / 32]),
    ("x + where(x > 0, sqrt(x), 0) + x", {"x": [0.0, 4.0]}, [2.0, 2.25], [0.0, -1 / 32]),
    ("where(1 > 0, x^2, sqrt(x))", {"x": [0.0, 4.0]}, [0.0, 8.0], [2.0, 2.0]),
    ("where(sum(x) < 0, sqrt(x), x^2)", {"x": [0.0, 4.0]}, [0.0, 8.0], [2.0, 2.0]),
    ("x^2 if x[0] < 1 else sqrt(x)", {"x": [0.0, 4.0]}, [0.0, 8.0], [2.0, 2.0]),
    ("abs(where(x > 0, ln(x), 0))", {"x": [0.0, 4.0]}, [0.0, 0.25], [0.0, -1 / 16]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "slopes", "curvatures"), BRANCHES, ids=[case[0] for case in BRANCHES])
def test_a_branch_not_taken_poisons_nothing(
    text: str, at: dict[str, Any], slopes: list[float], curvatures: Any
) -> None:
    """Where a branch that is infinite or no number is not taken, each mode gives what the branch taken has."""
    *statements, last = text.split("; ")
    whole = "; ".join([*statements, f"sum({last})"])
    size = len(slopes)
    for mode in ("forward", "reverse"):
        assert results("grad", whole, at, mode=mode)["gradient"]["x"] == pytest.approx(slopes)
        jacobian = results("jacobian", text, at, mode=mode)["jacobian"]["x"]
        np.testing.assert_allclose(jacobian, np.diag(slopes), atol=1e-15)
    ones = np.ones(size)
    assert results("jvp", text, at, tangent={"x": ones})["tangent"] == pytest.approx(slopes)
    assert results("vjp", text, at, cotangent=[1.0] * size)["cotangent_product"]["x"] == pytest.approx(slopes)
    np.testing.assert_allclose(results("hessian", whole, at)["hessian"]["x"]["x"], np.diag(curvatures), atol=1e-14)
    assert results("hvp", whole, at, tangent={"x": ones})["hvp"]["x"] == pytest.approx(curvatures)


INFINITE = [
    ("sqrt(a)", [0.0, 4.0], [np.inf, 0.25]),
    ("a^1.5/1.5 + sqrt(a)", [0.0, 4.0], [np.inf, 2.25]),
    ("asin(a)", [1.0, 0.0], [np.inf, 1.0]),
    ("cbrt(a)", [0.0, 8.0], [np.inf, 1 / 12]),
    ("root(a, 3)", [0.0, 8.0], [np.inf, 1 / 12]),
    ("sqrt(T([a, a]))[:, 0]", [0.0, 4.0], [np.inf, 0.25]),
    ("sqrt(concat(a, a)[1:3])[::-1]", [0.0, 4.0], [np.inf, 0.25]),
    ("sqrt(reshape(a, 2, 1))[:, 0]", [0.0, 4.0], [np.inf, 0.25]),
    ("sum([[1, 0], [0, 1]]*sqrt([a, a]), 0)", [1.0, 4.0], [0.5, 0.25]),
]


@pytest.mark.parametrize(("text", "a", "slopes"), INFINITE, ids=[case[0] for case in INFINITE])
def test_an_infinite_slope_stays_with_its_element(text: str, a: list[float], slopes: list[float]) -> None:
    """Zeros of a direction, and elements that are not used, are structural: no mode gives 0 times infinity."""
    at, diagonal = {"a": a}, np.where(np.eye(2) > 0, slopes, 0.0)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(results("jacobian", text, at, mode=mode)["jacobian"]["a"], diagonal)
        np.testing.assert_allclose(results("grad", f"sum({text})", at, mode=mode)["gradient"]["a"], slopes)
        for k in range(2):
            np.testing.assert_allclose(results("grad", f"({text})[{k}]", at, mode=mode)["gradient"]["a"], diagonal[k])
    for k in range(2):
        unit = np.eye(2)[k]
        np.testing.assert_allclose(results("jvp", text, at, tangent={"a": unit})["tangent"], diagonal[k])
        np.testing.assert_allclose(
            results("vjp", text, at, cotangent=unit.tolist())["cotangent_product"]["a"], diagonal[k]
        )
    assert results("check", f"sum({text})", at)["agrees"]
    assert results("check", f"({text})[0] + 2*({text})[1]", at)["agrees"]


def test_second_derivatives_beside_an_infinite_one() -> None:
    """Each entry of a Hessian has a way of its own."""
    at = {"a": [0.0, 4.0]}
    second = 1.875 * 0.875 * 4.0**-0.125
    hessian = results("hessian", "sum(a^1.875)", at)["hessian"]["a"]["a"]
    np.testing.assert_allclose(hessian, [[np.inf, 0], [0, second]])
    np.testing.assert_allclose(
        results("hvp", "sum(a^1.875)", at, tangent={"a": np.array([0.0, 1.0])})["hvp"]["a"], [0, second]
    )
    np.testing.assert_allclose(results("hessian", "sqrt(a)[1]", at)["hessian"]["a"]["a"], [[0, 0], [0, -1 / 32]])


SUSPECTS = [
    ("grad", "sum(sqrt(a))", {}, "infinite_derivative", "a[0]", "v1"),
    ("grad", "sum(sqrt(a)^2)", {}, "zero_times_infinity", "a[0]", "v1"),
    ("jacobian", "[sum(a), sum(sqrt(a))]", {}, "infinite_derivative", "a[0]", "v2"),
    ("jacobian", "2*sqrt(a)", {}, "infinite_derivative", "a[0]", "v1"),
    ("vjp", "sqrt(a)", {"cotangent": [1.0, 1.0]}, "infinite_derivative", "a[0]", "v1"),
    ("jvp", "sqrt(a)", {"tangent": {"a": np.ones(2)}}, "infinite_derivative", "in this direction", "v1"),
    ("jvp", "sqrt(a)^2", {"tangent": {"a": np.ones(2)}}, "zero_times_infinity", "in this direction", "v2"),
]


@pytest.mark.parametrize(("command", "text", "options", "kind", "says", "node"), SUSPECTS)
def test_what_is_not_finite_is_named(
    command: str, text: str, options: dict[str, Any], kind: str, says: str, node: str
) -> None:
    """One warning, of the element and the node; with --strict it is a fault."""
    request = Request(command, text, {"a": np.array([0.0, 4.0])}, **options)
    (finding,) = answer(request).findings
    assert (finding.kind, finding.node) == (kind, node)
    assert says in finding.message
    with pytest.raises(Fault) as caught:
        answer(request.but(strict=True))
    assert caught.value.kind == "not_finite"


def test_a_number_beside_a_branch_that_no_element_takes() -> None:
    """A number in the branch that is taken nowhere gets no adjoint, which an infinity below it would poison."""
    at = {"x": [1.0, 2.0], "s": 0.0}
    for mode in ("forward", "reverse"):
        found = results("grad", "sum(where(x > 0, x, sqrt(s)))", at, mode=mode)["gradient"]
        assert found == {"x": [1.0, 1.0], "s": 0.0}
    hessian = results("hessian", "sum(where(x > 0, x, sqrt(s)))", at)["hessian"]
    assert hessian["s"] == {"x": [0.0, 0.0], "s": 0.0}


# --- Elementwise ---

WHOLE = ("root", "polygamma", "root1")


def close(found: float, truth: float) -> bool:
    """Say whether two doubles are within 4 ulp, or equally not finite."""
    if not np.isfinite(truth) or not np.isfinite(found):
        return found == truth or np.isnan(found) and np.isnan(truth)
    return abs(found - truth) <= 4 * np.spacing(max(abs(truth), 2.0**-1022))


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.arity], ids=lambda row: row.name)
@ARRAYS.quiet()
def test_an_elementwise_row_agrees_with_floats(row: Primitive) -> None:
    """Values and partials of arrays are those of floats, element by element; floats alone stay floats."""
    chosen = points(row, 200, 60)[:1500]
    columns = [np.array(column) for column in zip(*chosen)]
    of_floats, of_arrays = FLOATS.functions[row], ARRAYS.functions[row]
    values = [of_floats(*point) for point in chosen]
    found = np.broadcast_to(of_arrays(*columns), len(chosen))
    assert [(point, a, b) for point, a, b in zip(chosen, found, values) if not close(a, b)] == []
    assert type(of_arrays(*chosen[0])) is float
    for by_floats, by_arrays in zip(FLOATS.rules[row], ARRAYS.rules[row]):
        if by_floats is None:
            assert by_arrays is None
            continue
        truth = [by_floats(*point, value) for point, value in zip(chosen, values)]
        slopes = np.broadcast_to(by_arrays(*columns, np.array(values)), len(chosen))
        assert [(point, a, b) for point, a, b in zip(chosen, slopes, truth) if not close(a, b)] == []
        assert isinstance(by_arrays(*chosen[0], values[0]), float)


# --- Pins ---


def test_pins() -> None:
    """The contract's values: a zero factor, the origin of a norm, ties."""
    for mode in ("forward", "reverse"):
        assert results("grad", "prod(x)", {"x": [0, 2, 3]}, mode=mode)["gradient"]["x"] == [6, 0, 0]
        assert results("grad", "prod([x, 2, 3])", {"x": 0.0}, mode=mode)["gradient"]["x"] == 6
        assert results("grad", "norm([x, y])", {"x": 0.0, "y": 0.0}, mode=mode)["gradient"] == {"x": 0, "y": 0}
        assert results("grad", "norm(v)", {"v": [0, 0]}, mode=mode)["gradient"]["v"] == [0, 0]
        assert results("grad", "sum(norm(A, 1))", {"A": [[0, 0], [3, 4]]}, mode=mode)["gradient"]["A"] == [
            [0, 0],
            [0.6, 0.8],
        ]
        assert results("grad", "max(v)", {"v": [2, 1, 2, 2]}, mode=mode)["gradient"]["v"] == pytest.approx(
            [1 / 3, 0, 1 / 3, 1 / 3]
        )
        tied = results("grad", "sum(min(A, axis=1))", {"A": [[2, 2], [1, 3]]}, mode=mode)["gradient"]["A"]
        assert tied == [[0.5, 0.5], [1, 0]]
        assert results("grad", "var(v)", {"v": [1, 2, 6]}, mode=mode)["value"] == pytest.approx(14 / 3)
        assert results("grad", "det(A)", {"A": [[1, 2], [2, 4]]}, mode=mode)["gradient"]["A"][0] == pytest.approx(
            [4, -2]
        )
    assert results("grad", "logsumexp(v)", {"v": [1000, 1000]})["value"] == pytest.approx(1000 + np.log(2))
    assert results("eval", "norm(v)", {"v": [3e200, 4e200]})["value"] == pytest.approx(5e200)
    assert results("eval", "softmax(v)", {"v": [-1000, 0]})["value"] == [0, 1]


def test_the_second_derivatives_of_a_singular_determinant() -> None:
    """There is no inverse, and yet a Hessian: that of a polynomial."""
    for A in (
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
        np.ones((3, 3)),
        np.zeros((2, 2)),
        np.diag([0.0, 0.0, 2.0]),
    ):
        n = len(A)
        found = results("hessian", "det(A)", {"A": A})["hessian"]["A"]["A"]

        def polynomial(A: Any) -> Any:
            if len(A) == 2:
                return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
            return A[0] @ np.cross(A[1], A[2])

        truth = second_differences(polynomial, {"A": np.array(A)}, "A", "A")
        assert np.shape(found) == (n, n, n, n)
        np.testing.assert_allclose(found, truth, atol=1e-9)


# --- Faults ---

FAULTS = [
    ("A@v", {"A": np.ones((2, 2)), "v": np.ones(3)}, "shape"),
    ("A + v", {"A": np.ones((2, 2)), "v": np.ones(3)}, "shape"),
    ("s@v", {"s": 2.0, "v": np.ones(3)}, "shape"),
    ("dot(v, v[:2])", {"v": np.ones(3)}, "shape"),
    ("outer(A, v)", {"A": np.ones((2, 2)), "v": np.ones(3)}, "shape"),
    ("[v, v[:2]]", {"v": np.ones(3)}, "shape"),
    ("[v, 1]", {"v": np.ones(3)}, "shape"),
    ("concat(v, A)", {"A": np.ones((2, 2)), "v": np.ones(3)}, "shape"),
    ("concat(v, 1)", {"v": np.ones(3)}, "shape"),
    ("concat(v, v, axis=1)", {"v": np.ones(3)}, "shape"),
    ("reshape(v, 2, 2)", {"v": np.ones(3)}, "shape"),
    ("sum(v, 1)", {"v": np.ones(3)}, "shape"),
    *((f"{name}(v, axis=3)", {"v": np.ones(3)}, "shape")
      for name in ("mean", "prod", "max", "min", "norm", "var", "logsumexp", "softmax")),
    ("prod(s, 0) + sum(v)", {"s": 1.0, "v": np.ones(3)}, "shape"),
    *((f"{name}(v)", {"v": np.ones(3)}, "shape") for name in ("trace", "det", "logdet", "inv", "cholesky")),
    *((f"{name}(s)", {"s": 2.0, "v": np.ones(3)}, "shape") for name in ("trace", "det", "logdet", "inv", "cholesky")),
    *((f"{name}(A)", {"A": np.ones((2, 3))}, "shape") for name in ("det", "logdet", "inv", "cholesky")),
    *((f"{name}(A)", {"A": np.ones((2, 2, 2))}, "shape") for name in ("trace", "det", "logdet", "inv", "cholesky")),
    ("solve(A, v)", {"A": np.eye(2), "v": np.ones(3)}, "shape"),
    ("solve(v, v)", {"v": np.ones(3)}, "shape"),
    ("inv(A)", {"A": np.ones((2, 2))}, "singular"),
    ("solve(A, A)", {"A": np.ones((2, 2))}, "singular"),
    ("cholesky(A)", {"A": np.array([[1.0, 2.0], [2.0, 1.0]])}, "singular"),
    ("v[3]", {"v": np.ones(3)}, "shape"),
    ("v[-4]", {"v": np.ones(3)}, "shape"),
    ("v[0, 0]", {"v": np.ones(3)}, "shape"),
    ("s[0]", {"s": 1.0}, "shape"),
    ("[1, 2][2]", {}, "shape"),
    ("v[0.5]", {"v": np.ones(3)}, "not_whole"),
    ("v[v]", {"v": np.ones(3)}, "not_whole"),
    ("v[1e300]", {"v": np.ones(3)}, "shape"),
    ("v[::0]", {"v": np.ones(3)}, "shape"),
    ("sum(v, 0.5)", {"v": np.ones(3)}, "not_whole"),
    ("sum(zeros(n))", {"n": 1.5}, "not_whole"),
    ("sum(zeros(n))", {"n": -1.0}, "shape"),
    ("sum(eye(n))", {"n": -1.0}, "shape"),
    ("sum(linspace(0, 1, n))", {"n": -1.0}, "shape"),
    ("reshape(v, 1.5, 2)", {"v": np.ones(3)}, "not_whole"),
    ("max(v[3:])", {"v": np.ones(3)}, "shape"),
    ("if v { x = 1 } else { x = 2 }; x", {"v": np.ones(3)}, "shape"),
    ("sum(k=1..v, k)", {"v": np.ones(3)}, "shape"),
    ("root(v, v)", {"v": np.ones(3)}, "shape"),
    ("len(s)", {"s": 1.0}, "shape"),
    ("sum(arange(0, 10, 0))", {}, "shape"),
    ("sum(zeros(1e30))", {}, "limit"),
    ("sum(arange(1e30))", {}, "limit"),
    ("sum(linspace(0, 1, 1e30))", {}, "limit"),
    ("sum(outer(ones(1e7), ones(1e7)))", {}, "limit"),
    ("sum(reshape(v, 1e300))", {"v": np.ones(3)}, "shape"),
    ("sum(v, 1e300)", {"v": np.ones(3)}, "shape"),
    ("sum(concat(v, v, axis=1e300))", {"v": np.ones(3)}, "shape"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "kind"), FAULTS, ids=[f"{case[0]} {k}" for k, case in enumerate(FAULTS)])
def test_a_fault(text: str, at: dict[str, Any], kind: str) -> None:
    """What does not fit, or has no inverse, is told in our words and never in numpy's."""
    for command in ("eval", "grad"):
        with pytest.raises(Fault) as caught:
            results(command, text, at)
        assert caught.value.kind == kind or command == "grad" and caught.value.kind == "shape"


# --- Programs of all sorts ---

SHAPES = [(), (1,), (2,), (3,), (1, 3), (2, 1), (2, 3), (2, 2)]
UNARY = [
    "sin({})",
    "tanh({})",
    "exp(sin({}))",
    "({})^2",
    "T({})",
    "sqrt(1 + ({})^2)",
    "where({0} > 0.3, {0}, -2*({0}))",
    "sum({})",
    "mean({})",
    "softmax({})",
    "norm({})",
    "abs({})",
    "max({})",
    "sum({}, axis=-1)",
    "logsumexp({})",
    "atan({})",
    "digamma(2 + abs({}))",
]
BINARY = ["{} + {}", "({})*({})", "({})/(2 + ({})^2)", "({})@({})", "outer({}, {})", "concat({}, {})", "max({}, {})", "hypot({}, {})",
          "where({} < {}, 1, 2)", "[{}, {}]"]  # fmt: skip


@st.composite
def programs(draw: Any) -> tuple[str, dict[str, Any]]:
    """Draw a program on arrays of random shapes; not every one fits."""
    names = ["x", "y", "z"]
    at = {name: draw(st.sampled_from(SHAPES)) for name in names}
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    statements, known = [], [*names]
    for k in range(draw(st.integers(1, 5))):
        form = draw(st.sampled_from(UNARY + BINARY))
        known.append(f"v{k}")
        operands = [draw(st.sampled_from(known[:-1])) for _ in range(2)]
        statements.append(f"v{k} = " + form.format(*operands))
    return "; ".join([*statements, f"sum(sin({known[-1]}))"]), {
        name: typed(rng.normal(size=shape)) for name, shape in at.items()
    }


@settings(max_examples=400, deadline=None)
@given(programs())
def test_forward_is_reverse(program: tuple[str, dict[str, Any]]) -> None:
    """On a random program both modes and differences agree, and the Hessian, in a direction, with differences of gradients."""
    text, at = program
    used = [name for name in at if name in text.replace("tanh", "").replace("max", "").replace("exp", "")]
    at = {name: value for name, value in at.items() if name in used}
    try:
        one = results("grad", text, at, mode="reverse")["gradient"]
    except Fault as fault:
        assert fault.kind == "shape" or fault.kind == "singular"
        return
    other = results("grad", text, at, mode="forward")["gradient"]
    rng = np.random.default_rng(0)
    tangent = {name: typed(rng.normal(size=np.shape(at[name]))) for name in one}
    moved = results("hvp", text, at, tangent=tangent)["hvp"]
    h = 1e-6

    def beside(steps: float, command: str) -> Any:
        there = {name: at[name] + steps * h * tangent[name] if name in tangent else at[name] for name in at}
        return results(command, text, there)

    slope = (beside(1, "eval")["value"] - beside(-1, "eval")["value"]) / (2 * h)
    ahead, behind = beside(1, "grad")["gradient"], beside(-1, "grad")["gradient"]
    for name in one:
        assert np.shape(one[name]) == np.shape(other[name]) == np.shape(at[name])
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9, atol=1e-12)
        curve = (np.asarray(ahead[name]) - np.asarray(behind[name])) / (2 * h)
        np.testing.assert_allclose(moved[name], curve, rtol=1e-4, atol=1e-4)
    along = sum(np.sum(np.asarray(one[name]) * tangent[name]) for name in one)
    np.testing.assert_allclose(along, slope, rtol=1e-5, atol=1e-5)
