"""The reading: how adcli understood a program, written so that it reads back as the same program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from adcli.language import words
from adcli.language.code import beginning, every
from adcli.language.machine import ROWS
from adcli.language.program import Program
from adcli.language.syntax import (
    ARRAY,
    BINARY,
    CALL,
    CHAIN,
    CHOOSE,
    CONSTANT,
    INDEX,
    NAME,
    NUMBER,
    RANGE,
    UNARY,
    Syntax,
)
from adcli.notation import PLAIN, WRITE, Item, Piece, Rope, Style, atom, bracketed, call, indexed, listed, spell
from adcli.rules import TABLE
from adcli.rules.primitive import CHOICE, COMPARISON, OR, SIGN

if TYPE_CHECKING:
    from adcli.language.code import Statement

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
    return "\n".join([*_lines(syntax, statements, style), f"{head} = {_text(syntax, last[3], last[4], style)}"])


def _text(syntax: Syntax, start: int, stop: int, style: Style) -> str:
    return spell(_items(syntax, start, stop, style), style)


def _lines(syntax: Syntax, statements: Sequence[Statement], style: Style) -> Iterator[str]:
    """Yield the lines of statements, those in blocks indented."""
    pending: list[tuple[str, Statement | str]] = [("", statement) for statement in reversed(statements)]
    while pending:
        indent, statement = pending.pop()
        if isinstance(statement, str):
            yield indent + statement
            continue
        kind, bound, detail, start, stop, _ = statement
        if kind in ("bind", "define"):
            left = style.name(bound)
            if kind == "define":
                left += f"({', '.join(style.name(parameter) for parameter in detail)})"
            yield f"{indent}{left} = {_text(syntax, start, stop, style)}"
            continue
        if kind == "for":
            middle = beginning(syntax.ops, syntax.args, stop - 1)
            ends = f"{_text(syntax, start, middle, style)}..{_text(syntax, middle, stop, style)}"
            arms = [(f"for {style.name(bound)} in {ends}", detail)]
        elif kind == "while":
            arms = [(f"while {_text(syntax, start, stop, style)}", detail)]
        else:
            tests = [None if begin is None else _text(syntax, begin, end, style) for begin, end, _ in detail]
            heads = ["else" if test is None else f"{'else ' * (at > 0)}if {test}" for at, test in enumerate(tests)]
            arms = list(zip(heads, (block for *_, block in detail)))
        for written, block in reversed(arms):
            pending.append((indent, "}"))
            pending += [(indent + "    ", inner) for inner in reversed(block)]
            pending.append((indent, f"{written} {{"))


def result_name(program: Program) -> str:
    """Return the name of the result: the one that the program gives it, or f, or a name that it does not use."""
    if program.title is not None:
        return program.title
    syntax = program.syntax
    used = {arg for op, arg in zip(syntax.ops, syntax.args) if op == NAME}
    used |= {statement[1] for statement in every(syntax.statements)}
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
            yield ROWS[arg], op - UNARY + 1
        elif op == CALL:
            name, count, keywords = arg
            own = any(statement[0] == "define" and statement[1] == name for statement in every(syntax.statements))
            shown = name if own or (name, count) == ("log", 2) else words.FUNCTIONS[name]
            count -= at in series  # the two ends of its range are one piece by now
            yield WRITE, (count, partial(_call, shown, keywords, style))
        elif op == RANGE:
            series.add(arg[1])
            yield WRITE, (2, partial(_range, arg[0], style))
        elif op == CHAIN:
            yield WRITE, (len(arg) + 1, partial(_chain, [TABLE[name].sign for name in arg]))
        elif op == CHOOSE:
            yield WRITE, (3, _choice)
        elif op == ARRAY:
            yield WRITE, (arg, listed)
        elif op == INDEX:
            yield WRITE, ("".join(arg).count("x") + 1, partial(_index, arg))


def _call(name: str, keywords: Sequence[str], style: Style, pieces: list[Piece]) -> Piece:
    first = len(pieces) - len(keywords)
    for at, keyword in enumerate(keywords, first):
        rope = (keyword, "=", pieces[at].rope)
        pieces[at] = Piece(rope, CHOICE, False, rope)
    return call(name, pieces, style)


def _index(items: Sequence[str], pieces: list[Piece]) -> Piece:
    """Write an indexing; an item is a text with an x for each value."""
    base, *values = pieces
    rest = iter(values)
    parts: list[Rope] = [tuple(next(rest).rope if char == "x" else char for char in item) for item in items]
    return indexed(base, parts)


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
