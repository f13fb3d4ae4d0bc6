"""The sweeps: evaluate, forward, reverse. Each is one pass over the graph's node list.

A sweep is generic in the number system, an object with

    functions   a primitive's name -> its value as a function of its arguments
    rules       a primitive -> its partial derivatives as functions of its arguments and its output
    number      decimal text -> the constant
    select      a condition, a tangent and another one -> the one where the condition holds, the other elsewhere
    route       a condition, an adjoint -> what of it goes to the branch taken where the condition holds, and what to the other
    tape        a graph -> what sweeps it as evaluate and reverse do, to the last bit, but quicker; None where nothing does

Floats give numbers, symbols give a new graph. ``None`` is a structural zero: a tangent or an adjoint that is not there. It
costs nothing and poisons nothing, which is why the branch that a condition does not take is never a multiplication by 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import CodeType
from typing import Any

from adcli.graph import INPUT, NUMBER, Graph
from adcli.rules import WHERE
from adcli.rules.arrays import JOINT, of
from adcli.rules.compiled import code_of, first, one, read, second
from adcli.rules.primitive import Array

WIDE = of("wide")
Number = Any
Observer = Callable[..., None]


def evaluate(graph: Graph, point: Mapping[str, Number], system: Any) -> list[Number]:
    """Return the value of every node, given the inputs by name."""
    if (tape := system.tape(graph)) is not None:
        found: list[Number] = tape.evaluate(point)
        return found
    values: list[Number] = []
    put, functions, number = values.append, system.functions, system.number
    for node in graph.nodes:
        if len(node) == 3:
            head, a, b = node
            put(functions[head](values[a], values[b]))
        elif len(node) == 2:
            head, a = node
            put(point[a] if head is INPUT else number(a) if head is NUMBER else functions[head](values[a]))
        elif len(node) == 1:
            put(functions[node[0]])
        else:
            head, *arguments = node
            put(functions[head](*[values[argument] for argument in arguments]))
    return values


def evaluate_one(
    head: Any, rest: Sequence[Any], values: Sequence[Number], point: Mapping[str, Number], system: Any
) -> Number:
    """Return the value of one node, given those before it."""
    if head is INPUT:
        return point[rest[0]]
    if head is NUMBER:
        return system.number(rest[0])
    function = system.functions[head]
    return function(*[values[argument] for argument in rest]) if rest else function


def taken(graph: Graph, outputs: Iterable[int], values: Sequence[float]) -> list[bool]:
    """Return a flag for each node: does one of these need it, given the branches that are taken at the point?"""
    flags = [False] * len(graph.nodes)
    for index in outputs:
        flags[index] = True
    for index in range(len(flags) - 1, -1, -1):
        if flags[index]:
            arguments = graph.arguments(index)
            if graph.nodes[index][0] is WHERE:
                arguments = (arguments[0], arguments[1 if values[arguments[0]] else 2])
            for argument in arguments:
                flags[argument] = True
    return flags


def forward(
    graph: Graph,
    values: Sequence[Number],
    seeds: Mapping[int, Number],
    system: Any,
    observe: Observer | None = None,
    beside: Any = None,
) -> list[Number]:
    """Return the tangent of every node, given the tangents of some: dr is the sum of partial * tangent.

    ``observe`` is called with (node, tangent) for each node that depends on a seeded one. ``beside`` is what one-sided
    derivatives need (see derive.py): it moves the values as the sweep goes on, and knows the tangent of a node with a kink.
    Two arguments are written out, for speed; the general case is below them.
    """
    nodes, rules = graph.nodes, system.rules
    unit, its_first, its_second, scalar = one, first, second, system.scalar
    three = 3 if scalar else -1  # the length of a node with two arguments, where the way is short
    tangents: list[Number] = [None] * len(nodes)
    for index, tangent in seeds.items():
        tangents[index] = tangent
    for index, depends in enumerate(graph.depends(seeds)):
        if not depends or index in seeds:
            continue
        node, total = nodes[index], None
        bent = beside is not None and beside.bent(index, tangents)
        if len(node) == three and not bent:
            head, a, b = node
            by_first, by_second = rules[head]
            x, y, dx, dy = values[a], values[b], tangents[a], tangents[b]
            if dx is not None and by_first is not None:
                total = (
                    dx if by_first is unit else dx * (y if by_first is its_second else by_first(x, y, values[index]))
                )
            if dy is not None and by_second is not None:
                term = (
                    dy if by_second is unit else dy * (x if by_second is its_first else by_second(x, y, values[index]))
                )
                total = term if total is None else total + term
            tangents[index] = total
            if observe is not None:
                observe(index, total)
            continue
        head, *arguments = node
        operands = [values[argument] for argument in arguments]
        if bent:
            total = beside.tangent(index, tangents)
        elif head is WHERE:
            total = system.select(operands[0], tangents[arguments[1]], tangents[arguments[2]])
        elif isinstance(head, Array) and head.name in JOINT:
            total = system.joined(head, operands, [tangents[argument] for argument in arguments])
        elif isinstance(head, Array):
            for number, argument in enumerate(arguments):
                if (tangent := tangents[argument]) is not None:
                    term = pushed(head, number, tangent, operands, values[index], system)
                    if term is not None:
                        total = term if total is None else total + term
        else:
            for argument, rule in zip(arguments, rules[head]):
                tangent = tangents[argument]
                if tangent is not None and rule is not None:
                    term = tangent * rule(*operands, values[index])
                    total = term if total is None else total + term
        if total is not None and not scalar:
            total = widened(total, values[index], system)
        tangents[index] = total
        if observe is not None:
            observe(index, total)
    return tangents


def reverse(
    graph: Graph,
    values: Sequence[Number],
    seeds: Mapping[int, Number],
    wrt: Iterable[int],
    system: Any,
    observe: Observer | None = None,
) -> list[Number]:
    """Return the adjoint of every node that lies between ``wrt`` and the seeded ones: each node hands to each argument
    its own adjoint times the partial derivative by that argument.

    ``observe`` is called with (node, argument number, adjoint of the node, partial, contribution, total so far). One and
    two arguments are written out, which is twice as fast as the general case below them.
    """
    if observe is None and (tape := system.tape(graph)) is not None:
        found: list[Number] = tape.reverse(values, seeds, wrt)
        return found
    nodes, rules, live = graph.nodes, system.rules, graph.depends(wrt)
    unit, its_first, its_second, scalar = one, first, second, system.scalar
    three = 3 if scalar else -1
    product = system.product
    known = dict(rules) if scalar else rules  # a plain dict is read faster than one that makes what is missing
    adjoints: list[Number] = [None] * len(nodes)
    for index, seed in seeds.items():
        adjoints[index] = seed if live[index] else None
    for index in range(max(seeds), -1, -1):
        g = adjoints[index]
        if g is None:
            continue
        node = nodes[index]
        if len(node) == three:
            head, a, b = node
            try:
                by_first, by_second = known[head]
            except KeyError:
                by_first, by_second = known[head] = rules[head]
            x, y = values[a], values[b]
            if live[a] and by_first is not None:
                contribution = (
                    g * y if by_first is its_second else g if by_first is unit else g * by_first(x, y, values[index])
                )
                old = adjoints[a]
                adjoints[a] = contribution if old is None else old + contribution
                if observe is not None:
                    observe(index, 0, g, by_first(x, y, values[index]), contribution, adjoints[a])
            if live[b] and by_second is not None:
                contribution = (
                    g * x if by_second is its_first else g if by_second is unit else g * by_second(x, y, values[index])
                )
                old = adjoints[b]
                adjoints[b] = contribution if old is None else old + contribution
                if observe is not None:
                    observe(index, 1, g, by_second(x, y, values[index]), contribution, adjoints[b])
        elif len(node) == 2 and (scalar or node[0] is INPUT or node[0] is NUMBER):
            head, a = node
            if head is INPUT or head is NUMBER or (rule := rules[head][0]) is None:
                continue
            partial = rule(values[a], values[index])
            contribution, old = g * partial, adjoints[a]
            adjoints[a] = contribution if old is None else old + contribution
            if observe is not None:
                observe(index, 0, g, partial, contribution, adjoints[a])
        else:
            head, *arguments = node
            operands = [values[argument] for argument in arguments]
            upstream = (None, *system.route(operands[0], g)) if head is WHERE else (g,) * len(arguments)
            array, value = isinstance(head, Array), values[index]
            partials = () if array else rules[head]
            for number, argument in enumerate(arguments):
                if upstream[number] is None or not live[argument]:
                    continue
                if array:
                    partial, contribution = None, pulled(head, number, g, operands, value, system)
                elif (rule := partials[number]) is not None:
                    partial = 1.0 if rule is unit else rule(*operands, value)
                    contribution = product(upstream[number], partial, operands[number])
                else:
                    continue
                if contribution is None:
                    continue
                old = adjoints[argument]
                adjoints[argument] = contribution if old is None else old + contribution
                if observe is not None:
                    observe(index, number, g, partial, contribution, adjoints[argument])
    return adjoints


def pushed(
    row: Array, number: int, tangent: Number, operands: Sequence[Number], r: Number, system: Any
) -> Number | None:
    """Return what the tangent of one argument gives to that of a row of arrays; None where the row does not depend on it."""
    if row.pullbacks[number] is not None:  # linear
        function, before, behind = system.functions[row], operands[:number], operands[number + 1 :]
        return system.through(row, lambda d: function(*before, d, *behind), tangent)
    text = row.differential[number]
    if text is None:
        return None
    differential = system.expression(text, ("d", *row.parameters, "r"))
    return system.through(row, lambda d: differential(d, *operands, r), tangent)


def widened(tangent: Number, value: Number, system: Any) -> Number:
    """Return a tangent in the shape of its value."""
    return system.through(WIDE, lambda d: system.functions[WIDE](d, value), tangent)


def pulled(row: Array, number: int, g: Number, operands: Sequence[Number], r: Number, system: Any) -> Number | None:
    """Return what an adjoint of a row of arrays gives to one argument; None where the row does not depend on it. A smooth row
    has its differential, a program that is linear in d: the reverse sweep over that, wherever d may be, is its transpose."""
    back, text, x = row.pullbacks[number], row.differential[number], operands[number]
    if callable(back):
        other, names = back()
        function, known = system.functions[other], dict(zip(row.parameters, operands))
        return system.through(row, lambda g: function(*({**known, "g": g}[name] for name in names)), g, x)
    if back is not None:
        function = system.expression(back, ("g", *row.parameters, "r"))
        return system.through(row, lambda g: function(g, *operands, r), g, x)
    if text is None:
        return None
    function = system.bound(transpose(text, row.parameters, row.parameters[number]))
    return system.through(row, lambda g: function(g, *operands, r), g, x)


@cache
def transpose(text: str, parameters: tuple[str, ...], of: str) -> CodeType:
    """Return the code of what an adjoint g gives to an argument, given the differential by it: the reverse sweep over that,
    run on symbols."""
    from adcli.numbers.symbols import Symbol, Symbols  # numbers need no symbols

    made, (graph, output) = Graph(arrays=True), read(text)
    system = Symbols(made)
    known = {name: Symbol(made, made.input(name)) for name in ("g", *parameters, "r")}
    values = evaluate(graph, {**known, "d": known[of]}, system)
    d = graph.inputs()["d"]
    adjoint = reverse(graph, values, {output: known["g"]}, [d], system)[d]
    return code_of(made, adjoint.plain().index, ("g", *parameters, "r"))
