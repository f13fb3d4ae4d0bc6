"""Derivatives: short combinations of sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adcli.graph import Graph
from adcli.numbers.symbols import Symbol, Symbols
from adcli.numbers.system import FLOATS
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
    return {name: directional(graph, output, values, {index: 1.0}, observe and _bound(observe, name)) for name, index in wrt.items()}


def directional(
    graph: Graph, output: int, values: Sequence[float], tangents: Mapping[int, float], observe: Observer | None = None
) -> float:
    """Return the derivative of a node in the direction given by the tangents of the inputs: one forward sweep."""
    return _there(forward(graph, values, tangents, FLOATS, observe)[output])


def _bound(observe: Observer, name: str) -> Observer:
    return lambda *record: observe(name, *record)


def _there(derivative: float | None) -> float:
    """Return a derivative, 0.0 for a structural zero."""
    return 0.0 if derivative is None else derivative


def symbolic_gradient(graph: Graph, output: int, wrt: Iterable[str]) -> tuple[Graph, dict[str, int]]:
    """Return a graph that computes the derivatives of a node, and the node of each: the reverse sweep, run on symbols."""
    result = Graph()
    system = Symbols(result)
    inputs = graph.inputs()
    point = {name: Symbol(result, result.input(name)) for name in inputs}
    values = evaluate(graph, point, system)
    names = list(wrt)
    adjoints = reverse(graph, values, {output: system.number("1")}, [inputs[name] for name in names], system)
    found = ((name, adjoints[inputs[name]]) for name in names)
    return result, {name: result.number("0") if adjoint is None else adjoint.index for name, adjoint in found}
