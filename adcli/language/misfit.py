"""What numpy refuses, in the person's words: shapes that do not fit, axes and sizes that there are not, singular matrices."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from adcli.errors import Fault, plural
from adcli.language.syntax import Syntax

TAKES = {
    # row        arguments of so many axes   in words
    "matmul":   ("@",        (1, 2), (1, 2), "vectors and matrices"),
    "outer":    ("outer",    (1,),   (1,),   "vectors"),
    "solve":    ("solve",    (2,),   (1, 2), "a square matrix and a vector or a matrix"),
    "inv":      ("inv",      (2,),   (),     "a square matrix"),
    "det":      ("det",      (2,),   (),     "a square matrix"),
    "logdet":   ("logdet",   (2,),   (),     "a square matrix"),
    "cholesky": ("cholesky", (2,),   (),     "a square matrix"),
    "trace":    ("trace",    (2,),   (),     "a matrix"),
}  # fmt: skip
"""Functions of vectors and matrices: how they are called, and how many axes their first and their second argument may have."""

ALONG = ("sum", "mean", "max", "min", "norm", "logsumexp", "softmax")
FILLED = ("mean", "max", "min", "logsumexp", "softmax")
"""Functions that an array without elements has not."""

SIZED = ("zeros", "ones", "eye", "grid")


def misfit(syntax: Syntax, instruction: int, head: Any, operands: Sequence[Any], error: Exception) -> Fault:
    """Return the fault of an operation of a row that numpy refuses."""
    span = syntax.extent(instruction)
    text = " ".join(syntax.text[slice(*span)].split())
    if isinstance(error, MemoryError):
        return Fault("too_large", span, text=text)
    shapes = [tuple(getattr(operand, "shape", ())) for operand in operands]
    known = reason(head.name, getattr(head, "static", ()), shapes)
    if known:
        return Fault(known[0], span, **known[1])
    if type(error).__name__ == "LinAlgError":
        what = str(error).removeprefix("the ").removeprefix("Matrix ").removeprefix("matrix ").removeprefix("is ")
        return Fault("singular", span, text=text, what=what if what.startswith("not ") else "singular")
    told = f"shapes {' and '.join(map(str, shapes))} do" if len(shapes) > 1 else f"shape {[*shapes, ()][0]} does"
    return Fault("misfit", span, shapes=told, text=text)


def reason(name: str, static: tuple[Any, ...], shapes: Sequence[tuple[int, ...]]) -> tuple[str, dict[str, Any]] | None:
    """Return the row of the catalogue that says why an operation is refused, with its blanks; None if none says more than the
    shapes do."""
    if name == "array":
        return ragged(shapes)
    if name in TAKES:
        called, first, second, wanted = TAKES[name]
        for shape, axes in zip(shapes, (first, second)):
            if len(shape) not in axes or axes == (2,) and name != "trace" and shape[0] != shape[1]:
                return "takes", {"name": called, "wanted": wanted, "got": array_of(shape)}
    if static and name in (*ALONG, "concat"):
        for shape in shapes:
            if not -len(shape) <= static[0] < len(shape):
                return "no_axis", {"axis": static[0], "array": array_of(shape)}
    if name in FILLED and 0 in shapes[0]:
        return "empty_has_none", {"name": name}
    if name == "index" and any(isinstance(item, tuple) and item[2] == 0 for item in static):
        return "zero_step", {"what": "a slice"}
    if name == "arange" and static[2:] == (0,):
        return "zero_step", {"what": "arange"}
    if name in SIZED and min(static) < 0:
        return "negative_size", {"size": min(static)}
    if name == "reshape":
        return "cannot_fill", {
            "array": array_of(shapes[0]),
            "count": plural(prod(shapes[0]), "element"),
            "shape": static,
        }
    return None


def ragged(shapes: Sequence[tuple[int, ...]]) -> tuple[str, dict[str, Any]]:
    """Return the fault of the elements of an array that are not of one shape."""
    first = shapes[0]
    other = next(shape for shape in shapes if shape != first)
    if len(first) == len(other) == 1:
        return "ragged", {"what": "rows differ in length", "one": first[0], "other": other[0]}
    return "ragged", {"what": "elements differ in shape", "one": first, "other": other}


def differ(lists: Any) -> bool:
    """Say whether the rows of nested lists, or of lists of arrays, differ in length or in depth."""
    level = [lists]
    while any(rows := [isinstance(part, list) or hasattr(part, "tolist") for part in level]):
        if not all(rows) or len(set(map(len, level))) > 1:
            return True
        level = [element for part in level for element in part if not hasattr(part, "tolist")]
    return False


def array_of(shape: tuple[int, ...]) -> str:
    """Return an array in words."""
    return f"an array of the shape {shape}" if shape else "a number"
