"""Notation: expressions as text.

An expression comes as postfix items, operands before their operator: a graph is walked into such items here, the program
as typed is one already. One pass puts the pieces together, brackets where the binding strengths of the table ask for them;
what is written in the plain style reads back as the same expression. Nothing recurses, and nothing grows faster than the
text: a piece is a rope (nested tuples) until the whole is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from adcli.graph import INPUT, NUMBER, Graph
from adcli.rules import CONSTANTS
from adcli.rules.compiled import read
from adcli.rules.primitive import ATOM, CHOICE, COMPARISON, POWER, PRODUCT, SIGN, Array, Primitive

Rope = Any
"""A text, or a tuple of ropes."""


class Style(NamedTuple):
    """How things are spelled: ``times`` between factors; ``bare`` writes ``sin x`` where no bracket is needed;
    ``constants`` spells pi and its like; ``name`` spells a name."""

    times: str
    bare: bool
    constants: Mapping[str, str]
    name: Callable[[str], str]


PLAIN = Style("*", False, {name: name for name in CONSTANTS}, str)
"""ASCII, and reads back."""


class Piece(NamedTuple):
    """A part of an expression: its text, how tightly it binds, whether it begins with a minus, and its text where
    something follows that a bare argument would swallow (``sin x`` is then ``sin(x)``)."""

    rope: Rope
    strength: int
    minus: bool
    closed: Rope


Item = tuple[Any, Any]
"""(Primitive, number of arguments), (None, Piece), (SLOT, number), or (WRITE, (number of arguments, pieces -> Piece)) for
what the table has no row for."""

WRITE = "write"
SLOT = "slot"


def atom(text: str) -> Item:
    """Return the item of a name or a number."""
    minus = text.startswith("-")
    return None, Piece(text, SIGN if minus else ATOM, minus, text)


def postfix(graph: Graph, output: int, leaf: Callable[[int], Item | None]) -> Iterator[Item]:
    """Walk a graph down from a node and yield its items; ``leaf`` may give an item for a node, which is then an operand."""
    nodes, pending = graph.nodes, [(output, False)]
    while pending:
        index, done = pending.pop()
        head = nodes[index][0]
        if done:
            yield head, len(nodes[index]) - 1
        elif (item := leaf(index)) is not None:
            yield item
        else:
            pending.append((index, True))
            pending.extend((argument, False) for argument in reversed(graph.arguments(index)))


def leaves(graph: Graph, style: Style) -> Callable[[int], Item | None]:
    """Return what ``postfix`` needs to spell inputs by their names, and numbers and constants by their text."""

    def leaf(index: int) -> Item | None:
        head, *rest = graph.nodes[index]
        if head is INPUT:
            return atom(style.name(str(rest[0])))
        if head is NUMBER:
            return atom(str(rest[0]))
        if isinstance(head, Array) and not rest:
            return None, array_row(head, [], style)
        return atom(style.constants[head.name]) if isinstance(head, Primitive) and not rest else None

    return leaf


def text_of(graph: Graph, output: int, style: Style = PLAIN) -> str:
    """Return the expression of a node, written out."""
    return spell(postfix(graph, output, leaves(graph, style)), style)


def spell(items: Iterable[Item], style: Style = PLAIN) -> str:
    """Return the text of an expression given as postfix items."""
    return flatten(_assemble(items, style, []).rope)


def _assemble(items: Iterable[Item], style: Style, slots: list[Piece]) -> Piece:
    """Put the pieces of an expression together; a SLOT item stands for one of ``slots``."""
    stack: list[Piece] = []
    for head, payload in items:
        if head is None:
            stack.append(payload)
        elif head is SLOT:
            stack.append(slots[payload])
        else:
            count, write = payload if head is WRITE else (payload, None)
            first = len(stack) - count
            pieces = stack[first:]
            del stack[first:]
            stack.append(write(pieces) if write else _operation(head, pieces, style))
    (piece,) = stack
    return piece


def _operation(row: Primitive, pieces: list[Piece], style: Style) -> Piece:
    """Write one primitive with its arguments."""
    if row.shown:
        return _assemble(_template(row), style, pieces)
    if isinstance(row, Array) and not row.sign:
        return array_row(row, pieces, style)
    if not row.sign:
        return call(row.name, pieces, style)
    if len(pieces) == 1:
        operand = bracketed(pieces[0], row.strength + (row.sign == "-"))
        sign = row.sign if row.sign == "-" else row.sign + " "
        return Piece((sign, operand.rope), row.strength, row.sign == "-", (sign, operand.closed))
    return _infix(row, pieces[0], pieces[1], style)


def _infix(row: Primitive, left: Piece, right: Piece, style: Style) -> Piece:
    """Write an operator between its operands. Equal strengths associate to the left, powers to the right, comparisons
    not at all; a right operand that begins with a minus is bracketed."""
    strength = row.strength
    if strength == POWER:
        left, right = bracketed(left, ATOM), bracketed(right, POWER)
    else:
        left = bracketed(left, strength + (strength == COMPARISON))
        right = bracketed(right, ATOM if right.minus else SIGN + 1 if strength == PRODUCT else strength + 1)
    sign = f" {row.sign} " if strength < PRODUCT else style.times if row.sign == "*" else row.sign
    return Piece((left.closed, sign, right.rope), strength, left.minus, (left.closed, sign, right.closed))


def bracketed(piece: Piece, strength: int) -> Piece:
    """Return the piece in brackets unless it binds at least that tightly."""
    if piece.strength >= strength:
        return piece
    rope = ("(", piece.rope, ")")
    return Piece(rope, ATOM, False, rope)


def call(name: str, pieces: list[Piece], style: Style) -> Piece:
    """Write a function with its arguments."""
    parts: list[Rope] = []
    for piece in pieces:
        parts += [", ", piece.rope]
    closed = (name, "(", tuple(parts[1:]), ")")
    bare = style.bare and len(pieces) == 1 and pieces[0].strength == ATOM and isinstance(pieces[0].rope, str)
    return Piece((name, " ", pieces[0].rope) if bare else closed, ATOM, False, closed)


def array_row(row: Array, pieces: list[Piece], style: Style) -> Piece:
    """Write a row of arrays: what it is given besides arrays stands where a person types it."""
    style = style._replace(bare=False)
    if row.name == "array":
        return listed(pieces)
    if row.name == "index":
        return indexed(pieces[0], [atom_text(item) for item in row.static])
    if row.name == "scatter":  # nothing that can be typed does this
        place = ", ".join(map(atom_text, row.static))
        rope = (bracketed(pieces[0], PRODUCT).rope, f" at [{place}]")
        return Piece(rope, CHOICE, pieces[0].minus, rope)
    if row.name == "grid":
        return call("linspace", [word("0"), word("1"), word(str(row.static[0]))], style)
    if row.name == "concat":
        axis = row.static[0]
        return call("concat", pieces + ([word(f"axis={axis}")] if axis else []), style)
    return call(row.name, [*pieces, *(word(atom_text(item)) for item in row.static)], style)


def atom_text(item: Any) -> str:
    """Return an item of an index, an axis or a size as it is typed."""
    if not isinstance(item, tuple):
        return str(item)
    start, stop, step = ("" if end is None else str(end) for end in item)
    return f"{start}:{stop}" + (f":{step}" if step else "")


def word(text: str) -> Piece:
    """Return a text as a piece that no brackets go around."""
    return Piece(text, ATOM, False, text)


def listed(pieces: list[Piece]) -> Piece:
    """Write an array with its elements."""
    rope = ("[", tuple((", " * (number > 0), piece.rope) for number, piece in enumerate(pieces)), "]")
    return Piece(rope, ATOM, False, rope)


def indexed(piece: Piece, items: Iterable[Rope]) -> Piece:
    """Write an indexing."""
    inside = tuple((", " * (number > 0), item) for number, item in enumerate(items))
    rope = (bracketed(piece, ATOM).closed, "[", inside, "]")
    return Piece(rope, ATOM, False, rope)


@cache
def _template(row: Primitive) -> tuple[Item, ...]:
    """Return the items of the ordinary expression that an internal row prints as, its parameters as slots."""
    graph, output = read(row.shown)
    plain = leaves(graph, PLAIN)

    def leaf(index: int) -> Item | None:
        head, *rest = graph.nodes[index]
        return (SLOT, row.parameters.index(str(rest[0]))) if head is INPUT else plain(index)

    return tuple(postfix(graph, output, leaf))


def flatten(rope: Rope) -> str:
    """Return the text of a rope."""
    texts, pending = [], [rope]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            texts.append(part)
        else:
            pending.extend(reversed(part))
    return "".join(texts)
