"""The language: text -> Program. See syntax.py (text -> postfix code) and elaborate.py (postfix code -> graph)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adcli.errors import Fault
from adcli.graph import Graph
from adcli.language import syntax as reader
from adcli.language.elaborate import MAX_STEPS, Constants, Elaboration, RuleText
from adcli.language.program import Program
from adcli.language.syntax import Syntax
from adcli.rules.compiled import read_with

__all__ = ["MAX_STEPS", "Program", "Syntax", "array", "constants", "elaborate", "parse"]


def parse(text: str, start: str = "program") -> Syntax:
    """Return the postfix code of a program, or with start="point" that of the values of a point."""
    try:
        return reader.parse(text, start)
    except Fault as fault:
        fault.text = text
        raise


def elaborate(syntax: Syntax, point: Mapping[str, float], max_steps: int = MAX_STEPS) -> Program:
    """Return the program of a parsed text, with the shape (the ends of its ranges) that it has at the point.

    Raises Fault for what the text asks for and cannot have: an unknown function, a wrong number of arguments, a range whose
    end is not whole.
    """
    try:
        return Elaboration(syntax, point, max_steps).program()
    except Fault as fault:
        fault.text = syntax.text
        raise


def constants(text: str) -> list[tuple[str, float]]:
    """Return what ``name=constant expression, ...`` says, as --at takes it, in order."""
    syntax = parse(text, start="point")
    try:
        machine, found, name = Constants(syntax, {}), list[tuple[str, Any]](), ""
        for _, name, _, start, stop, _ in syntax.statements:
            found.append((name, machine.evaluate(start, stop)))
        return found
    except Fault as fault:
        if fault.name == "ragged":
            fault = Fault("ragged_value", fault.span, where="", name=name)
        fault.text = text
        raise fault from None


def array(text: str) -> list[float]:
    """Return the numbers that ``constant expression, ...`` says, perhaps in [ ], as --cotangent takes it."""
    if not text.strip():
        return []
    if not text.lstrip().startswith("["):
        text = f"[{text}]"
    syntax = parse(text)
    try:
        machine = Constants(syntax, {})
        program = machine.program()
        values = [machine.shape.value(output) for output in program.outputs]
        return values if program.vector else values[0].tolist()
    except Fault as fault:
        fault.text = text
        raise


def read_rule(text: str) -> tuple[Graph, int]:
    """Return the graph of an expression of the table, which may use the internal functions too."""
    program = RuleText(parse(text), {}).program()
    return program.graph, program.output


read_with(read_rule)
