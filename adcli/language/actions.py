"""What the driver does at the rarer reductions: statements, arrays, series, roots, comparisons.

A function here is the action of the grammar's alias or rule of the same name (see ACTIONS, at the end). Its ``parts`` are
the marks of the production's symbols: a mark is the tokenizer's match of the first token of a symbol. The commoner
actions are inline in syntax.py.
"""

from __future__ import annotations

import re

from adcli.errors import Fault
from adcli.language.code import ARRAY, BINARY, CALL, CHAIN, CHOOSE, CONSTANT, INDEX, NAME, NUMBER, RANGE, UNARY, Syntax
from adcli.language.tokens import NAME as A_NAME
from adcli.language.tokens import TO_ASCII, literal_of, name_of, powered
from adcli.language.words import CONSTANTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from adcli.language.code import Statement

    Marks = list[re.Match[str]]
    Frame = list[Any]

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

_GAP = r"(?:[ \t\r\n]|#[^\n]*\n)*"
_PARAMETERS = rf"{_GAP}(?:{A_NAME}{_GAP}(?:,{_GAP}{A_NAME}{_GAP})*(?:,{_GAP})?)?"
_TARGET = re.compile(rf"{A_NAME}{_GAP}(?:\(({_PARAMETERS})\){_GAP})?").fullmatch
_names = re.compile(rf"#[^\n]*|({A_NAME})").finditer


class Builder:
    """The code so far, and what is open: calls, chains of comparisons, arrays, blocks."""

    def __init__(self, code: Syntax) -> None:
        self.code = code
        self.text = code.text
        self.begin = 0  # the first instruction that belongs to no statement yet
        self.frames: list[Frame] = []  # of each call: name, arguments so far, and a dict of what else it has
        self.relations: list[list[Any]] = []  # of each chain: position, rows
        self.counts: list[int] = []  # of each array: elements
        self.items: list[Any] = []  # of each index: the items' spellings
        self.targets: list[tuple[str, tuple[str, ...] | None, re.Match[str]]] = []  # of an assignment: name, parameters, position
        self.keys: Marks = []  # of a named argument, a range or a binding: the mark of its name
        self.block: list[Statement] = code.statements
        self.arms: list[tuple[re.Match[str], list[tuple[Any, ...]]]] = []  # of each if: its mark, its arms
        self.open: list[tuple[list[Statement], tuple[Any, ...]]] = []  # of each block: the enclosing list of statements, and its header

    def emit(self, op: int, arg: object, mark: re.Match[str]) -> None:
        """Append an instruction, anchored at a mark."""
        code = self.code
        code.ops.append(op)
        code.args.append(arg)
        code.at.append(mark.start())

    def state(self, kind: str, name: str | None, detail: object, mark: re.Match[str]) -> None:
        """Append a statement to the block: its code is all that belongs to none yet."""
        stop = len(self.code.ops)
        self.add((kind, name, detail, self.begin, stop, mark.start()))

    def add(self, statement: Statement) -> None:
        """Append a statement to the block."""
        if self.block and self.block[-1][0] == "value":
            self.lose(self.block[-1])
        self.block.append(statement)
        self.begin = len(self.code.ops)

    def lose(self, statement: Statement) -> None:
        """Refuse a value that no one would see."""
        raise Fault("lost_value", self.code.extent(statement[4] - 1))


# --- Operands and operators ---


def superscript(build: Builder, parts: Marks) -> None:
    build.emit(NUMBER, parts[0][0].translate(TO_ASCII).lstrip("+"), parts[0])


def root_of_group(build: Builder, parts: Marks) -> None:
    build.emit(UNARY, "sqrt", parts[0])


def root_of_name(build: Builder, parts: Marks) -> None:
    word = parts[1][0]
    if word in CONSTANTS:
        build.emit(CONSTANT, CONSTANTS[word], parts[1])
    else:
        build.emit(NAME, name_of(word), parts[1])
    build.emit(UNARY, "sqrt", parts[0])


def root_of_number(build: Builder, parts: Marks) -> None:
    build.emit(NUMBER, literal_of(parts[1][0]), parts[1])
    build.emit(UNARY, "sqrt", parts[0])


def absolute(build: Builder, parts: Marks) -> None:
    build.emit(UNARY, "abs", parts[0])


def negation(build: Builder, parts: Marks) -> None:
    build.emit(UNARY, "not", parts[0])


def choose(build: Builder, parts: Marks) -> None:
    build.emit(CHOOSE, None, parts[1])


def first_relation(build: Builder, parts: Marks) -> None:
    build.relations.append([parts[1], COMPARISONS[parts[1][0]]])


def next_relation(build: Builder, parts: Marks) -> None:
    build.relations[-1].append(COMPARISONS[parts[1][0]])


def compare(build: Builder, parts: Marks) -> None:
    mark, *rows = build.relations.pop()
    if len(rows) == 1:
        build.emit(BINARY, rows[0], mark)
    else:
        build.emit(CHAIN, tuple(rows), mark)


# --- Calls ---


def extras(frame: Frame) -> dict[str, Any]:
    """Give the dict of what a call has besides plain arguments: its exponent, its RANGE's place, its named arguments."""
    if len(frame) == 2:
        frame.append({})
    more: dict[str, Any] = frame[2]
    return more


def powered_callee(build: Builder, parts: Marks) -> None:
    """The sin^2 of sin^2(x): the power follows the call."""
    sign, exponent, raised = powered(build.text, parts[0].start()).groups()  # type: ignore[union-attr]
    build.frames.append([name_of(parts[0][0]), 1, {"exponent": exponent or raised.translate(TO_ASCII).lstrip("+")}])


def call(build: Builder, mark: re.Match[str], frame: Frame, argc: int) -> None:
    """End a call that has more to it than plain arguments."""
    more = extras(frame)
    if "range" in more:
        build.code.args[more["range"]][1] = len(build.code.ops)
    build.emit(CALL, (frame[0], argc, tuple(more.get("named", ()))), mark)
    if "exponent" in more:
        build.emit(NUMBER, more["exponent"], mark)
        build.emit(BINARY, "pow", mark)


def call_of_nothing(build: Builder, parts: Marks) -> None:
    call(build, parts[0], build.frames.pop(), 0)


def series(build: Builder, parts: Marks) -> None:
    call(build, parts[0], build.frames.pop(), 3)


def range_of_series(build: Builder, parts: Marks) -> None:
    mark = build.keys.pop()
    extras(build.frames[-1])["range"] = len(build.code.ops)
    build.emit(RANGE, [plain_name(mark), None], mark)


def key(build: Builder, parts: Marks) -> None:
    build.keys.append(parts[0])


def first_named(build: Builder, parts: Marks) -> None:
    extras(build.frames[-1])["named"] = [name_of(build.keys.pop()[0])]


def next_named(build: Builder, parts: Marks) -> None:
    frame = build.frames[-1]
    frame[1] += 1
    extras(frame).setdefault("named", []).append(name_of(build.keys.pop()[0]))


def plain_name(mark: re.Match[str]) -> str:
    """Give the name that is to be bound, which must be no constant's."""
    word: str = mark[0]
    if word in CONSTANTS:
        raise Fault("binds_constant", mark.span(), name=word)
    return name_of(word)


# --- Arrays ---


def first_element(build: Builder, parts: Marks) -> None:
    build.counts.append(1)


def next_element(build: Builder, parts: Marks) -> None:
    build.counts[-1] += 1


def array(build: Builder, parts: Marks) -> None:
    build.emit(ARRAY, build.counts.pop(), parts[0])


def empty_array(build: Builder, parts: Marks) -> None:
    build.emit(ARRAY, 0, parts[0])


def given(build: Builder, parts: Marks) -> None:
    build.items.append("x")


def omitted(build: Builder, parts: Marks) -> None:
    build.items.append("")


def slice_of_two(build: Builder, parts: Marks) -> None:
    stop = build.items.pop()
    build.items[-1] += ":" + stop


def slice_of_three(build: Builder, parts: Marks) -> None:
    step, stop = build.items.pop(), build.items.pop()
    build.items[-1] += ":" + stop + ":" + step


def first_item(build: Builder, parts: Marks) -> None:
    build.items[-1] = [build.items[-1]]


def next_item(build: Builder, parts: Marks) -> None:
    item = build.items.pop()
    build.items[-1].append(item)


def index(build: Builder, parts: Marks) -> None:
    build.emit(INDEX, tuple(build.items.pop()), parts[1])


# --- Statements ---


def value(build: Builder, parts: Marks) -> None:
    build.state("value", None, (), parts[0])


def target(build: Builder, parts: Marks) -> None:
    """Take what stands left of "=" for a name or for a function's head, and forget its code."""
    code, start, stop = build.code, parts[0].start(), parts[1].start()
    found = _TARGET(build.text, start, stop)
    if found is None:
        raise Fault("bad_target", (start, start + len(build.text[start:stop].rstrip())))
    plain_name(parts[0])
    parameters: list[str] = []
    if found[1] is not None:
        for name in _names(build.text, *found.span(1)):
            if name[1]:
                parameter = plain_name(name)
                if parameter in parameters:
                    raise Fault("repeated_parameter", name.span(), name=name[0])
                parameters.append(parameter)
    build.targets.append((name_of(parts[0][0]), tuple(parameters) if found[1] is not None else None, parts[0]))
    del code.ops[build.begin :], code.args[build.begin :], code.at[build.begin :]
    if code.extents is not None:
        del code.extents[build.begin :]


def assign(build: Builder, parts: Marks) -> None:
    name, parameters, mark = build.targets.pop()
    if parameters is None:
        build.state("bind", name, (), mark)
    else:
        build.state("define", name, parameters, mark)


def binding(build: Builder, parts: Marks) -> None:
    mark = build.keys.pop()
    build.state("bind", plain_name(mark), (), mark)


def enter(build: Builder, *header: object) -> None:
    """Open a block: its header's code is all that belongs to no statement yet."""
    stop = len(build.code.ops)
    build.open.append((build.block, (*header, build.begin, stop)))
    build.block = []
    build.begin = stop


def leave(build: Builder) -> tuple[list[Statement], tuple[Any, ...]]:
    """Close a block, and give it with its header."""
    block = build.block
    if block and block[-1][0] == "value":
        build.lose(block[-1])
    build.block, header = build.open.pop()
    return block, header


def open_for(build: Builder, parts: Marks) -> None:
    enter(build, "for", plain_name(parts[1]), parts[0])


def open_while(build: Builder, parts: Marks) -> None:
    enter(build, "while", None, parts[0])


def end_loop(build: Builder, parts: Marks) -> None:
    block, (kind, name, mark, start, stop) = leave(build)
    build.add((kind, name, block, start, stop, mark.start()))


def open_if(build: Builder, parts: Marks) -> None:
    enter(build, parts[-3])


def open_else(build: Builder, parts: Marks) -> None:
    enter(build, None)


def first_arm(build: Builder, parts: Marks) -> None:
    block, (mark, start, stop) = leave(build)
    build.arms.append((mark, [(start, stop, block)]))


def next_arm(build: Builder, parts: Marks) -> None:
    block, (_, start, stop) = leave(build)
    build.arms[-1][1].append((start, stop, block))


def end_otherwise(build: Builder, parts: Marks) -> None:
    block, _ = leave(build)
    build.arms[-1][1].append((None, None, block))
    end_conditional(build, parts)


def end_conditional(build: Builder, parts: Marks) -> None:
    mark, arms = build.arms.pop()
    start, stop, _ = arms[0]
    build.add(("if", None, arms, start, stop, mark.start()))


ACTIONS = {
    "superscript": superscript, "root_of_group": root_of_group, "root_of_name": root_of_name,
    "root_of_constant": root_of_name, "root_of_number": root_of_number, "abs": absolute, "not": negation,
    "choose": choose, "first_relation": first_relation, "next_relation": next_relation, "compare": compare,
    "powered_callee": powered_callee, "call_of_nothing": call_of_nothing, "series": series, "range": range_of_series,
    "key": key, "first_named": first_named, "next_named": next_named,
    "first_element": first_element, "next_element": next_element, "array": array, "empty_array": empty_array,
    "given": given, "omitted": omitted, "whole_item": given, "slice": slice_of_two, "stepped_slice": slice_of_three,
    "first_item": first_item, "next_item": next_item, "index": index,
    "value": value, "target": target, "assign": assign, "binding": binding,
    "open_for": open_for, "open_while": open_while, "end_loop": end_loop,
    "open_if": open_if, "open_else_if": open_if, "open_else": open_else, "first_arm": first_arm, "next_arm": next_arm,
    "end_otherwise": end_otherwise, "end_conditional": end_conditional,
}  # fmt: skip
