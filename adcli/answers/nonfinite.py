"""Derivatives of arrays that are not finite: which element is the first, and what made it so.

Each element has a way of its own through the program, so it is told on the program written out, number by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf, isfinite
from typing import Any

from adcli import derive, findings
from adcli.answers import Evaluated
from adcli.elements import flat, written
from adcli.errors import Fault
from adcli.findings import Finding


def by_elements(
    point: Evaluated, wrt: Mapping[str, int], bad: Iterable[tuple[Mapping[str, Any], Mapping[int, Any]]]
) -> list[Finding]:
    """Return what is to be said of derivatives by inputs, each with the seeds of the sweep that it is of."""
    try:
        whole = written(point.program, point.at, point.values)
    except Fault:  # it would be too long
        return [
            findings.without_place(findings.of_array(array), f"a derivative by {name}")
            for derivatives, _ in bad
            for name, array in derivatives.items()
            if not findings.all_finite(array)
        ]
    values, said = whole.values(), list[Finding]()
    inputs = {name: whole.program.inputs[name] for name in whole.names(wrt)}
    place_of = findings.places(point.program, point.values)
    for derivatives, seeds in bad:
        weights: dict[int, float] = {}
        for index, seed in seeds.items():
            for node, weight in zip(flat(whole.nodes[index]), flat(seed)):
                if weight:
                    weights[node] = weights.get(node, 0.0) + weight
        apart = whole.apart(derivatives)
        said += findings.derivatives(
            whole.program, values, inputs, apart, weights, lambda node: place_of(*whole.spot(node))
        )
    return said


def in_direction(point: Evaluated, wrt: Mapping[str, int], direction: Mapping[str, Any], output: int) -> Finding:
    """Return what is to be said of a result's tangent in a direction."""
    nowhere = findings.without_place(inf, "the derivative in this direction")
    try:
        whole = written(point.program, point.at, point.values)
    except Fault:  # it would be too long
        return nowhere
    apart = whole.apart({name: direction[name] for name in wrt})
    seeds = {whole.program.inputs[name]: tangent for name, tangent in apart.items() if tangent}
    every, values = derive.tangents_of(whole.program.graph, whole.values(), seeds)
    bad = next((node for node in flat(whole.nodes[output]) if not isfinite(every[node] or 0.0)), None)
    if bad is None:  # numpy rounds otherwise
        return nowhere
    place_of = findings.places(point.program, point.values)
    return findings.direction(whole.program, values, every, bad, lambda node: place_of(*whole.spot(node)))
