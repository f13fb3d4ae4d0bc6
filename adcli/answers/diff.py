"""diff: the derivative as a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial, isfinite
from typing import Any

from adcli import findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, one_input, scalar, warn
from adcli.derive import symbolic_gradient
from adcli.errors import Fault
from adcli.formula import formula, operations
from adcli.language import Program
from adcli.numbers.system import FLOATS
from adcli.partials import derivative, gradient_program
from adcli.sweeps import evaluate
from adcli.taylor import taylor

HIGHEST = 20
"""The highest order: formulas grow with it."""


def answer(request: Request, program: Program) -> Answer:
    """Return the derivative by the names of ``wrt``, one after the other, or of an order by one of them, as a formula; with a
    point its value too."""
    scalar(request, program)
    if program.graph.arrays:
        raise Fault("formula_of_arrays")
    wrt = _names(request, program)
    graph, node = derivative(program.graph, program.output, wrt)
    found = formula(graph, node)
    results: dict[str, Any] = {"derivative": found.text, "latex": found.latex}
    at: dict[str, float] = {name: request.at[name] for name in program.shaping}
    said: list[findings.Finding] = []
    if set(request.at) - program.shaping:
        point = evaluated(request, program)
        kinks(request, point, inputs(program, wrt))
        value = _value(program, point.at, wrt)
        if not isfinite(value):
            warn(request, point, [findings.without_place(value, "the derivative")])
        results["value"] = value
        at, said = point.at, point.findings
    if request.stats:
        program_graph, program_node = gradient_program(program.graph, program.output, wrt)
        counted = operations(graph, node)
        unsimplified = operations(program_graph, program_node).graph
        results["operations"] = {"tree": counted.tree, "graph": counted.graph, "gradient_program": unsimplified}
    return Answer(request, program, at, wrt, None, results, said)


def _value(program: Program, at: Mapping[str, float], wrt: Sequence[str]) -> float:
    """Return the derivative at the point, from the rules: a formula as it is taught may have no value where they have one, as
    x^y*ln(x) at x = 0, or lose digits. The name that comes most often is left to the Taylor coefficients."""
    graph, output = program.graph, program.output
    if not wrt:
        values: list[float] = evaluate(graph, at, FLOATS)
        return values[output]
    last = max(wrt, key=wrt.count)
    for name in wrt:
        if name != last:
            graph, nodes = symbolic_gradient(graph, output, [name])
            output = nodes[name]
    order = wrt.count(last)
    (coefficients,) = taylor(graph, [output], at, last, order)
    return coefficients[order] * factorial(order)


def _names(request: Request, program: Program) -> list[str]:
    """Return the names to differentiate by, one after the other."""
    if request.order is not None and not 0 <= request.order <= HIGHEST:
        raise Fault("bad_order", least=0, most=HIGHEST, got=request.order)
    names = [one_input(request, program)] if request.wrt is None else list(request.wrt)
    if request.order is not None:
        if len(names) != 1:
            raise Fault("order_and_names")
        names *= request.order
    inputs(program, names)
    if len(names) > HIGHEST:
        raise Fault("bad_order", least=0, most=HIGHEST, got=len(names))
    return names
