"""One-sided derivatives of a program of arrays: those of the program of numbers that it is written out, put together again."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from adcli import findings
from adcli.answers import Answer, Request, evaluated, inputs, same_shapes
from adcli.elements import written
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return what the command finds for each element, in the shapes of the program; the steps are those of the elements."""
    direction = request.tangent or {}
    wrt = list(inputs(program, request.wrt if request.command != "jvp" else direction, request.data))
    point = evaluated(request, program)
    same_shapes(point, direction)
    whole = written(program, point.at, point.values)
    of_elements = request.but(at=whole.at, wrt=whole.names(wrt), tangent=whole.apart(direction), data=frozenset())
    found: Answer = import_module(f"adcli.answers.{request.command}").answer(of_elements, whole.program)
    together: dict[str, Any] = {
        "value": whole.result,
        "tangent": whole.result,
        "gradient": lambda numbers: whole.together(numbers, wrt),
        "jacobian": lambda columns: whole.columns({name: several(c) for name, c in columns.items()}, wrt),
    }

    def regrouped(results: dict[str, Any]) -> dict[str, Any]:
        return {
            key: together[key](one if isinstance(one, dict) else several(one)) if key in together else regrouped(one)
            for key, one in results.items()
        }

    said = found.findings
    if found.trace is None:  # there are no steps of elements to see: a kink is told once, of its array
        at = findings.bends(program, point.values, {name: program.inputs[name] for name in wrt})
        said = findings.kinks(program, point.values, at, request.kinks)
        said += [
            finding for finding in found.findings if finding.kind not in ("kink", "boundary") or finding.node is None
        ]
    early = [finding for finding in point.findings if finding not in said]
    result = Answer(request, program, point.at, wrt, found.mode, regrouped(found.results), [*early, *said], found.trace)
    sweeps = 1 if request.command == "jvp" else len(of_elements.wrt or ())
    result.written = len(whole.program.graph.steps()), sweeps
    return result


def several(numbers: Any) -> list[Any]:
    """Return what was found for each number of the result: the only one may stand alone."""
    return numbers if isinstance(numbers, list) else [numbers]
