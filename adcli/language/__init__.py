"""The language: text -> Program. See syntax.py (text -> postfix code) and elaborate.py (postfix code -> graph)."""

from __future__ import annotations

from collections.abc import Mapping

from adcli.errors import Fault
from adcli.graph import Graph
from adcli.language import words
from adcli.language.elaborate import MAX_STEPS, Constants, Elaboration
from adcli.language.program import Program
from adcli.language.syntax import Syntax, parse
from adcli.rules import TABLE
from adcli.rules.compiled import read_with

__all__ = ["MAX_STEPS", "Program", "Syntax", "constants", "elaborate", "parse"]


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
        machine = Constants(syntax, {})
        return [(name, machine.evaluate(start, stop)) for _, name, _, start, stop, _ in syntax.statements]
    except Fault as fault:
        fault.text = text
        raise


def read_rule(text: str) -> tuple[Graph, int]:
    """Return the graph of an expression of the table, which may use the internal functions too."""
    program = Elaboration(parse(text), {}, functions=RULE_WORDS).program()
    return program.graph, program.output


RULE_WORDS = words.FUNCTIONS | {name: name for name in TABLE}
read_with(read_rule)
