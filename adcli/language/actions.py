"""What the driver does at the rarer reductions: statements, arrays, series, roots, comparisons.

A function here is the action of the grammar's alias or rule of the same name (see ACTIONS, at the end). Its ``places``
are those in the text where the production's symbols begin. The commoner actions are inline in syntax.py.
"""

from __future__ import annotations

from adcli.errors import Fault
from adcli.language.code import (
    ARRAY,
    BINARY,
    CALL,
    CHAIN,
    CHOOSE,
    CONSTANT,
    DERIV,
    INDEX,
    NAME,
    NUMBER,
    RANGE,
    UNARY,
    Syntax,
)
from adcli.language.tokens import TO_ASCII, is_name, literal_of, name_of, powered, scan, word_at
from adcli.language.words import CONSTANTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from adcli.language.code import Statement

    Places = list[int]
    Frame = list[Any]

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}


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
        self.targets: list[tuple[str, tuple[str, ...] | None, int]] = []  # of an assignment: name, parameters, position
        self.keys: Places = []  # of a named argument, a range or a binding: the place of its name
        self.block: list[Statement] = code.statements
        self.arms: list[tuple[int, list[tuple[Any, ...]]]] = []  # of each if: its place, its arms
        self.open: list[
            tuple[list[Statement], tuple[Any, ...]]
        ] = []  # of each block: the enclosing list of statements, and its header

    def emit(self, op: int, arg: object, place: int) -> None:
        """Append an instruction, anchored at a place in the text."""
        code = self.code
        code.ops.append(op)
        code.args.append(arg)
        code.at.append(place)

    def word(self, place: int) -> str:
        """Give the word at a place."""
        return word_at(self.text, place)

    def state(self, kind: str, name: str | None, detail: object, place: int) -> None:
        """Append a statement to the block: its code is all that belongs to none yet."""
        stop = len(self.code.ops)
        self.add((kind, name, detail, self.begin, stop, place))

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


def superscript(build: Builder, places: Places) -> None:
    """Emit the number that a superscript writes."""
    build.emit(NUMBER, build.word(places[0]).translate(TO_ASCII).lstrip("+"), places[0])


def root_of_group(build: Builder, places: Places) -> None:
    """Emit the root of what is in brackets."""
    build.emit(UNARY, "sqrt", places[0])


def root_of_name(build: Builder, places: Places) -> None:
    """Emit a name or a constant, and its root."""
    word = build.word(places[1])
    if word in CONSTANTS:
        build.emit(CONSTANT, CONSTANTS[word], places[1])
    else:
        build.emit(NAME, name_of(word), places[1])
    build.emit(UNARY, "sqrt", places[0])


def root_of_number(build: Builder, places: Places) -> None:
    """Emit a number, and its root."""
    build.emit(NUMBER, literal_of(build.word(places[1])), places[1])
    build.emit(UNARY, "sqrt", places[0])


def absolute(build: Builder, places: Places) -> None:
    """Emit what bars mean."""
    build.emit(UNARY, "abs", places[0])


def negation(build: Builder, places: Places) -> None:
    """Emit `not`."""
    build.emit(UNARY, "not", places[0])


def choose(build: Builder, places: Places) -> None:
    """Emit the choice of `a if c else b`."""
    build.emit(CHOOSE, None, places[1])


def first_relation(build: Builder, places: Places) -> None:
    """Begin a chain of comparisons."""
    build.relations.append([places[1], COMPARISONS[build.word(places[1])]])


def next_relation(build: Builder, places: Places) -> None:
    """Note one more comparison of a chain."""
    build.relations[-1].append(COMPARISONS[build.word(places[1])])


def compare(build: Builder, places: Places) -> None:
    """End a chain of comparisons; one alone is an operator like any other."""
    place, *rows = build.relations.pop()
    if len(rows) == 1:
        build.emit(BINARY, rows[0], place)
    else:
        build.emit(CHAIN, tuple(rows), place)


# --- Calls ---


def extras(frame: Frame) -> dict[str, Any]:
    """Give the dict of what a call has besides plain arguments: its exponent, the place of its RANGE or DERIV, its named
    arguments."""
    if len(frame) == 2:
        frame.append({})
    more: dict[str, Any] = frame[2]
    return more


def powered_callee(build: Builder, places: Places) -> None:
    """Open the call of sin^2(x), whose power comes after it."""
    found = powered(build.text, places[0])
    assert found  # as the driver saw
    name, _, exponent, raised = found.groups()
    build.frames.append([name_of(name), 1, {"exponent": exponent or raised.translate(TO_ASCII).lstrip("+")}])
    if build.frames[-1][0] == "deriv":
        open_deriv(build, places[0])


def open_deriv(build: Builder, place: int) -> None:
    """Mark where the arguments of deriv begin: what it differentiates by must be known before they are elaborated."""
    extras(build.frames[-1])["deriv"] = len(build.code.ops)
    build.emit(DERIV, [None], place)


def call(build: Builder, place: int, frame: Frame, argc: int) -> None:
    """End a call that has more to it than plain arguments."""
    more = extras(frame)
    if "range" in more:
        build.code.args[more["range"]][1] = len(build.code.ops)
    if "deriv" in more and argc == 2:
        if build.code.ops[-1] != NAME:
            raise Fault("deriv_by_what", build.code.extent(len(build.code.ops) - 1))
        build.code.args[more["deriv"]][0] = build.code.args[-1]
    build.emit(CALL, (frame[0], argc, tuple(more.get("named", ()))), place)
    if "exponent" in more:
        build.emit(NUMBER, more["exponent"], place)
        build.emit(BINARY, "pow", place)


def call_of_nothing(build: Builder, places: Places) -> None:
    """End a call without arguments."""
    call(build, places[0], build.frames.pop(), 0)


def series(build: Builder, places: Places) -> None:
    """End a call with a range."""
    call(build, places[0], build.frames.pop(), 3)


def range_of_series(build: Builder, places: Places) -> None:
    """Bind the index of a series, now that both ends are there."""
    place = build.keys.pop()
    extras(build.frames[-1])["range"] = len(build.code.ops)
    build.emit(RANGE, [plain_name(build.word(place), place), None], place)


def key(build: Builder, places: Places) -> None:
    """Note the name before a "=" in brackets or in a point."""
    build.keys.append(places[0])


def first_named(build: Builder, places: Places) -> None:
    """Note a named argument that stands first."""
    extras(build.frames[-1])["named"] = [name_of(build.word(build.keys.pop()))]


def next_named(build: Builder, places: Places) -> None:
    """Note a further named argument."""
    frame = build.frames[-1]
    frame[1] += 1
    extras(frame).setdefault("named", []).append(name_of(build.word(build.keys.pop())))


def plain_name(word: str, place: int) -> str:
    """Give the name that is to be bound, which must be no constant's."""
    if word in CONSTANTS:
        raise Fault("binds_constant", (place, place + len(word)), name=word)
    return name_of(word)


# --- Arrays ---


def first_element(build: Builder, places: Places) -> None:
    """Begin to count the elements of an array."""
    build.counts.append(1)


def next_element(build: Builder, places: Places) -> None:
    """Count an element."""
    build.counts[-1] += 1


def array(build: Builder, places: Places) -> None:
    """Emit an array."""
    build.emit(ARRAY, build.counts.pop(), places[0])


def empty_array(build: Builder, places: Places) -> None:
    """Emit an array of nothing."""
    build.emit(ARRAY, 0, places[0])


def given(build: Builder, places: Places) -> None:
    """Spell an item, or an end of a slice, that has a value."""
    build.items.append("x")


def omitted(build: Builder, places: Places) -> None:
    """Spell an end of a slice that has none."""
    build.items.append("")


def slice_of_two(build: Builder, places: Places) -> None:
    """Put the spelling of a slice together."""
    stop = build.items.pop()
    build.items[-1] += ":" + stop


def slice_of_three(build: Builder, places: Places) -> None:
    """Put the spelling of a slice with a step together."""
    step, stop = build.items.pop(), build.items.pop()
    build.items[-1] += ":" + stop + ":" + step


def first_item(build: Builder, places: Places) -> None:
    """Begin the list of an index's items."""
    build.items[-1] = [build.items[-1]]


def next_item(build: Builder, places: Places) -> None:
    """Add an item to the list."""
    item = build.items.pop()
    build.items[-1].append(item)


def index(build: Builder, places: Places) -> None:
    """Emit an indexing."""
    build.emit(INDEX, tuple(build.items.pop()), places[1])


# --- Statements ---


def value(build: Builder, places: Places) -> None:
    """End a statement that is an expression."""
    build.state("value", None, (), places[0])


def target(build: Builder, places: Places) -> None:
    """Take what stands left of "=" for a name or for a function's head, and forget its code."""
    code, start, stop = build.code, places[0], places[1]
    name, *rest = words_between(build.text, start, stop)
    parameters = None
    if rest:
        inside, marks = rest[1:-1:2], [word for _, word in (rest[0], *rest[2:-1:2], rest[-1])]
        if marks != ["(", *[","] * (len(marks) - 2), ")"] or not all(is_name(word) for _, word in inside):
            raise bad_target(build.text, start, stop)
        parameters = tuple(plain_name(word, place) for place, word in inside)
        for at, (place, word) in enumerate(inside):
            if parameters[at] in parameters[:at]:
                raise Fault("repeated_parameter", (place, place + len(word)), name=word)
    if not is_name(name[1]):
        raise bad_target(build.text, start, stop)
    build.targets.append((plain_name(name[1], start), parameters, start))
    del code.ops[build.begin :], code.args[build.begin :], code.at[build.begin :]
    if code.extents is not None:
        del code.extents[build.begin :]


def words_between(text: str, start: int, stop: int) -> list[tuple[int, str]]:
    """Give the words between two places, but for newlines and comments."""
    found = []
    for place, word in scan(text, start):
        if place >= stop:
            break
        if word[0] not in "\r\n#":
            found.append((place, word))
    return found


def bad_target(text: str, start: int, stop: int) -> Fault:
    """Refuse what stands left of "="."""
    return Fault("bad_target", (start, start + len(text[start:stop].rstrip())))


def assign(build: Builder, places: Places) -> None:
    """End a binding or a definition."""
    name, parameters, place = build.targets.pop()
    if parameters is None:
        build.state("bind", name, (), place)
    else:
        build.state("define", name, parameters, place)


def binding(build: Builder, places: Places) -> None:
    """End a value of a point."""
    place = build.keys.pop()
    build.state("bind", plain_name(build.word(place), place), (), place)


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


def open_for(build: Builder, places: Places) -> None:
    """Open the block of a for."""
    enter(build, "for", plain_name(build.word(places[1]), places[1]), places[0])


def open_while(build: Builder, places: Places) -> None:
    """Open the block of a while."""
    enter(build, "while", None, places[0])


def end_loop(build: Builder, places: Places) -> None:
    """End a loop."""
    block, (kind, name, place, start, stop) = leave(build)
    build.add((kind, name, block, start, stop, place))


def open_if(build: Builder, places: Places) -> None:
    """Open the block after an if's condition."""
    enter(build, places[-3])


def open_else(build: Builder, places: Places) -> None:
    """Open the block of an else."""
    enter(build, None)


def first_arm(build: Builder, places: Places) -> None:
    """End the first block of an if."""
    block, (place, start, stop) = leave(build)
    build.arms.append((place, [(start, stop, block)]))


def next_arm(build: Builder, places: Places) -> None:
    """End the block of an else if."""
    block, (_, start, stop) = leave(build)
    build.arms[-1][1].append((start, stop, block))


def end_otherwise(build: Builder, places: Places) -> None:
    """End an if by its else."""
    block, _ = leave(build)
    build.arms[-1][1].append((None, None, block))
    end_conditional(build, places)


def end_conditional(build: Builder, places: Places) -> None:
    """End an if."""
    place, arms = build.arms.pop()
    start, stop, _ = arms[0]
    build.add(("if", None, arms, start, stop, place))


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
