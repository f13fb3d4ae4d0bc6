"""``deriv(EXPR, x)``: a derivative inside a program.

EXPR is elaborated with x bound to a fresh input, which no other node is; the nodes between the two are differentiated by the
sweep on symbols; and in what comes of it the value of x takes the place of the fresh input again. Because each deriv has
an input of its own, derivatives inside one another cannot mix, and because the result is made of ordinary nodes, it can be
differentiated in every mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.graph import INPUT, NUMBER, Graph

if TYPE_CHECKING:
    from adcli.language.machine import Machine, Values

FRESH = "'"
"""A mark that no name can have: x'3 is the fresh input of the third deriv, which is by x."""


class Deriv:
    """A deriv whose EXPR is being elaborated: the name it is by and where that name had its value (among the names bound
    there, or the inputs), the value, and the fresh input that has its place meanwhile."""

    __slots__ = ("fresh", "name", "scope", "value")

    def __init__(self, name: str, scope: Values, value: int, fresh: int) -> None:
        self.name = name
        self.scope = scope
        self.value = value
        self.fresh = fresh


def begin(machine: Machine, name: str, values: Values, at: int) -> Deriv:
    """Put a fresh input in the place of the name's value. An input's is put there for functions too, in which it is free."""
    scope = values if name in values else machine.free
    value = scope[name] if name in scope else machine.free_name(name, at)
    machine.fresh += 1
    scope[name] = machine.graph.input(f"{name}{FRESH}{machine.fresh}", at)
    machine.shape.fresh[f"{name}{FRESH}{machine.fresh}"] = value
    return Deriv(name, scope, value, scope[name])


def captured(function: Values, derivs: Sequence[Deriv]) -> Values:
    """Return what the names in a function's body stand for: one that it is being differentiated by, for the fresh input."""
    return function | {deriv.name: deriv.fresh for deriv in derivs if function.get(deriv.name) == deriv.value}


def end(machine: Machine, deriv: Deriv, expression: int, at: int) -> int:
    """Give the name its value back, and return the node of the derivative."""
    from adcli.derive import symbolic_gradient  # most programs have no deriv

    deriv.scope[deriv.name] = deriv.value
    needed = below(machine.graph, expression)
    if deriv.fresh not in needed:
        if any(machine.graph.nodes[index][0] is INPUT for index in needed):
            machine.idle.append(at)
        return machine.graph.number("0", at)
    graph, new = machine.graph.rearranged(needed)
    graph.arrays = machine.may_be_array()
    fresh = machine.graph.nodes[deriv.fresh][1]
    derivative, found = symbolic_gradient(graph, new[expression], [fresh])
    wanted = below(derivative, found[fresh])
    machine.work(len(needed) + len(wanted), at)
    return included(machine.graph, derivative, wanted, {fresh: deriv.value}, at)


def below(graph: Graph, output: int) -> list[int]:
    """Return the nodes that a node needs, itself included, in the graph's order."""
    seen, pending = {output}, [output]
    while pending:
        for argument in graph.arguments(pending.pop()):
            if argument not in seen:
                seen.add(argument)
                pending.append(argument)
    return sorted(seen)


def included(graph: Graph, other: Graph, order: list[int], values: dict[str, int], at: int) -> int:
    """Put these nodes of another graph into this one, with nodes of this graph for some of its inputs; return the last."""
    new: dict[int, int] = {}
    for index in order:
        head, *rest = other.nodes[index]
        if head is INPUT and rest[0] in values:
            new[index] = values[rest[0]]
        elif head is INPUT or head is NUMBER:
            new[index] = graph.put((head, *rest), at)
        else:
            new[index] = graph.put((head, *(new[argument] for argument in rest)), at)
    return new[order[-1]]
