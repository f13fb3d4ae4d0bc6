"""The tape: it gives the numbers of the generic sweeps, to the last bit, whatever the program and the point."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import inf, isnan, nan
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sweeps import EXPRESSIONS, FAST, MANY, NAMES

from adcli import derive
from adcli.graph import Graph
from adcli.language import elaborate, parse
from adcli.numbers.floats import FUNCTIONS, RAISING
from adcli.numbers.system import FLOATS, LARGE
from adcli.numbers.tape import RAISED, Tape
from adcli.rules import TABLE
from adcli.rules.primitive import Primitive
from adcli.sweeps import evaluate, reverse

pytestmark = pytest.mark.core

CORNERS = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0, 1e-320, -1e308, 800.0, inf, -inf, nan)
ANY = st.one_of(st.sampled_from(CORNERS), st.floats())
POINTS = st.fixed_dictionaries(dict.fromkeys(NAMES, ANY))


def bits(numbers: Iterable[float | None]) -> list[bytes | None]:
    """Return numbers so that equal ones are the same to the last bit, and one nan is like another."""
    return [None if number is None else b"nan" if isnan(number) else pack("d", number) for number in numbers]


def differ(graph: Graph, output: int, point: Mapping[str, float], wrt: Sequence[int], seed: float = 1.0) -> list[str]:
    """Return which sweeps of the tape do not give what the generic ones give."""
    tape = Tape(graph)
    values = evaluate(graph, point, FLOATS)
    adjoints = reverse(graph, values, {output: seed}, wrt, FLOATS)
    found = []
    for _ in range(2):  # what it keeps of the first time must serve the second
        found += ["value"] * (bits(tape.evaluate(point)) != bits(values))
        found += ["adjoints"] * (bits(tape.reverse(values, {output: seed}, wrt)) != bits(adjoints))
    return found


def explore(expression: str, point: Mapping[str, float], seed: float) -> None:
    """Try one program by all of its inputs, by one of them and by all of its nodes."""
    meant = elaborate(parse(expression), point)
    inputs = list(meant.inputs.values())
    for wrt in (inputs, inputs[:1], range(len(meant.graph.nodes)), []):
        assert differ(meant.graph, meant.output, point, wrt, seed) == []


@FAST
@given(EXPRESSIONS, POINTS, ANY)
def test_random_programs(expression: str, point: dict[str, float], seed: float) -> None:
    explore(expression, point, seed)


@pytest.mark.slow
@MANY
@given(EXPRESSIONS, POINTS, ANY)
def test_many_random_programs(expression: str, point: dict[str, float], seed: float) -> None:
    explore(expression, point, seed)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.partials], ids=lambda row: row.name)
def test_every_row_at_every_corner(row: Primitive) -> None:
    """Also where a row's own functions raise, and with operands that are one node or not to be differentiated by."""
    for same in (False, True)[: row.arity]:
        graph = Graph()
        x, *others = [graph.input(name) for name in NAMES[: row.arity]]
        operands = [x] * row.arity if same else [x, *others]
        output = graph.put((TABLE["mul"], graph.put((row, *operands)), x))
        for corner in product(CORNERS, repeat=1 if same else min(row.arity, 2)):
            point = dict(zip(NAMES, (*corner, 0.5, 0.5)))
            for wrt in ([x], others, [x, *others]):
                assert differ(graph, output, point, wrt) == [], (row, point, wrt)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name] is not RAISING[name]])
def test_a_function_that_may_raise_gives_the_same_where_it_does_not(name: str) -> None:
    raised = 0
    for operands in product((*CORNERS, 0.3, 710.0, 5e-324), repeat=TABLE[name].arity):
        try:
            number = RAISING[name](*operands)
        except RAISED:
            raised += 1
        else:
            assert bits([number]) == bits([FUNCTIONS[name](*operands)]), operands
    assert raised


@pytest.mark.parametrize(
    "text", ["min(x, y, z, 2, x*y)", "max(x, 1, y)*z", "polygamma(2, x)*root(y, 3)", "stop(x)*pi + e"]
)
def test_rows_of_many_arguments(text: str) -> None:
    for corner in product(CORNERS, repeat=2):
        explore(text, dict(zip(NAMES, (*corner, 0.5))), 1.0)


def test_a_large_graph_is_laid_out_when_it_is_swept_again() -> None:
    meant = elaborate(parse(" + ".join(f"sin({k}*x)*y" for k in range(LARGE // 2))), {})
    graph, found = meant.graph, []
    for x in (0.1, 0.2, 0.1):
        values = evaluate(graph, {"x": x, "y": 2.0}, FLOATS)
        found.append(derive.gradient(graph, meant.output, values, meant.inputs))
        assert (graph.tape is None) == (len(found) == 1)
    assert found[0] == found[2] != found[1]
    assert pickle.loads(pickle.dumps(graph.tape)) is None
    graph.put((TABLE["exp"], meant.output))
    assert len(evaluate(graph, {"x": 0.1, "y": 2.0}, FLOATS)) == len(graph.nodes)
