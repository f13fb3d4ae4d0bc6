"""Making symbolic results look as a person would write them: formulas only, never what is computed."""

from __future__ import annotations

from adcli.graph import NUMBER
from adcli.numbers.symbols import Symbol
from adcli.rules import TABLE

ONE, MINUS_ONE = (NUMBER, "1"), (NUMBER, "-1")


def product(factor: Symbol, partial: Symbol) -> Symbol:
    """Return factor*partial; a partial that is one over something makes it a quotient."""
    nodes = partial.graph.nodes
    if nodes[partial.index][0] is TABLE["div"]:
        above, below = partial.graph.arguments(partial.index)
        if nodes[above] == ONE:
            return factor.apply("div", factor, Symbol(partial.graph, below))
    return factor.apply("mul", factor, partial)


def plus(total: Symbol | None, factor: Symbol, partial: Symbol) -> Symbol:
    """Return total + factor*partial without a factor 1, or a + before a minus."""
    node = partial.graph.nodes[partial.index]
    if node == MINUS_ONE:
        return -factor if total is None else total - factor
    term = factor if node == ONE else product(factor, partial)
    return term if total is None else total + term


def partial_as_shown(partial: Symbol) -> Symbol:
    """Return the derivative of x^n for a literal n the way it is taught: 2*x, 3*x^2, 0.5*x^(-0.5)."""
    graph = partial.graph
    head, *arguments = graph.nodes[partial.index]
    if head is TABLE["polygamma"]:
        order, argument = arguments
        if graph.nodes[order][0] is TABLE["add"]:
            whole = sum(int(graph.nodes[index][1]) for index in graph.arguments(order))
            return partial.apply("polygamma", Symbol(graph, graph.number(str(whole))), Symbol(graph, argument))
    if head is not TABLE["pow1"] or graph.nodes[arguments[1]][0] is not NUMBER:
        return partial
    from decimal import Decimal  # exact: 2.3 - 1 is 1.3

    base, exponent = Symbol(graph, arguments[0]), Decimal(str(graph.nodes[arguments[1]][1]))
    if exponent in (0, 1):
        return Symbol(graph, graph.number(str(exponent)))
    power = base if exponent == 2 else base.apply("pow", base, Symbol(graph, graph.number(str(exponent - 1))))
    return base.apply("mul", Symbol(graph, graph.number(str(exponent))), power)
