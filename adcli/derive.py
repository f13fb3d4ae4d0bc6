"""Derivatives: short combinations of sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from adcli.graph import Graph
from adcli.numbers.system import FLOATS
from adcli.rules import CONDITIONS
from adcli.rules.compiled import Function
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import Observer, evaluate, forward, reverse


def gradient(
    graph: Graph,
    output: int,
    values: Sequence[float],
    wrt: Mapping[str, int],
    mode: str = "reverse",
    observe: Observer | None = None,
) -> dict[str, float]:
    """Return the derivative of a node by each of the inputs ``wrt`` (their nodes by name), at the values of a sweep.

    Reverse takes one sweep, forward one for each input. ``observe`` is the sweep's own; in the forward mode it gets the
    name of the input before the rest.
    """
    if mode == "reverse":
        adjoints = reverse(graph, values, {output: 1.0}, wrt.values(), FLOATS, observe)
        return {name: _there(adjoints[index]) for name, index in wrt.items()}
    seeds = _seeds(graph, wrt, observe is not None)
    tangents = (forward(graph, values, seeds[name], FLOATS, observe and partial(observe, name)) for name in wrt)
    return {name: _there(tangent[output]) for name, tangent in zip(wrt, tangents)}


def _seeds(graph: Graph, wrt: Mapping[str, int], observed: bool) -> dict[str, dict[int, float | None]]:
    """Return for each direction the tangents of the inputs: 1 for its own. One who watches is shown the steps that depend
    on other inputs too, as in the books; those inputs have structural zeros."""
    still: dict[int, float | None] = dict.fromkeys(graph.inputs().values()) if observed else {}
    return {name: {**still, index: 1.0} for name, index in wrt.items()}


def one_sided_gradient(
    graph: Graph,
    output: int,
    values: Sequence[float],
    wrt: Mapping[str, int],
    side: str,
    bends: Sequence[int],
    observe: Observer | None = None,
) -> dict[str, float]:
    """Return the derivatives on one side of the point, along each input: forward sweeps whose tangents tell, at each node
    of ``bends`` (a kink, or a comparison whose sides are equal), what happens just beside the point."""
    result = {}
    seeds = _seeds(graph, wrt, observe is not None)
    for name in wrt:
        beside = list(values)
        functions = {node: _beside(graph, beside, node, side) for node in bends}
        functions |= {
            node: _again(graph, beside, node) for node, (head, *_) in enumerate(graph.nodes) if head in CONDITIONS
        }
        tangents = forward(graph, beside, seeds[name], FLOATS, observe and partial(observe, name), functions)
        result[name] = _there(tangents[output])
    return result


def _beside(graph: Graph, values: list[float], node: int, side: str) -> Function:
    """Return what gives the one-sided tangent of a node with a kink; for a comparison, what decides it beside the point."""
    row = graph.nodes[node][0]
    assert isinstance(row, Primitive)
    sided = FLOATS.expression(row.sided, row.sided_parameters)
    sign = 1.0 if side == "right" else -1.0
    operands = [values[argument] for argument in graph.arguments(node)]

    def tangent(*tangents: float | None) -> float | None:
        result: float = sided(*(sign * _there(tangent) for tangent in tangents), *operands, values[node])
        if row.strength != COMPARISON:
            return sign * result
        values[node] = result
        return None

    return tangent


def _again(graph: Graph, values: list[float], node: int) -> Function:
    """Return what decides an and, or, not again, because what it joins may be decided otherwise beside the point."""

    def decide(*_: float | None) -> None:
        values[node] = FLOATS.functions[graph.nodes[node][0]](*(values[argument] for argument in graph.arguments(node)))

    return decide


def _there(derivative: float | None) -> float:
    """Return a derivative, 0.0 for a structural zero."""
    return 0.0 if derivative is None else derivative


def symbolic_gradient(graph: Graph, output: int, wrt: Iterable[str]) -> tuple[Graph, dict[str, int]]:
    """Return a graph that computes the derivatives of a node, and the node of each: the reverse sweep, run on symbols."""
    from adcli.numbers.symbols import Symbol, Symbols  # numbers need no symbols

    result = Graph()
    system = Symbols(result)
    inputs = graph.inputs()
    point = {name: Symbol(result, result.input(name)) for name in inputs}
    values = evaluate(graph, point, system)
    names = list(wrt)
    adjoints = reverse(graph, values, {output: system.number("1")}, [inputs[name] for name in names], system)
    found = ((name, adjoints[inputs[name]]) for name in names)
    return result, {name: result.number("0") if adjoint is None else adjoint.plain().index for name, adjoint in found}
