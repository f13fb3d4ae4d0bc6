"""The reading: how adcli understood a program, written so that it reads back as the same program."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from adcli.language import words
from adcli.language.program import Program
from adcli.language.syntax import ARRAY, BINARY, CALL, CHAIN, CHOOSE, CONSTANT, NAME, NUMBER, RANGE, UNARY, Syntax
from adcli.notation import PLAIN, WRITE, Item, Piece, Style, atom, bracketed, call, spell
from adcli.rules import TABLE
from adcli.rules.primitive import ATOM, CHOICE, COMPARISON, OR, SIGN

LONGEST = 2_000
"""Programs of more instructions than this are counted, not written out."""


def reading(program: Program, style: Style = PLAIN) -> str:
    """Return the program as statements, one a line, the last one a function of the inputs."""
    syntax = program.syntax
    name = result_name(program)
    inputs = ", ".join(map(style.name, program.inputs))
    head = f"{name}({inputs})" if inputs else name
    if len(syntax.ops) > LONGEST:
        return f"{name} is a program of {len(program.graph.steps()):,} steps with {len(program.inputs):,} input{'s' * (len(program.inputs) != 1)}"
    *statements, last = syntax.statements
    lines = []
    for kind, bound, parameters, start, stop, _ in statements:
        left = style.name(bound)
        if kind == "define":
            left += f"({', '.join(style.name(parameter) for parameter in parameters)})"
        lines.append(f"{left} = {spell(_items(syntax, start, stop, style), style)}")
    return "\n".join([*lines, f"{head} = {spell(_items(syntax, last[3], last[4], style), style)}"])


def result_name(program: Program) -> str:
    """Return the name of the result: the one that the program gives it, or f, or a name that it does not use."""
    if program.title is not None:
        return program.title
    syntax = program.syntax
    used = {arg for op, arg in zip(syntax.ops, syntax.args) if op == NAME}
    used |= {statement[1] for statement in syntax.statements}
    return next(
        name
        for name in ("f", "F", "g", "G", "h", "result", *(f"f{i}" for i in range(len(used) + 1)))
        if name not in used
    )


def _items(syntax: Syntax, start: int, stop: int, style: Style) -> Iterator[Item]:
    """Yield the notation items of a stretch of instructions."""
    series: set[int] = set()
    for at in range(start, stop):
        op, arg = syntax.ops[at], syntax.args[at]
        if op == NUMBER:
            yield atom(arg)
        elif op == NAME:
            yield atom(style.name(arg))
        elif op == CONSTANT:
            yield atom(style.constants[arg])
        elif arg == "neg" and syntax.ops[at - 1] == NUMBER:
            yield WRITE, (1, _negated)  # -(2) is a step, -2 is a number
        elif op in (UNARY, BINARY):
            yield TABLE[arg], op - UNARY + 1
        elif op == CALL:
            name, count, _ = arg
            own = any(statement[0] == "define" and statement[1] == name for statement in syntax.statements)
            shown = name if own or (name, count) == ("log", 2) else words.FUNCTIONS[name]
            count -= at in series  # the two ends of its range are one piece by now
            yield WRITE, (count, partial(_call, shown, style))
        elif op == RANGE:
            series.add(arg[1])
            yield WRITE, (2, partial(_range, arg[0], style))
        elif op == CHAIN:
            yield WRITE, (len(arg) + 1, partial(_chain, [TABLE[name].sign for name in arg]))
        elif op == CHOOSE:
            yield WRITE, (3, _choice)
        elif op == ARRAY:
            yield WRITE, (arg, _array)


def _call(name: str, style: Style, pieces: list[Piece]) -> Piece:
    return call(name, pieces, style)


def _array(pieces: list[Piece]) -> Piece:
    rope = ("[", tuple((", " * (number > 0), piece.rope) for number, piece in enumerate(pieces)), "]")
    return Piece(rope, ATOM, False, rope)


def _negated(pieces: list[Piece]) -> Piece:
    rope = ("-(", pieces[0].rope, ")")
    return Piece(rope, SIGN, True, rope)


def _range(index: str, style: Style, pieces: list[Piece]) -> Piece:
    rope = (style.name(index), "=", pieces[0].rope, "..", pieces[1].rope)
    return Piece(rope, CHOICE, False, rope)


def _chain(signs: list[str], pieces: list[Piece]) -> Piece:
    operands = [bracketed(piece, COMPARISON + 1).rope for piece in pieces]
    rope = (operands[0], tuple((f" {sign} ", operand) for sign, operand in zip(signs, operands[1:])))
    return Piece(rope, COMPARISON, pieces[0].minus, rope)


def _choice(pieces: list[Piece]) -> Piece:
    here, condition, there = (bracketed(piece, least) for piece, least in zip(pieces, (OR, OR, CHOICE)))
    rope = (here.rope, " if ", condition.rope, " else ", there.rope)
    return Piece(rope, CHOICE, here.minus, rope)
