"""What is said of arrays: the warnings and faults of each element are those of the same program on numbers, and name it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcli.answers import Request, answer
from adcli.errors import Fault
from adcli.numbers.system import system_of
from adcli.spots import near_inputs

POINTS = [-1.0, 0.0, 0.5, 1.0, 1000.0]


def said(text: str, at: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds and messages of the warnings of a gradient, or of its fault."""
    try:
        found = answer(Request("grad", text, at))
    except Fault as fault:
        return [(fault.kind, fault.message)]
    return [(finding.kind, finding.message) for finding in found.findings if finding.kind in ("kink", "boundary")]


@pytest.mark.parametrize(
    "body",
    (
        "abs(x)", "relu(x)", "x > 0", "x*(x > 0)", "where(x > 0, x, -x)", "where(x > 0 and x < 1, x, -x)",
        "where(not (x > 0), x, 2*x)", "where(x > 0.5, abs(x), x)", "where(x > 0, abs(x - 1/2), abs(x))",
        "where(x < 1, x, sqrt(x)) + floor(x)", "max(x, x^2)", "max(x, x^2, -x)", "min(x, 1/2)", "stop(abs(x))",
        "ln(x)", "exp(x)", "1/x", "sqrt(x)", "where(x > 0, ln(x), 0)", "where(x > 0, 0, exp(-1000*x))", "acos(x)",
        "gamma(x)", "x^(1/2)",
    ),
)  # fmt: skip
def test_an_element_is_spoken_of_as_a_number_is(body: str) -> None:
    for x in POINTS:
        alone = said(body, {"x": x})
        array = said(f"sum({body})", {"x": np.array([0.25, x])})
        wanted = [(kind, message.replace(f"x = {x:g}", f"x[1] = {x:g}")) for kind, message in alone]
        assert array == wanted, (body, x)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_an_element_is_found_again_behind_what_moves_it(data: Any) -> None:
    """Each input element is 0 but one; behind random moves, the element that is not 0 must lead back to it."""
    rows, columns = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    text, shape = "A", (rows, columns)
    for _ in range(data.draw(st.integers(1, 4))):
        move = data.draw(
            st.sampled_from(
                ["T({})", "reshape({}, -1)", "-({})", "[{0}, 2*{0}]", "concat({0}, {0})", "{}[-1]", "({})[::-1]"]
            )
        )
        if len(shape) > 1 or move not in ("{}[-1]",):
            text = move.format(text)
        shape = np.shape(answer(Request("eval", text, {"A": np.zeros((rows, columns))})).results["value"])
    for place in np.ndindex(rows, columns):
        at = np.zeros((rows, columns))
        at[place] = 1.0
        found = answer(Request("eval", f"{text}", {"A": at}, trace=True))
        trace = found.trace
        assert trace
        values, graph = trace.values, found.program.graph
        for spot in np.argwhere(values[found.program.output] != 0.0):
            (source,) = near_inputs(graph, values, found.program.output, tuple(map(int, spot)))
            assert source == (found.program.inputs["A"], place), (text, system_of(graph))


@pytest.mark.parametrize(
    ("text", "at", "message"),
    (
        ("sum(where(a > 0, a, -a))", {"a": [0, 2, 0]},
         "both sides of a > 0 are equal at a[0] = 0 and at 1 more element (node v1): the derivative is that of the branch taken"),
        ("sum(abs(A@x))", {"A": [[0, 2], [1, 1]], "x": [1, 0]},
         "abs(A@x) has no two-sided derivative in the element [0] at A = [[0, 2], [1, 1]], x = [1, 0] (node v2); taken: 0"),
        ("sum(a/b)", {"a": [[1, 2], [3, 4]], "b": [1, 0]},
         "a/b is not defined at a[0, 1] = 2, b[1] = 0: its arguments are 2 and 0 (node v1)"),
        ("sum(where(a > 0, ln(a), exp(b)))", {"a": [-1, 1], "b": [1000, 1]},
         "exp(b) is too large for a double at b[0] = 1000: its argument is 1000 (node v3)"),
        ("sum(abs(a))", {"a": [0.0] * 60}, "abs(a) has no two-sided derivative at a[0] = 0 and at 59 more elements (node v1); taken: 0"),
        ("max(a)", {"a": [1, 1]}, "max(a) has no two-sided derivative at a = [1, 1] (node v1); taken: 1/k each of the k that tie"),
    ),
)  # fmt: skip
def test_a_message(text: str, at: dict[str, Any], message: str) -> None:
    assert [found for _, found in said(text, {name: np.array(value, dtype=float) for name, value in at.items()})] == [
        message
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    (
        ("sum(where(a > 1, abs(a), 0))", []),
        ("sum(where(a > -1, abs(a), 0))", ["kink"]),
        ("sum(where(a > 1, abs(a + x), 0))", []),
        ("sum(where(a > 1, abs(x), 0))", ["kink"]),
        ("sum(where(a > 3, abs(x), 0))", []),
        ("sum(where(a > 1, T([abs(a), a])[:, 0], 0))", []),
        ("sum(where(a > 1, max([a, -a], 0), 0))", []),
        ("sum(where(a < 1, max([a, -a], 0), 0))", ["kink"]),
    ),
)
def test_no_kink_behind_a_branch_not_taken(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in said(text, {"a": np.array([0.0, 2.0]), "x": 0.0})] == kinds
