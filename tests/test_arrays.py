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
from adcli.rules import TABLE
from adcli.rules.primitive import Primitive

Function = Callable[..., Any]


def results(command: str, text: str, at: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the results of a request."""
    return answer(Request(command, text, {name: typed(value) for name, value in at.items()}, **options)).results


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
      for name, f in REDUCTIONS.items() for axis in (0, 1, -1)),
    *((f"{name}(A, axis=1)", {"A": A}, lambda A, f=f: f(A, axis=1)) for name, f in REDUCTIONS.items()),
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
