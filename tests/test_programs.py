"""The worked programs in programs/: values and gradients against the same models written in mpmath."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from adcli import answers
from adcli.answers import Request

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
