"""The shape of a program: the numbers that it must know at the point before it has a graph, such as the ends of ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adcli.errors import Fault
from adcli.graph import INPUT, NUMBER, Graph
from adcli.language.deriv import FRESH
from adcli.language.misfit import misfit
from adcli.language.syntax import Syntax
from adcli.language.unknown import unvalued
from adcli.numbers.system import FLOATS
from adcli.rules import CONDITIONS
from adcli.rules.primitive import COMPARISON, Primitive

FLOAT = {float}
REFUSED = (ValueError, IndexError, OverflowError, MemoryError)
"""What numpy raises of arrays that do not fit; its LinAlgError is a ValueError."""


class Shape:
    """Values of nodes of a graph under construction, computed as they are asked for. ``names`` are the inputs that have been
    needed so far: they shape the program, and it is not differentiated by them. ``fresh`` are the inputs that stand for the
    value of another node while a deriv is elaborated. ``asked`` says whether a value of the point was looked at, for whatever
    reason: where none was, every point of these names and shapes has the same graph."""

    def __init__(self, graph: Graph, point: Mapping[str, Any], syntax: Syntax) -> None:
        self.graph, self.point, self.syntax = graph, point, syntax
        self.names: set[str] = set()
        self.values: dict[int, Any] = {}
        self.fresh: dict[str, int] = {}
        self.asked = False
        self._shaping: set[int] = set()

    def value(self, node: int) -> Any:
        """Return the number that a node is at the point, and note that it shapes the program."""
        for name in self.inputs(node, self._shaping):
            if FRESH in name:
                raise Fault("shapes_the_program", name=name.partition(FRESH)[0])
            self.names.add(name)
        return self.at_point(node)

    def inputs(self, node: int, seen: set[int]) -> set[str]:
        """Return the names of the inputs that a node needs, but for those below nodes that have been ``seen``."""
        found, pending = set(), [node]
        while pending:
            index = pending.pop()
            if index not in seen:
                seen.add(index)
                head, *rest = self.graph.nodes[index]
                if head is INPUT:
                    found.add(rest[0])
                elif head is not NUMBER:
                    pending += rest
        return found

    def of(self, node: int) -> tuple[int, ...]:
        """Return the shape of a node at the point: of an input without a look at its numbers."""
        head, *rest = self.graph.nodes[node]
        value = self.point[rest[0]] if head is INPUT and rest[0] in self.point else self.at_point(node)
        return tuple(getattr(value, "shape", ()))

    def at_point(self, node: int) -> Any:
        """Return the number that a node is at the point; raise Fault if that needs an input without a value. What decides
        about a branch only does not shape the program: it is differentiated by."""
        values, nodes = self.values, self.graph.nodes
        wanted = [] if node in values else [node]
        while wanted:
            index = wanted[-1]
            head, *rest = nodes[index]
            if index in values:
                wanted.pop()
            elif head is NUMBER:
                values[index] = float(rest[0])
            elif head is INPUT and rest[0] in self.fresh:
                if self.fresh[rest[0]] in values:
                    values[index] = values[self.fresh[rest[0]]]
                else:
                    wanted.append(self.fresh[rest[0]])
            elif head is INPUT:
                if rest[0] not in self.point:
                    raise unvalued(self.syntax, rest)
                values[index] = self.point[rest[0]]
                self.asked = True
            else:
                try:
                    operands = [values[argument] for argument in rest]
                except KeyError:
                    wanted += [argument for argument in rest if argument not in values]
                    continue
                if head.__class__ is Primitive and FLOAT.issuperset(map(type, operands)):
                    function = FLOATS.functions[head]
                    values[index] = function(*operands) if rest else function
                else:
                    values[index] = self.of_arrays(index, operands)
        return values[node]

    def of_arrays(self, index: int, operands: list[Any]) -> Any:
        """Return the value of a node that is one of arrays, or may be."""
        from adcli.numbers.arrays import ARRAYS  # as long as there are none, numpy is not imported

        head = self.graph.nodes[index][0]
        try:
            with ARRAYS.quiet():
                return ARRAYS.functions[head](*operands) if operands else ARRAYS.functions[head]
        except REFUSED as error:
            raise misfit(self.syntax, self.graph.sources[index], head, operands, error) from None

    def boundaries(self, condition: int) -> list[int]:
        """Return the instructions of the comparisons in a condition whose sides depend on an input and are exactly equal at
        the point."""
        found, pending = [], [condition]
        while pending:
            index = pending.pop()
            head, *arguments = self.graph.nodes[index]
            if head in CONDITIONS:
                pending += arguments
            elif isinstance(head, Primitive) and head.strength == COMPARISON:
                one, other = arguments
                if self.at_point(one) == self.at_point(other) and self.inputs(index, set()):
                    found.append(self.graph.sources[index])
        return found[::-1]
