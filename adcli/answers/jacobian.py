"""jacobian: the derivatives of every result by every input."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, numbers_only, traced, warn, watched
from adcli.language import Program


def answer(request: Request, program: Program) -> Answer:
    """Return the value and the Jacobian; unasked, in the mode that needs fewer sweeps."""
    wrt = inputs(program, request.wrt, request.data)
    point = evaluated(request, program)
    side = kinks(request, point, wrt)
    mode = request.mode or ("forward" if side or len(wrt) < len(program.outputs) else "reverse")
    trace = traced(request, point, side)
    watch = watched(trace, mode)
    rows = derive.jacobian(program.graph, program.outputs, point.values, wrt, mode, watch, side)
    for number, output in enumerate(() if program.graph.arrays else program.outputs):
        gradient = {name: row[number] for name, row in rows.items()}
        warn(request, point, findings.derivatives(program, point.values, wrt, gradient, {output: 1.0}))
    shaped = {name: program.shaped(row) for name, row in rows.items()}
    results = {"value": point.results(), "jacobian": shaped}
    if request.error:
        numbers_only(program, "--error")
        from adcli import rounding

        of_value = rounding.of_values(program.graph, program.outputs, point.values)
        columns = rounding.of_jacobian(program.graph, program.outputs, point.at, list(wrt), mode)
        results["rounding_error"] = {
            "value": program.shaped(of_value),
            "jacobian": {name: program.shaped(column) for name, column in columns.items()},
        }
    return Answer(request, program, point.at, list(wrt), mode, results, point.findings, trace)
