"""``deriv(EXPR, x)``: a derivative inside a program.

EXPR is elaborated with x bound to a fresh input, which no other node is; the nodes between the two are differentiated by the
sweep on symbols; and in what comes of it the value of x takes the place of the fresh input again. Because each deriv has
an input of its own, derivatives inside one another cannot mix, and because the result is made of ordinary nodes, it can be
differentiated in every mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from adcli.graph import INPUT, NUMBER, Graph

if TYPE_CHECKING:
    from adcli.language.elaborate import Elaboration, Values

FRESH = "'"
"""A mark that no name can have: x'3 is the fresh input of the third deriv, which is by x."""


class Deriv(NamedTuple):
    """A deriv whose EXPR is being elaborated: the name it is by, that name's value outside, and the fresh input within."""

    name: str
    value: int
    hidden: int | None
    fresh: str


def begin(machine: Elaboration, name: str, values: Values, at: int) -> Deriv:
    """Bind the name to a fresh input."""
    hidden = values.get(name)
    value = machine.variable(name, at) if hidden is None else hidden
    machine.fresh += 1
    fresh = f"{name}{FRESH}{machine.fresh}"
    values[name] = machine.graph.input(fresh, at)
    return Deriv(name, value, hidden, fresh)


def end(machine: Elaboration, deriv: Deriv, expression: int, values: Values, at: int) -> int:
    """Give the name its value back, and return the node of the derivative."""
    from adcli.derive import symbolic_gradient  # most programs have no deriv

    if deriv.hidden is None:
        del values[deriv.name]
    else:
        values[deriv.name] = deriv.hidden
    needed = below(machine.graph, expression)
    graph, new = machine.graph.rearranged(needed)
    if deriv.fresh not in graph.inputs():
        return machine.graph.number("0", at)
    derivative, found = symbolic_gradient(graph, new[expression], [deriv.fresh])
    wanted = below(derivative, found[deriv.fresh])
    machine.work(len(needed) + len(wanted), at)
    return included(machine.graph, derivative, wanted, {deriv.fresh: deriv.value}, at)


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
