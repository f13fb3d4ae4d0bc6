"""What the parser gives: postfix code, and where in the text it comes from.

Three parallel lists hold the instructions; there is no tree. The code of one expression is a stretch of them, and the
last instruction of a stretch is its root.
"""

from __future__ import annotations

from array import array

TYPE_CHECKING = False  # so that typing, which takes 7 ms, is not imported
if TYPE_CHECKING:
    from typing import Any

    Statement = tuple[Any, ...]

NUMBER, CONSTANT, NAME, UNARY, BINARY, CHAIN, CHOOSE, CALL, RANGE, ARRAY, INDEX, DERIV = range(12)
"""The opcodes. What the argument is, and how many values an instruction takes from the stack (each gives one):

NUMBER    the literal in ASCII, perhaps with a minus     0
CONSTANT  pi, e, tau, inf or deg                         0
NAME      the name                                       0
UNARY     neg, not, abs or sqrt                          1
BINARY    the name of a row                              2
CHAIN     the rows of a chain a < b <= c: (lt, le)       one more than there are rows
CHOOSE    None; the values are a, c, b of a if c else b  3
CALL      (name, argc, names of the named arguments)     argc; the named come last. A series has 3: lo, hi, body
RANGE     [index, stop]: the body of a series begins     0, and gives none: lo and hi stay on the stack;
          here and ends before the CALL at stop          the body's value is put above them
ARRAY     the number of elements                         that many
INDEX     a text for each item, with an x for a value:   one more than there are x in all
          "x", ":", "x:", ":x", "x:x", "x:x:x" ...
DERIV     [name]: the arguments of a call of deriv       0, and gives none
          begin here; name is what it differentiates by
"""

"""A statement is (kind, name, detail, start, stop, position): its code is start..stop, half-open. By kind:

"value"   name None, detail ()
"bind"    name = ..., detail ()
"define"  name(detail) = ..., detail the parameters
"for"     for name in lo..hi: the code leaves lo and hi on the stack; detail the list of the block's statements
"while"   name None, detail the block
"if"      name None, detail a list of arms (start, stop, block): its condition's code, or (None, None, block) for else
"""


class Syntax:
    """The code of a text. ``at[i]`` is the place of instruction i's sign, name or number in the text as typed."""

    __slots__ = ("args", "at", "extents", "ops", "start", "statements", "text")

    def __init__(self, text: str, start: str = "program") -> None:
        self.text = text
        self.start = start
        self.ops: list[int] = []
        self.args: list[Any] = []
        self.at: array[int] = array("l")
        self.statements: list[Statement] = []
        self.extents: list[tuple[int, int]] | None = None

    def extent(self, index: int) -> tuple[int, int]:
        """Give the piece of text, brackets balanced, of the subexpression whose last instruction is ``index``.

        Only messages ask for it: at the first question the text is parsed once more, this time noting the pieces.
        """
        if self.extents is None:
            from adcli.language.syntax import extents

            self.extents = extents(self.text, self.start)
        start, stop = self.extents[index]
        return min(start, self.at[index]), stop


def takes(op: int, arg: Any) -> int:
    """Give how many values an instruction takes from the stack."""
    if op <= NAME or op in (RANGE, DERIV):
        return 0
    if op <= BINARY:
        return op - NAME
    if op == CHOOSE:
        return 3
    if op in (CALL, ARRAY):
        count: int = arg[1] if op == CALL else arg
        return count
    if op == CHAIN:
        return len(arg) + 1
    return 1 + "".join(arg).count("x")


def every(statements: list[Statement]) -> list[Statement]:
    """Give all statements, those in blocks too, in the order of the text."""
    found, pending = [], list(reversed(statements))
    while pending:
        statement = pending.pop()
        found.append(statement)
        kind, _, detail, *_ = statement
        if kind == "if":
            for _, _, block in reversed(detail):
                pending.extend(reversed(block))
        elif kind in ("for", "while"):
            pending.extend(reversed(detail))
    return found


def beginning(ops: list[int], args: list[Any], index: int) -> int:
    """Give the first instruction of the subexpression whose last one is ``index``."""
    missing = 1
    while True:
        if ops[index] not in (RANGE, DERIV):
            missing += takes(ops[index], args[index]) - 1
        if not missing:
            return index
        index -= 1
