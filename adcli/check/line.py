"""A line: a program as a function of one of its inputs, and what must be known of it to difference it: how far its
values are off by rounding, and where it bends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from adcli.findings import places, reached
from adcli.graph import INPUT, LEAVES, Graph
from adcli.language.program import Program
from adcli.numbers.system import FLOATS
from adcli.rules import CONDITIONS, TABLE, WHERE
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import evaluate, reverse

EPSILON = 2.0**-52
LEAST = 2.0**-1074
DIV = TABLE["div"]

KEPT = 8
"""How many places of one line are remembered: the first steps, which every result of a program tries."""


class Moves:
    """The values of a program of numbers as one input moves: what does not depend on that is not computed again.

    values   of every node at the point itself, in this number system
    """

    def __init__(self, program: Program, at: Mapping[str, float], system: Any = FLOATS) -> None:
        self.program, self.at, self.system = program, at, system
        self.values: list[Any] = evaluate(program.graph, at, system)
        self.users: list[list[int]] = [[] for _ in self.values]
        for index in program.graph.steps():
            for argument in {*program.graph.arguments(index)}:
                self.users[argument].append(index)
        self._name, self._follows = "", dict[int, None]()
        self._steps, self._known = list[Any](), dict[Any, list[Any]]()

    def follows(self, name: str) -> dict[int, None]:
        """Return the nodes that depend on an input, itself among them, in the order in which they are computed."""
        if name != self._name:
            self._name, self._steps, self._known = name, [], {}
            seen, pending = {self.program.inputs[name]}, [self.program.inputs[name]]
            while pending:
                for user in self.users[pending.pop()]:
                    if user not in seen:
                        seen.add(user)
                        pending.append(user)
            self._follows = dict.fromkeys(sorted(seen))
        return self._follows

    def moved(self, name: str, x: Any) -> list[Any]:
        """Return the values of all nodes with one input at x."""
        follows = self.follows(name)
        if not self._known:
            functions, nodes = self.system.functions, self.program.graph.nodes
            _, *steps = follows
            self._steps = [(index, functions[nodes[index][0]], nodes[index][1:]) for index in steps]
        found = self._known.get(x)
        if found is None:
            found = [*self.values]
            found[self.program.inputs[name]] = x
            for index, function, arguments in self._steps:
                if len(arguments) == 2:
                    found[index] = function(found[arguments[0]], found[arguments[1]])
                else:
                    found[index] = function(*[found[argument] for argument in arguments])
            if len(self._known) < KEPT:
                self._known[x] = found
        return found


def complex_moves(program: Program, at: Mapping[str, float]) -> Moves:
    """Return the values of a program as one input moves to a complex number."""
    from adcli.numbers.complex import COMPLEX  # cmath, which only a check needs

    return Moves(program, at, COMPLEX)


class Surroundings(Moves):
    """A program at a point, and what all lines through it have in common."""

    def __init__(self, program: Program, at: Mapping[str, float]) -> None:
        super().__init__(program, at)
        self._noise: dict[int, float] = {}
        self._bends: dict[int, frozenset[int]] = {}

    def noise(self, output: int) -> float:
        """Return what rounding may have done to a result."""
        if output not in self._noise:
            self._noise[output] = noise(self.program.graph, output, self.values)
        return self._noise[output]

    def bends(self, output: int) -> frozenset[int]:
        """Return the nodes on the way to a result that have kinks or poles somewhere, or decide about the way."""
        if output not in self._bends:
            graph = self.program.graph
            way = reached(graph, [output], self.values)
            self._bends[output] = frozenset(index for index in way if may_bend(graph.nodes[index][0]))
        return self._bends[output]


class Line:
    """A result of a program as a function of one input, the others staying where they are."""

    def __init__(self, around: Surroundings, name: str, output: int) -> None:
        self.around, self.name, self.output, self.x = around, name, output, around.at[name]
        self.program, self.here = around.program, around.values
        self.value: float = self.here[output]
        self.noise, bends = around.noise(output), around.bends(output)
        self.watched = [index for index in around.follows(name) if index in bends] if bends else []

    def moved(self, x: float) -> list[float]:
        """Return the values of all nodes with the input at x."""
        return self.around.moved(self.name, x)

    def crossed(self, one: Sequence[float], other: Sequence[float]) -> list[int]:
        """Return the nodes with a kink, a pole or a boundary between two points."""
        return [index for index in self.watched if crossed(self.program.graph, index, one, other)]

    def poles(self, one: Sequence[float], other: Sequence[float]) -> list[int]:
        """Return the nodes with a pole between two points."""
        return [index for index in self.crossed(one, other) if self.program.graph.nodes[index][0] is DIV]

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
    """Say whether a row has kinks or poles, or decides about a branch."""
    return isinstance(head, Primitive) and (head in (WHERE, DIV) or head in CONDITIONS or bool(head.kink))


def crossed(graph: Graph, index: int, one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether a kink or a pole of a node lies between two points, given the values of all nodes at each."""
    head = graph.nodes[index][0]
    assert isinstance(head, Primitive)
    pairs = [(one[argument], other[argument]) for argument in graph.arguments(index)]
    if head is WHERE:
        return bool(pairs[0][0]) != bool(pairs[0][1])
    if head is DIV:
        below, above = pairs[1]
        return below < 0.0 < above or above < 0.0 < below
    if head.constant:  # a comparison, a jump
        return one[index] != other[index]
    if head.name in ("min", "max"):
        return any((a == one[index]) != (b == other[index]) for a, b in pairs)
    return all(a * b <= 0.0 for a, b in pairs) and any(a != b for a, b in pairs)


def obstacles(line: Line, reach: float) -> str | None:
    """Return what lies within reach of the point: "near a kink of abs(x)", "near the edge of the domain"; or None."""
    ends = [line.moved(line.x - reach), line.moved(line.x + reach)]
    bends = [index for end in ends for index in line.crossed(end, line.here)]
    if bends:
        place = places(line.program, line.here)(bends[0])
        head = line.program.graph.nodes[bends[0]][0]
        assert isinstance(head, Primitive)
        boundary = head is WHERE or head in CONDITIONS or head.strength == COMPARISON
        return f"near {'the boundary' if boundary else 'a pole' if head is DIV else 'a kink'} of {place.text}"
    outside = not all(isfinite(end[line.output]) for end in ends)
    return "near the edge of the domain" if outside else None
