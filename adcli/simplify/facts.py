"""What is known wherever a function is defined: that what it divides by is not 0, that its logarithms' arguments are not.

The domains are those of the table's rows; an operation in a branch that may not be taken says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from adcli.graph import INPUT, NUMBER, Graph
from adcli.rules import TABLE, WHERE
from adcli.rules.primitive import Primitive
from adcli.simplify.collect import SHORT, Collector
from adcli.simplify.read import Reading
from adcli.simplify.rows import expression

SAME_ZEROS = {TABLE[name] for name in ("abs", "sqrt", "cbrt", "sinh", "tanh", "asinh", "atan", "neg")}
"""Functions that are 0 where their argument is."""


def learn(reading: Reading) -> None:
    """Tell the collector what is known wherever the function that was read is defined."""
    collector, graph = reading.collector, reading.graph
    always = unconditional(graph, reading.output)
    values = [reading.values[index] for index in always if index in reading.values]
    for index in always:
        head = graph.nodes[index][0]
        if isinstance(head, Primitive) and head.domain and all(a in reading.values for a in graph.arguments(index)):
            bindings = dict(zip(head.parameters, (reading.values[a] for a in graph.arguments(index))))
            domain, condition = expression(head.domain)
            for comparison in _conjuncts(domain, condition):
                _take(reading, domain, comparison, bindings)
    for value in values:
        for base, exponent in collector.view(value).factors:
            if exponent < 0:
                _is_not_zero(collector, base)
    collector.measures.know(values)


def unconditional(graph: Graph, output: int) -> list[int]:
    """Return the nodes that an output needs whatever branches are taken."""
    flags = [False] * len(graph.nodes)
    flags[output] = True
    for index in range(output, -1, -1):
        if flags[index]:
            arguments = graph.arguments(index)
            for argument in arguments[:1] if graph.nodes[index][0] is WHERE else arguments:
                flags[argument] = True
    return [index for index, flag in enumerate(flags) if flag]


def _conjuncts(graph: Graph, output: int) -> Iterator[int]:
    """Yield the comparisons that a condition joins by "and"."""
    pending = [output]
    while pending:
        index = pending.pop()
        if graph.nodes[index][0] is TABLE["and"]:
            pending.extend(graph.arguments(index))
        else:
            yield index


def _take(reading: Reading, graph: Graph, condition: int, bindings: dict[str, int]) -> None:
    """Take in a comparison of a domain."""
    collector = reading.collector
    head, *sides = graph.nodes[condition]
    if head.name not in ("lt", "le", "gt", "ge", "ne"):
        return
    left, right = (reading.built((graph, side), bindings) for side in sides)
    collector.given.add(collector.apply(head, (left, right)))
    if head.name in ("lt", "gt", "ne"):
        _is_not_zero(collector, collector.added([(1, left), (-1, right)]))
    elif head.name == "ge" and (bound := collector.number(right)) is not None and bound.value > 0:
        _is_not_zero(collector, left)


def _is_not_zero(collector: Collector, node: int) -> None:
    """Take in that a node is not 0: then none of its factors is."""
    pending = [node]
    while pending:
        base = pending.pop()
        if base in collector.nonzero:
            continue
        collector.nonzero.add(base)
        if base in collector.sums and len(collector.sums[base]) <= SHORT:
            collector.nonzero.add(collector.put_sum([term.negated() for term in collector.sums[base]]))
        head, *arguments = collector.graph.nodes[base]
        if head in SAME_ZEROS:
            pending.append(arguments[0])
        elif head is not INPUT and head is not NUMBER and head.name == "pow" and base in collector.roots:
            pending.append(collector.roots[base].base)
        pending.extend(inner for inner, exponent in collector.view(base).factors if exponent > 0)
