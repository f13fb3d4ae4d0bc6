"""jacobian: the derivatives of every result by every input."""

from __future__ import annotations

from adcli import derive, findings
from adcli.answers import Answer, Request, evaluated, inputs, kinks, traced, warn_of, watched
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
    if not all(findings.all_finite(block) for column in rows.values() for block in column):
        warn_of(request, point, wrt, derive.rows_of(program.graph, program.outputs, point.values, rows))
    shaped = {name: program.shaped(row) for name, row in rows.items()}
    results = {"value": point.results(), "jacobian": shaped}
    if request.error:
        from adcli import rounding
        from adcli.elements import written

        whole = written(program, point.at, point.values)
        graph, outputs = whole.program.graph, whole.program.outputs
        of_value = rounding.of_values(graph, outputs, whole.values())
        columns = rounding.of_jacobian(graph, outputs, whole.at, whole.names(wrt), mode)
        results["rounding_error"] = {"value": whole.result(of_value), "jacobian": whole.columns(columns, list(wrt))}
    return Answer(request, program, point.at, list(wrt), mode, results, point.findings, trace)
