"""JSON: one object, strict RFC 8259, UTF-8, numbers as the shortest text that reads back to the same double."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adcli.answers import Answer
    from adcli.render import Display
    from adcli.trace import Trace

SCHEMA = "adcli/1"

ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
UNSAFE = "[\x7f-\x9f\u2028\u2029\ud800-\udfff]"
"""What a terminal may take for a command, a reader for the end of a line, or UTF-8 for nothing."""

SMALL = 100
"""Arrays of up to this many elements are put into the formulas of a trace."""


def render(answer: Answer, display: Display) -> None:
    """Write the answer as one line of JSON to standard output."""
    write(record(answer))


def write(value: Any) -> None:
    """Write a value as one line of JSON to standard output, whatever the locale's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(dumps(value).encode() + b"\n")


def dumps(value: Any) -> str:
    """Return a value as strict JSON text that is safe to show on a terminal."""
    text = ENCODER.encode(value)
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(UNSAFE, lambda found: f"\\u{ord(found[0]):04x}", text)


def number(value: float) -> float | str:
    """Return a number as JSON can hold it: the three that it cannot are strings."""
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value == inf else "-Infinity"


def numbers(values: Any) -> Any:
    """Return what a command found as JSON can hold it: numbers, by themselves or in lists and dicts."""
    if isinstance(values, float):
        return number(values)
    if isinstance(values, dict):
        return {name: numbers(value) for name, value in values.items()}
    if hasattr(values, "tolist"):  # an array
        values = values.tolist()
    return [numbers(value) for value in values] if isinstance(values, list) else values


def record(answer: Answer) -> dict[str, Any]:
    """Return the answer as the object that CONTRACT.md describes, keys in its order."""
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "command": answer.request.command,
        "expression": answer.request.expression,
        "at": numbers(answer.given),
    }
    if answer.wrt is not None:
        result["wrt"] = answer.wrt
    if answer.request.command in ("grad", "jacobian"):
        result["mode"] = answer.mode
    result |= numbers(answer.results)
    if answer.trace is not None:
        result["trace"] = trace_record(answer.trace, answer.mode)
    result["warnings"] = [finding._asdict() for finding in answer.findings]
    return result


def trace_record(trace: Trace, mode: str | None) -> dict[str, Any]:
    """Return the trace: the primal rows, and those of the tangents or the adjoints."""
    from adcli.graph import decimal_text
    from adcli.names import identifiers
    from adcli.notation import PLAIN
    from adcli.render.arrays import one_line, sample, size_of
    from adcli.trace import ADJOINT, TANGENT, VALUE

    graph = trace.program.graph
    names = identifiers(graph)
    marks = {VALUE: "", TANGENT: "_dot", ADJOINT: "_bar"}

    def name(label: str) -> str:
        index, kind = label.split(" ")
        called = names.get(int(index))
        return trace.constant(int(index)) if called is None else called + marks[kind]

    def literal(value: Any) -> str:
        """Return a number or an array as it is typed."""
        return one_line(sample(value, SMALL), decimal_text)

    def texts(
        formula: int | None, operands: Mapping[str, float], given: Any, called: str = ""
    ) -> dict[str, str | None]:
        if formula is None:  # what is given, an input or a seed, stands for itself
            text = literal(given) if size_of(given) <= SMALL else None
            return {"formula": called or text, "substituted": text}
        small = all(size_of(trace.known(label, operands)) <= SMALL for label in trace.names_in(formula))
        put_in = PLAIN._replace(name=lambda label: literal(trace.known(label, operands)))
        return {
            "formula": trace.written(formula, PLAIN._replace(name=name)),
            "substituted": trace.written(formula, put_in) if small else None,
        }

    primal = [
        {
            "node": names[step.node],
            "name": graph.names.get(step.node),
            "operation": step.operation,
            "arguments": [names.get(argument) or trace.constant(argument) for argument in step.arguments],
            **texts(step.formula, {}, step.value, names[step.node]),
            "value": numbers(step.value),
        }
        for step in trace.primal
    ]
    result: dict[str, Any] = {"primal": primal}
    if trace.series:
        result["series"] = [
            {"node": names[node], "coefficients": numbers(series)} for node, series in trace.series.items()
        ]
    if mode == "forward":
        result["tangent"] = [
            {
                "node": names[row.node],
                "wrt": row.wrt or None,
                **texts(row.formula, row.operands, row.value),
                "value": numbers(row.value),
            }
            for row in trace.tangents
        ]
    elif mode == "reverse":
        several = {row.number for row in trace.adjoints} != {0}
        result["adjoint"] = [
            {
                **({"output": row.number} if several else {}),
                "node": names[row.node] if row.node in names else trace.constant(row.node),
                "from": None if row.source is None else names[row.source],
                **texts(row.formula, row.operands, row.total),
                "upstream": None if row.upstream is None else numbers(row.upstream),
                "partial": None if row.partial is None else numbers(row.partial),
                "contribution": numbers(row.contribution),
                "total": numbers(row.total),
            }
            for row in trace.adjoints
        ]
    return result
