"""The worked programs in programs/: values and gradients against the same models written in mpmath."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from adcli import answers
from adcli.answers import Request
from adcli.errors import Fault
from adcli.language import elaborate, parse
from adcli.language.machine import Machine
from adcli.language.stretch import Stretch
from adcli.numbers.system import FLOATS
from adcli.sweeps import evaluate

PROGRAMS = Path(__file__).parent / "programs"


def root(x: Any) -> Any:
    return mpmath.sqrt(x)


def logistic(w: Any, x: Any, b: Any, t: Any, lambda_: Any) -> Any:
    y = 1 / (1 + mpmath.exp(-(w * x + b)))
    return (y - t) ** 2 / 2 + lambda_ * w**2 / 2


def kepler(M: Any, ecc: Any) -> Any:
    return mpmath.findroot(lambda E: E - ecc * mpmath.sin(E) - M, M + ecc)


def pendulum(g: Any, length: Any, damping: Any, angle: Any, speed: Any, duration: Any, n: int = 1000) -> Any:
    def slope(angle: Any, speed: Any) -> tuple[Any, Any]:
        return speed, -g / length * mpmath.sin(angle) - damping * speed

    h = duration / n
    for _ in range(n):
        a1, s1 = slope(angle, speed)
        a2, s2 = slope(angle + h / 2 * a1, speed + h / 2 * s1)
        a3, s3 = slope(angle + h / 2 * a2, speed + h / 2 * s2)
        a4, s4 = slope(angle + h * a3, speed + h * s3)
        angle, speed = angle + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4), speed + h / 6 * (s1 + 2 * s2 + 2 * s3 + s4)
    return angle


CASES: list[tuple[str, Callable[..., Any], dict[str, float], dict[str, float]]] = [
    ("babylonian_for", root, {"x": 2.0}, {}),
    ("babylonian_while", root, {"x": 0.09}, {}),
    ("babylonian_while", root, {"x": 1e6}, {}),
    ("logistic", logistic, {"w": 0.5, "x": 2.0, "b": -1.5, "t": 1.0, "lambda": 0.1}, {}),
    ("kepler", kepler, {"M": 1.0, "ecc": 0.5}, {}),
    ("pendulum", pendulum,
     {"g": 9.8125, "length": 1.25, "damping": 0.25, "angle0": 2.0, "speed0": -0.5, "duration": 4.0}, {"n": 1000.0}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "function", "point", "shape"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_a_program(name: str, function: Callable[..., Any], point: dict[str, float], shape: dict[str, float]) -> None:
    """Value and gradient in both modes are right to nearly all digits; differences in 40 digits say what is right."""
    text = (PROGRAMS / f"{name}.ad").read_text(encoding="utf-8")
    with mp.workdps(40):
        at = [mpf(x) for x in point.values()]
        value, step = function(*at), mpf(10) ** -15
        slopes = []
        for k in range(len(at)):
            above, below = ([x + way * step * (j == k) for j, x in enumerate(at)] for way in (1, -1))
            slopes.append((function(*above) - function(*below)) / (2 * step))
    scale = max(map(abs, slopes))
    for mode in ("forward", "reverse"):
        found = answers.answer(Request("grad", text, point | shape, mode=mode)).results
        assert abs(found["value"] - value) <= 1e-13 * abs(value)
        assert list(found["gradient"]) == list(point) or set(found["gradient"]) == set(point)
        for name_, slope in zip(point, slopes):
            assert abs(found["gradient"][name_] - slope) <= 1e-12 * scale, (mode, name_)


# --- Arrays ---


def columns(name: str) -> dict[str, Any]:
    """Return the columns of a data file."""
    file = PROGRAMS / f"{name}.csv"
    heads = file.read_text(encoding="utf-8").partition("\n")[0].split(",")
    return dict(zip(heads, np.loadtxt(file, delimiter=",", skiprows=1).T))


def gearbox(w0: Any, w1: Any, w2: Any, lambda_: Any) -> Any:
    data = columns("mtcars")
    z = w0 + w1 * data["hp"] + w2 * data["wt"]
    return np.sum(np.log(1 + np.exp(z)) - data["am"] * z) + lambda_ / 2 * (w1**2 + w2**2)


def puromycin(vm: Any, k: Any) -> Any:
    data = columns("puromycin")
    return np.sum((data["rate"] - vm * data["conc"] / (k + data["conc"])) ** 2)


X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])


def perceptron(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    z = np.tanh(X @ w1 + b1) @ w2 + b2
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(Y * z, axis=1))


def gaussian(m: Any, s: Any) -> Any:
    d = OBSERVED - m
    (a, b), (c, e) = s
    determinant = a * e - b * c
    inverse = np.array([[e, -b], [-c, a]]) / determinant
    n = len(OBSERVED)
    return -n / 2 * (np.log(determinant) + 2 * np.log(2 * np.pi)) - np.sum((d @ inverse) * d) / 2


OBSERVED = np.array([[1.0, 2.0], [0.5, 1.25], [2.0, 2.5], [-0.25, 1.0], [1.5, 3.0]])
RANDOM = np.random.default_rng(7)
ARRAYS: list[tuple[str, Callable[..., Any], dict[str, Any], dict[str, Any]]] = [
    ("gearbox", gearbox, {"w0": 10.0, "w1": 0.02, "w2": -4.0, "lambda": 0.5}, columns("mtcars")),
    ("puromycin", puromycin, {"Vm": 200.0, "K": 0.05}, columns("puromycin")),
    ("perceptron", perceptron,
     {"W1": RANDOM.normal(size=(2, 3)), "b1": RANDOM.normal(size=3), "W2": RANDOM.normal(size=(3, 2)),
      "b2": RANDOM.normal(size=2)}, {"X": X, "Y": Y}),
    ("gaussian", gaussian, {"m": np.array([0.9, 1.8]), "S": np.array([[1.2, 0.7], [0.7, 0.9]])}, {"X": OBSERVED}),
]  # fmt: skip


def stepped(function: Callable[..., Any], point: list[Any]) -> list[Any]:
    """Return the gradient by the complex step, element by element."""
    found = []
    for k, value in enumerate(point):
        gradient = np.zeros(np.shape(value))
        for element in np.ndindex(gradient.shape):
            moved = [np.array(x, dtype=complex) for x in point]
            moved[k][element] += 1e-200j
            gradient[element] = function(*moved).imag / 1e-200
        found.append(gradient)
    return found


@pytest.mark.parametrize(("name", "function", "point", "data"), ARRAYS, ids=[case[0] for case in ARRAYS])
def test_a_program_of_arrays(
    name: str, function: Callable[..., Any], point: dict[str, Any], data: dict[str, Any]
) -> None:
    """The complex step in numpy says what is right."""
    text = (PROGRAMS / f"{name}.ad").read_text(encoding="utf-8")
    expected = stepped(function, [*point.values()])
    for mode in ("forward", "reverse"):
        found = answers.answer(Request("grad", text, point | data, [*point], mode=mode)).results
        assert found["value"] == pytest.approx(float(function(*point.values())), rel=1e-13)
        for by, gradient in zip(point, expected):
            assert np.allclose(found["gradient"][by], gradient, rtol=1e-12, atol=1e-12), (mode, by)


def test_published_optima() -> None:
    """Where R finds the optimum of the two regressions, to the digits it prints, the gradient is as good as 0."""
    text = (PROGRAMS / "gearbox.ad").read_text(encoding="utf-8")
    point = {"w0": 18.8662987, "w1": 0.0362556, "w2": -8.0834752, "lambda": 0.0}
    found = answers.answer(Request("grad", text, point | columns("mtcars"), ["w0", "w1", "w2"])).results
    assert found["value"] == pytest.approx(10.059 / 2, rel=1e-3)
    assert max(abs(d) for d in found["gradient"].values()) < 1e-3
    text = (PROGRAMS / "puromycin.ad").read_text(encoding="utf-8")
    found = answers.answer(
        Request("grad", text, {"Vm": 212.6837, "K": 0.0641213} | columns("puromycin"), ["Vm", "K"])
    ).results
    assert found["value"] == pytest.approx(1195.449, rel=1e-5)
    assert abs(found["gradient"]["Vm"]) < 0.01 and abs(found["gradient"]["K"]) < 10


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("t = 2*t", 8.0),
        ("t = t*k", 6.0),
        ("if x > 5 { t = 0 } else if k > 2 { }", 1.0),
        ("if k > 2 { t = 7 }", 7.0),
        ("for j in 1..k { t = t + 1 }", 7.0),
        ("for j in 1..k { }", 1.0),
        ("for j in 1..2 { for i in 1..2 { t = t + k } }", 25.0),
        ("while t < k { t = t + 1 }", 3.0),
        ("f(u) = u*k; t = f(t)", 6.0),
    ],
)
def test_the_number_of_a_for_is_there_where_its_block_uses_it(block: str, value: float) -> None:
    meant = elaborate(parse(f"t = x\nfor k in 1..3 {{ {block} }}\nt"), {"x": 1.0})
    assert list(meant.inputs) == ["x"]
    assert evaluate(meant.graph, {"x": 1.0}, FLOATS)[meant.output] == value


LOOPS = [
    "t = t*x + i",
    "t = sin(t)*x - 0.5; u = t^2; t = u/(1 + u)",
    "u = t; t = 2*t; t = u",
    "f(u) = u*c + x; g(u) = f(u)*f(u + 1); t = g(t) - g(1)",
    "f(u) = u*t; t = f(t) + i",
    "t = g(t) + h(t)",
    "if i == 3 { q = 2*t }; r = q*t; t = r/2",
    "if t > 2 { t = t/4; u = t*x } else { u = t; t = 3*u + c }",
    "for j in 1..3 { t = t + j*x; u = t }; t = t*u/(1 + u^2)",
    "for i in 1..2 { t = t + i }; u = t + i; t = sqrt(u)",
    "while t < 3 { t = 2*t + 1; u = t }; t = t/5",
    "t = sum(k=1..3, k*t)/9; u = t; t = u + x",
    "t = (t if 0 < t <= 2 else 1/t) + atan2(t, x) + max(t, x, 1) + log(t, 10)",
    "t = deriv(x*t^2, x) + t; u = pi*t; t = u/tau",
    "t = root(t, 3) + clip(t, 0, 1); u = 0.1; t = t + u",
]
"""Blocks, of which some can be recorded, some not, and some no longer after a while."""


@pytest.mark.parametrize("block", LOOPS)
def test_recorded_bindings_make_the_same_graph(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine, which reads the code each time round, makes the same nodes at the same places with the same names."""
    text = f"c = 1.5; h(u) = u*c - x\ng(u) = h(u)/(1 + u^2)\nt = y; c = 2\nfor i in 1..6 {{ {block} }}\nt"
    point = {"x": 0.7, "y": 1.2, "q": 3.0}
    made = elaborate(parse(text), point)
    used = []
    monkeypatch.setattr(Stretch, "run", lambda stretch, machine: used.append(stretch))
    plain = elaborate(parse(text), point)
    assert used
    for graph in ("nodes", "sources", "names"):
        assert getattr(made.graph, graph) == getattr(plain.graph, graph), graph
    assert made._replace(graph=None, syntax=None) == plain._replace(graph=None, syntax=None)


def test_bindings_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code in a block is run twice, however often the block is."""
    ran = []
    run = Machine.run
    monkeypatch.setattr(Machine, "run", lambda machine, *where: ran.append(where) or run(machine, *where))
    program = elaborate(
        parse("f(u) = u*x\nt = x\nfor i in 1..50 { t = f(t) + sin(t); u = atan2(t, 2); t = u*t }\nt"), {"x": 0.7}
    )
    assert len(program.graph.nodes) > 250
    assert len(ran) == 1 + 2 + 2 * 3 + 1  # before the block, the ends of its numbers, its bindings, the result


@pytest.mark.parametrize("limit", range(1, 60))
def test_recorded_bindings_are_work(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """They count as many steps as without, and stop at the same place."""
    text = "f(u) = u*x + 1\nt = x\nfor i in 1..4 { u = f(t) + i; t = 2*u }\nt"

    def said() -> Any:
        try:
            return len(elaborate(parse(text), {"x": 0.7}, limit).graph.nodes)
        except Fault as fault:
            return str(fault), fault.span

    recorded = said()
    monkeypatch.setattr(Stretch, "run", lambda *_: False)
    assert recorded == said()
