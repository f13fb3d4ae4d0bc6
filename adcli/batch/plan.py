"""What is to be computed at every point, as one graph: the value, its derivatives, and whether the point is at a kink.

The derivatives are the sweeps run on symbols, all into the same graph, in which equal steps are one; so the graph has what the
value and all derivatives share only once. A branch not taken at a point is masked, as symbols do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from adcli.graph import Graph
from adcli.language import Program
from adcli.numbers.symbols import Symbol, Symbols, Tangents
from adcli.rules import CONDITIONS, WHERE
from adcli.rules.primitive import Primitive
from adcli.sweeps import forward, reverse


class Plan(NamedTuple):
    """What is computed at a point: nodes of a graph, the values and then the derivatives in the order of layout.titles; ``bent``
    is 1 where a derivative flows through a kink or a boundary, None where no point can be at one."""

    graph: Graph
    values: list[int]
    derivatives: list[int]
    bent: int | None


def plan(
    program: Program,
    command: str,
    wrt: Mapping[str, int],
    about: Mapping[str, int],
    tangents: Mapping[str, float] | None = None,
    mode: str | None = None,
) -> Plan:
    """Return what a command computes of a program without arrays: derivatives by the inputs ``wrt``, by their nodes.

    ``tangents`` is the direction of jvp, and ``about`` the inputs whose kinks are to be told. In the graph, the nodes of the
    program have the places that they had.
    """
    outputs = program.outputs
    graph, _ = program.graph.rearranged(range(len(program.graph.nodes)))
    if command == "eval":
        nodes: list[int] = []
    elif command == "jvp":
        directions = {wrt[name]: tangent for name, tangent in (tangents or {}).items() if tangent != 0.0}
        nodes = pushed(program.graph, graph, outputs, directions)
    elif mode == "forward" or command == "jacobian" and mode is None and len(wrt) < len(outputs):
        columns = [pushed(program.graph, graph, outputs, {index: 1.0}) for index in wrt.values()]
        nodes = [column[number] for number in range(len(outputs)) for column in columns]
    else:
        nodes = [node for output in outputs for node in pulled(program.graph, graph, output, wrt.values())]
    if command == "hessian":
        first, (graph, _) = graph, graph.rearranged(range(len(graph.nodes)))
        inputs = list(wrt.values())
        rows = [pushed(first, graph, nodes[k:], {index: 1.0}) for k, index in enumerate(inputs)]
        nodes += [node for row in rows for node in row]
    return Plan(graph, list(outputs), nodes, bends(program, graph, about))


def pulled(graph: Graph, into: Graph, output: int, wrt: Iterable[int]) -> list[int]:
    """Return the nodes of the derivatives of a node by each input: the reverse sweep over a graph, on symbols of another one
    that begins with the same nodes."""
    system, wrt = Symbols(into), list(wrt)
    values = [Symbol(into, index) for index in range(len(graph.nodes))]
    adjoints = reverse(graph, values, {output: system.number("1")}, wrt, system)
    return [settled(into, adjoints[index]) for index in wrt]


def pushed(graph: Graph, into: Graph, outputs: Iterable[int], tangents: Mapping[int, float]) -> list[int]:
    """Return the nodes of the derivatives of some nodes in a direction: the forward sweep, likewise."""
    system = Tangents(into)
    values = [Symbol(into, index) for index in range(len(graph.nodes))]
    seeds = {index: system.lift(tangent) for index, tangent in tangents.items()}
    found = forward(graph, values, seeds, system)
    return [settled(into, found[output]) for output in outputs]


def settled(graph: Graph, derivative: Symbol | None) -> int:
    """Return the node of a derivative, 0 for a structural zero."""
    return graph.number("0") if derivative is None else derivative.plain().index


def bends(program: Program, into: Graph, wrt: Mapping[str, int]) -> int | None:
    """Return the node that says whether a derivative flows through a kink, or through a comparison whose sides are equal: what
    findings.bends finds at one point, as conditions."""
    graph, system = program.graph, Symbols(into)
    depends = graph.depends(wrt.values())
    if not any(flag and isinstance(node[0], Primitive) and node[0].kink for flag, node in zip(depends, graph.nodes)):
        return None
    on_way: list[Any] = [None] * len(graph.nodes)  # True for everywhere, else the condition under which it is
    for output in program.outputs:
        on_way[output] = True
    either, both = system.by_name["or"], system.by_name["and"]
    found: Symbol | None = None
    for index in range(len(graph.nodes) - 1, -1, -1):
        here, (head, *arguments) = on_way[index], graph.nodes[index]
        if here is None or not isinstance(head, Primitive):
            continue
        operands = [Symbol(into, argument) for argument in arguments if not isinstance(argument, str)]
        if head.kink and depends[index]:
            bent = system.expression(head.kink, (*head.parameters, "r"))(*operands, Symbol(into, index))
            bent = bent if here is True else both(here, bent)
            found = bent if found is None else either(found, bent)
        if head is WHERE:
            sides = (operands[0], system.by_name["not"](operands[0]))
            ways = [here, *(side if here is True else both(here, side) for side in sides)]
        elif head in CONDITIONS:
            ways = [here] * len(arguments)
        else:
            ways = [None if partial == "0" else here for partial in head.partials]
        for argument, way in zip(arguments, ways):
            old = on_way[argument]
            if way is not None and old is not True:
                on_way[argument] = way if old is None or way is True else either(old, way)
    return None if found is None else found.index
