"""What a call of one of adcli's own functions makes: a node of its primitive, or those of its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adcli.graph import INPUT, NUMBER, Graph
from adcli.language import words
from adcli.language.arrays import array_call
from adcli.language.unknown import unknown
from adcli.rules import DEFINITIONS, TABLE, VARIADIC, row
from adcli.rules.arrays import INTERNAL
from adcli.rules.compiled import read

if TYPE_CHECKING:
    from adcli.language.machine import Machine

EXACT_LOGARITHMS = {(NUMBER, "2"): TABLE["log2"], (NUMBER, "10"): TABLE["log10"]}
"""Bases for which there is something better than the quotient of two logarithms: log(1000, 10) is 3."""


def call(machine: Machine, name: str, arguments: list[int], keywords: tuple[str, ...], at: int) -> int:
    """Return the node of a call; raise Fault for an unknown name, a wrong number of arguments or an order that is not whole."""
    known, count, graph = machine.functions.get(name), len(arguments), machine.graph
    if known is None:
        raise unknown(machine.syntax, at, machine.point)
    single = known in ("min", "max") and (keywords or count == 1 and machine.may_be_array())
    if (
        known in words.ARRAY_FUNCTIONS
        or machine.internal
        and known in INTERNAL
        or single
        or known in words.SERIES
        and count
    ):
        return array_call(machine, known, arguments, keywords, at)
    if keywords:
        raise machine.fault("named_argument", at, name=name)
    if known in words.SERIES:
        raise machine.fault("series_without_range", at, name=name)
    if name == "log" and count == 2:
        known = name  # the natural logarithm has one argument
        exact = EXACT_LOGARITHMS.get(graph.nodes[arguments[1]])
        if exact:
            return graph.put((exact, arguments[0]), at)
    if (known, count) in DEFINITIONS:
        return inline(graph, DEFINITIONS[known, count], arguments, at)
    if known in VARIADIC and count:
        return arguments[0] if count == 1 else graph.put((row(known, count), *arguments), at)
    primitive = TABLE.get(known)
    if primitive is None or count != primitive.arity:
        raise machine.fault("arity", at, name=name, wanted=words.arguments_wanted(known), got=count)
    for argument, partial in zip(arguments, primitive.partials):
        if partial is None:
            machine.whole_constant(name, argument, at)
    return graph.put((primitive, *arguments), at)


def inline(graph: Graph, text: str, arguments: list[int], at: int) -> int:
    """Return the node of a definition of the table, with these arguments for its x, y, z."""
    definition, output = read(text)
    given = dict(zip("xyz", arguments))
    nodes: list[int] = []
    for head, *rest in definition.nodes:
        if head is INPUT:
            nodes.append(given[rest[0]])
        else:
            nodes.append(graph.put((head, *(nodes[argument] for argument in rest)), at))
    return nodes[output]
