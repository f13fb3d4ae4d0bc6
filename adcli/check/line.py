"""A line: a program as a function of one of its inputs, and what must be known of it to difference it: how far its
values are off by rounding, and where it bends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from adcli.findings import places, reached
from adcli.graph import INPUT, LEAVES, Graph
from adcli.language.program import Program
from adcli.numbers.system import FLOATS
from adcli.rules import CONDITIONS, WHERE
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import evaluate, reverse

EPSILON = 2.0**-52
LEAST = 2.0**-1074


class Line:
    """A program as a function of one of its inputs, the others staying where they are."""

    def __init__(self, program: Program, at: Mapping[str, float], name: str) -> None:
        self.program, self.at, self.name, self.x = program, at, name, at[name]
        self.here = self.moved(self.x)
        self.value = self.here[program.output]
        self.noise = noise(program.graph, program.output, self.here)
        depends = program.graph.depends([program.inputs[name]])
        flows = reached(program.graph, program.outputs, self.here)
        self.watched = [index for index in flows if depends[index] and may_bend(program.graph.nodes[index][0])]

    def moved(self, x: float) -> list[float]:
        """Return the values of all nodes with the input at x."""
        values: list[float] = evaluate(self.program.graph, {**self.at, self.name: x}, FLOATS)
        return values

    def crossed(self, one: Sequence[float], other: Sequence[float]) -> list[int]:
        """Return the nodes with a kink or a boundary between two points."""
        return [index for index in self.watched if crossed(self.program.graph, index, one, other)]

    def rounding(self, step: float, *values: float) -> float:
        """Return what rounding may do to the quotient of a step: the noise of two values over the step."""
        largest: float = max(map(abs, values))
        return (self.noise + EPSILON * largest + LEAST) / step


def noise(graph: Graph, output: int, values: Sequence[float]) -> float:
    """Return an estimate of the rounding error of a node: the sum of |adjoint * value| over all steps but those of literals
    alone, in units of the last place (Linnainmaa, Taylor expansion of the accumulated rounding error, 1976)."""
    sources = [index for index, node in enumerate(graph.nodes) if node[0] is INPUT or len(node) == 1]
    adjoints = reverse(graph, values, {output: 1.0}, sources, FLOATS)
    terms = (
        abs(adjoint * value)
        for node, adjoint, value in zip(graph.nodes, adjoints, values)
        if adjoint is not None and node[0] not in LEAVES
    )
    total: float = sum(term for term in terms if isfinite(term))
    return EPSILON * total


def may_bend(head: object) -> bool:
    """Say whether a row has kinks, or decides about a branch."""
    return isinstance(head, Primitive) and (head is WHERE or head in CONDITIONS or bool(head.kink))


def crossed(graph: Graph, index: int, one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether a kink of a node lies between two points, given the values of all nodes at each."""
    head = graph.nodes[index][0]
    assert isinstance(head, Primitive)
    pairs = [(one[argument], other[argument]) for argument in graph.arguments(index)]
    if head is WHERE:
        return bool(pairs[0][0]) != bool(pairs[0][1])
    if head.constant:  # a comparison, a jump
        return one[index] != other[index]
    if head.name in ("min", "max"):
        return any((a == one[index]) != (b == other[index]) for a, b in pairs)
    return all(a * b <= 0.0 for a, b in pairs) and any(a != b for a, b in pairs)


def obstacles(line: Line, reach: float) -> str | None:
    """Return what lies within reach of the point: "near a kink of abs(x)", "near the edge of the domain"; or None."""
    ends = [line.moved(line.x - reach), line.moved(line.x + reach)]
    kinks = [index for end in ends for index in line.crossed(end, line.here)]
    if kinks:
        place = places(line.program, line.here)(kinks[0])
        head = line.program.graph.nodes[kinks[0]][0]
        assert isinstance(head, Primitive)
        boundary = head is WHERE or head in CONDITIONS or head.strength == COMPARISON
        return f"near {'the boundary' if boundary else 'a kink'} of {place.text}"
    outside = not all(isfinite(end[line.program.output]) for end in ends)
    return "near the edge of the domain" if outside else None
