"""Partial derivatives as formulas: the forward sweep run on symbols, once for each name, made simple in between.

Forward, since the product rule then gives its terms in the order in which they are taught, and a choice between branches
stays one choice between two derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence

from adcli.derive import symbolic_gradient
from adcli.errors import Fault
from adcli.graph import Graph
from adcli.numbers.symbols import Symbol, Tangents
from adcli.rules.primitive import Primitive
from adcli.simplify.collect import Collector
from adcli.simplify.facts import learn
from adcli.simplify.order import names_in_order, places
from adcli.simplify.read import Reading
from adcli.sweeps import evaluate, forward

MOST = 3_000
"""Operations of a formula, what is equal counted once: no person reads more, and higher orders only grow."""


def derivative(graph: Graph, output: int, wrt: Sequence[str], most: int = MOST) -> tuple[Graph, int]:
    """Return a graph that computes the derivative of a node by inputs, one after the other, and its node; an input that the
    graph does not have gives 0. Raises Fault for a formula of more than ``most`` operations, unless the program has as many.

    Where the function is defined (by the domains of the table's rows) and has a derivative, every order, the formula has
    that value; where it is defined and has none, the formula has none. Where the function itself is not defined the formula
    may have a value all the same, as 1/x has for ln(x) at -1; and a power whose exponent is a name is taken as it is taught:
    n*x^(n - 1) has no value at x = 0, n = 0, nor has x^y*ln(x) at x = 0. See collect.py.
    """
    reading = _read_program(graph, output)
    collector = reading.collector
    most = max(most, 20 * len(graph.nodes))
    learn(reading)
    for name in wrt:
        tangents, tangent, spread = tangent_graph(graph, output, name)
        node = Reading(collector, tangents, tangent, spread).read()
        graph, output = trimmed(collector.graph, node)
        if len(graph.nodes) > most:
            raise Fault("formula_too_long", limit=f"{most:,}")
    return graph, output


def simplified(graph: Graph, output: int) -> tuple[Graph, int]:
    """Return a graph that computes a node more simply, on exactly the same domain, and its node."""
    reading = _read_program(graph, output)
    return trimmed(reading.collector.graph, reading.values[output])


def _read_program(graph: Graph, output: int) -> Reading:
    """Read a program into a collector of its own."""
    collector = Collector()
    for name in names_in_order(graph):
        collector.graph.input(name)
    reading = Reading(collector, graph, output, places=places(graph, output))
    reading.read()
    return reading


def tangent_graph(graph: Graph, output: int, name: str) -> tuple[Graph, int, set[int]]:
    """Return a graph that computes the derivative of a node by an input, its node, and the nodes that are derivatives of
    products."""
    result = Graph()
    system = Tangents(result)
    inputs = graph.inputs()
    values = evaluate(graph, {other: Symbol(result, result.input(other)) for other in inputs}, system)
    products: set[int] = set()

    def observe(node: int, tangent: Symbol | None) -> None:
        head = graph.nodes[node][0]
        if tangent is not None and isinstance(head, Primitive) and head.name in ("mul", "div"):
            products.add(tangent.index)

    seeds = {inputs[name]: system.number("1")} if name in inputs else {}
    tangent = forward(graph, values, seeds, system, observe)[output]
    return result, result.number("0") if tangent is None else tangent.plain().index, products


def trimmed(graph: Graph, output: int) -> tuple[Graph, int]:
    """Return a graph of what a node needs, and all inputs, which keep their order."""
    needed = graph.leads_to([output])
    inputs = set(graph.inputs().values())
    kept, new = graph.rearranged([*sorted(inputs), *(i for i, flag in enumerate(needed) if flag and i not in inputs)])
    return kept, new[output]


def gradient_program(graph: Graph, output: int, wrt: Sequence[str]) -> tuple[Graph, int]:
    """Return what ``derivative`` would be without simplification: the symbolic gradient of the derivative by all names but
    the last, and its node."""
    if not wrt:
        return graph, output
    *earlier, last = wrt
    before, node = derivative(graph, output, earlier) if earlier else (graph, output)
    result, nodes = symbolic_gradient(before, node, [last])
    return result, nodes[last]
