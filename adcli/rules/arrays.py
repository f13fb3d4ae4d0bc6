"""The table, third part: arrays.

A row of this part that is linear in its arrays states its pullbacks: what an adjoint ``g`` of the result gives to each
argument; forward, a tangent takes the argument's place. One that is smooth states its differential by each argument, an
expression linear in that argument's tangent ``d``: forward it is evaluated, in reverse the sweep runs over it, which needs the
linear rows alone. ``r`` is the result, and None stands for an argument that only lends its shape.

What a person gives besides arrays (an axis, a shape, an index) belongs to the row: ``of("sum", 0)`` is the row of
``sum(x, 0)``, and {axis} in a rule stands for the same axis there.

The differentials of det, logdet, inv, solve and cholesky are those of Giles, Collected matrix derivative results for forward
and reverse mode algorithmic differentiation (2008).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from adcli.rules.primitive import Array

Texts = tuple["str | None", ...]

MINOR = (
    "minor(x, d)*trace(solve(x, y)) - cofactor(x)*trace(solve(x, d@solve(x, y)))"
    " + T(solve(x, d@solve(x, y@T(cofactor(x))))) - T(solve(x, y@T(minor(x, d))))"
)
"""The third derivative of a determinant, for a matrix that is not singular."""

# fmt: off
LINEAR: dict[str, tuple[tuple[str, ...], Texts]] = {
    # name        arguments        what an adjoint g gives to each
    "T":         (("x",),          ("T(g)",)),
    "sum":       (("x",),          ("spread(g, x{axis})",)),
    "mean":      (("x",),          ("spread(g, x{axis})/count(x{axis})",)),
    "spread":    (("y", "x"),      ("sum(g{axis})", None)),            # y, a sum's, to the shape of x
    "fit":       (("y", "x"),      ("wide(g, y)", None)),              # y summed to the shape of x
    "wide":      (("y", "x"),      ("fit(g, y)", None)),               # y broadcast to the shape of x
    "reshape":   (("x",),          ("alike(g, x)",)),
    "alike":     (("y", "x"),      ("alike(g, y)", None)),             # y in the shape of x
    "trace":     (("x",),          ("diagonal(g, x)",)),
    "diagonal":  (("y", "x"),      ("trace(g)", None)),                # y on the diagonal of an x
    "outer":     (("x", "y"),      ("g@y", "x@g")),
    "matmul":    (("x", "y"),      ("left(g, y, x)", "right(g, x, y)")),
    "left":      (("z", "y", "x"), ("g@y", "right(z, g, y)", None)),   # what x gets in x @ y
    "right":     (("z", "x", "y"), ("x@g", "left(z, g, x)", None)),    # what y gets
    "phi":       (("x",),          ("phi(g)",)),                       # the lower triangle with its diagonal halved
    "solve":     (("x", "y"),      (None, "solve(T(x), g)")),
    "minor":     (("x", "y"),      (None, "minor(x, g)")),             # as symmetric as every second derivative
}

SMOOTH: dict[str, tuple[tuple[str, ...], Texts]] = {
    # name        arguments        the differential by each
    "max":       (("x",),          ("sum(d*among(x, r{axis}){axis})",)),
    "min":       (("x",),          ("sum(d*among(x, r{axis}){axis})",)),
    "norm":      (("x",),          ("sum(where(spread(r, x{axis}) == 0, 0, x/spread(r, x{axis}))*d{axis})",)),
    "logsumexp": (("x",),          ("sum(softmax(x{axis})*d{axis})",)),
    "softmax":   (("x",),          ("r*(d - spread(sum(r*d{axis}), x{axis}))",)),
    "det":       (("x",),          ("sum(cofactor(x)*d)",)),
    "cofactor":  (("x",),          ("minor(x, d)",)),
    "minor":     (("x", "y"),      (MINOR, None)),                     # the derivative of the cofactors in a direction y
    "logdet":    (("x",),          ("trace(solve(x, d))",)),
    "inv":       (("x",),          ("-(r@d@r)",)),
    "solve":     (("x", "y"),      ("-solve(x, d@r)", None)),
    "cholesky":  (("x",),          ("r@phi(solve(r, T(solve(r, (d + T(d))/2))))",)),  # of the symmetric part
}

KINKS = {
    "max": ("sum(x == spread(r, x{axis}){axis}) > 1", "1/k each of the k that tie"),
    "min": ("sum(x == spread(r, x{axis}){axis}) > 1", "1/k each of the k that tie"),
    "norm": ("r == 0", "0"),
}
"""Where the differential is a matter of choice, and what is chosen."""

SAYS = {"logdet": "the logarithm of |det(x)|"}
"""What a row computes, where its name does not say it."""

DEFINED = {
    "logdet": "det(x) != 0", "inv": "det(x) != 0", "solve": "det(x) != 0",
    "cholesky": "x is symmetric and positive definite",
}
"""Where a row of matrices has a value, in words."""

CONSTANT = {"count": ("x",), "among": ("x", "r")}
"""How many elements there are along an axis, and the share of each in an extreme: 1/k of the k that tie."""

WRITTEN = {"matmul": "@"}
# fmt: on

INTERNAL = (
    "spread",
    "fit",
    "wide",
    "alike",
    "diagonal",
    "left",
    "right",
    "phi",
    "cofactor",
    "minor",
    "count",
    "among",
    "scatter",
    "part",
    "place",
)
"""What no person types."""

MADE = ("zeros", "ones", "eye", "arange", "grid")
"""Arrays that are made of numbers: rows without arguments."""

NAMES = frozenset((*MADE, *LINEAR, *SMOOTH, *CONSTANT, "index", "scatter", "array", "concat", "part", "place"))

JOINT = frozenset(("array", "concat"))
"""Rows that are linear in all their arguments together, and not in each alone."""

MOVING = ("T", "index", "scatter", "reshape", "alike", "spread", "sum", "mean", "wide", "fit", "trace", "diagonal")
KEEPING = frozenset((*MOVING, "array", "concat", "part", "place"))
"""Rows that move elements about: a mask goes through them as an adjoint does."""


SCATTERING = ("index", "trace", "part")
"""Rows that use some elements of an argument: in reverse the others get nothing, which no infinity turns into something."""


@cache
def of(name: str, *static: Any) -> Array:
    """Return the row of a function of arrays, for what it is given besides them."""
    if name in ("array", "concat"):
        return _several(name, *static)
    if name == "index":
        return Array(name, ("x",), static, pullbacks=(lambda: (of("scatter", *static), ("g", "x")),))
    if name == "scatter":  # y at the place of an index in zeros of the shape of x
        return Array(name, ("y", "x"), static, pullbacks=(lambda: (of("index", *static), ("g",)), None))
    if name in (
        "part",
        "place",
    ):  # what the argument of a number gets of a concat; and y in its place, with zeros beside it
        others = tuple(f"x{k}" for k in range(1, static[-1] + 1))
        transpose = "place" if name == "part" else "part"
        back = (lambda: (of(transpose, *static), ("g", *others)), *(None,) * len(others))
        return Array(name, ("y", *others), static, pullbacks=back)
    axis = f", {static[0]}" if static and name not in ("reshape",) else ""
    parameters, linear = LINEAR.get(name, ((), ()))
    parameters, smooth = SMOOTH.get(name, (parameters, ()))
    parameters = CONSTANT.get(name, parameters)

    def filled(texts: Texts) -> Texts:
        return tuple(text and text.replace("{axis}", axis) for text in texts)

    kink, chosen = KINKS.get(name, ("", ""))
    row = Array(name, parameters, static, pullbacks=filled(linear), differential=filled(smooth))
    row.kink, row.chosen, row.says = kink.replace("{axis}", axis), chosen, SAYS.get(name, "")
    return row


def _several(name: str, *static: Any) -> Array:
    """Return the row of an array of so many elements, or of so many arrays laid one behind another along an axis."""
    *_, count = static
    parameters = tuple(f"x{k}" for k in range(1, count + 1))

    def back(k: int) -> Callable[[], tuple[Array, tuple[str, ...]]]:
        if name == "array":
            return lambda: (of("index", k), ("g",))
        return lambda: (of("part", static[0], k, count), ("g", *parameters))

    return Array(name, parameters, static, pullbacks=tuple(back(k) for k in range(count)))
