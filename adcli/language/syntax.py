"""Text -> postfix code: a driver over the tables that lark made of the grammar.

``parse(text)`` reads a program in one pass, without a tree and without recursion: each reduction of the grammar appends
at most a few instructions (see code.py). The names of the actions are the aliases in grammars/*.lark; the common ones are
inline here, the others in actions.py. Chains of unit rules are walked once and then remembered.
"""

from __future__ import annotations

import gc
import os

from adcli.errors import Fault
from adcli.language import tables, tokens
from adcli.language.actions import ACTIONS, Builder, call, open_deriv
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
from adcli.language.tokens import COMMENT, FUNCTION, UNSEEN
from adcli.language.words import CONSTANTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "ARRAY", "BINARY", "CALL", "CHAIN", "CHOOSE", "CONSTANT", "DERIV", "INDEX", "NAME", "NUMBER", "RANGE", "UNARY", "Syntax",
    "parse",
]  # fmt: skip

# What the driver does at a reduction; SPECIAL calls a function of actions.py.
DO_NAME, DO_BINARY, DO_NUMBER, DO_CALLEE, DO_CALL, DO_GROUP, DO_ARGUMENT, DO_POW, DO_TIMES, DO_DIV, DO_NEG = range(11)
DO_NOTHING, SPECIAL, DO_FINISH, DO_COMPLAIN = range(11, 15)
INLINE = {
    "name": DO_NAME, "constant": DO_NAME, "number": DO_NUMBER, "call": DO_CALL, "callee": DO_CALLEE,
    "group": DO_GROUP, "next_argument": DO_ARGUMENT, "neg": DO_NEG, "pow": DO_POW, "times": DO_TIMES, "div": DO_DIV,
    **dict.fromkeys(("add", "sub", "mul", "matmul", "and", "or"), DO_BINARY),
}  # fmt: skip


class Driver:
    """The tables of a grammar, in the form that the driver wants."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.actions, self.gotos, self.starts = made["ACTIONS"], made["GOTOS"], made["STARTS"]
        self.kinds = tokens.kinds(made["TERMINALS"])
        self.leaves: dict[str, tuple[int, str]] = {
            word: (NAME, word) for word, kind in self.kinds.items() if kind == FUNCTION
        }
        self.leaves.update((word, (CONSTANT, name)) for word, name in CONSTANTS.items())
        self.kind = {name: at for at, name in enumerate(made["TERMINALS"])}
        # A rule's number is negative in the table of actions: rules[-1] is the first, and rules[0] is none.
        names = made["NONTERMINALS"]
        rules = [self.rule(names[goal], goal, size, action) for goal, size, action in reversed(made["RULES"])]
        self.rules = ((0, 0, DO_COMPLAIN, None, {}), *rules)
        self.factor = frozenset(self.kind[name] for name in ("NAME", "LPAR", "SIGN", "ROOT", "POWERED"))
        self.raising = frozenset((self.kind["POWER"], self.kind["SUPERSCRIPT"]))
        numbers = self.after("NUMBER")
        self.signed = frozenset(goal for state, goal in self.after("MINUS").items() if state in numbers)
        self.braced = frozenset(self.after("RBRACE").values())

    def rule(self, name: str, goal: int, size: int, action: str) -> tuple[int, int, int, Any, dict[int, int]]:
        """Give what the driver must know of a rule: its goal, how much of the stack it ends, what to do and with what.

        The dict at the end remembers where it led, by state and kind of token.
        """
        special = ACTIONS.get(action)
        do = SPECIAL if special else DO_FINISH if name in self.starts else INLINE.get(action, DO_NOTHING)
        return goal, 1 - size, do, special or action, {}

    def after(self, terminal: str) -> dict[int, int]:
        """Give the states that shift a terminal, with the states they come to."""
        kind, step = self.kind[terminal], len(self.kind)
        rows = range(0, len(self.actions), step)
        return {state: self.actions[state + kind] for state in rows if self.actions[state + kind] > 0}

    def learn(self, text: str, word: str, place: int, kinds: dict[str, int], leaves: dict[str, tuple[int, str]]) -> int:
        """Give the kind of a word that is not among the kinds, with the blanks after it; remember names and signs."""
        plain = word.rstrip(" \t")
        kind = kinds.get(plain, UNSEEN)
        if kind == UNSEEN:
            kind = tokens.sort_of(text, plain, place, self.kind)
        elif word != plain:
            kinds[word] = kind
        if kind == self.kind["NAME"] or kind == FUNCTION or plain in leaves:
            kinds[word] = kind
            leaves[word] = leaves.get(plain, (NAME, tokens.name_of(plain)))
        return kind

    def settle(self, below: int, goal: int, kind: int) -> int:
        """Give the state after a nonterminal, once all unit rules without an action have been reduced."""
        goals = self.gotos[below // len(self.kind)]
        state: int = goals[goal]
        while (action := self.actions[state + kind]) < 0 and self.rules[action][1:3] == (0, DO_NOTHING):
            state = goals[self.rules[action][0]]
        return state


def drive(driver: Driver, code: Syntax) -> None:
    """Read a text into code; ``code.extents`` is a list where the pieces of text are wanted too."""
    text, extents, actions, rules = code.text, code.extents, driver.actions, driver.rules
    ops, args, at = code.ops, code.args, code.at
    put_op, put_arg, put_at = ops.append, args.append, at.append
    factor, raising, signed = driver.factor, driver.raising, driver.signed
    kinds, leaves = dict(driver.kinds), dict(driver.leaves)
    calls: dict[tuple[str, int, tuple[()]], tuple[str, int, tuple[()]]] = {}
    kind_of = kinds.get
    build = Builder(code)
    frames = build.frames
    separator = driver.kind["_SEP"]
    state: int = driver.starts.index(code.start) * len(driver.kind)
    states: list[int] = []  # the states below this one, and beside them the places where their symbols begin
    places: list[int] = []
    folded: list[int] = []  # the places of the minus signs that have become part of a literal
    product = -1  # the last instruction that came from a juxtaposition and is in no bracket
    depth = line = 0  # of the brackets before this line, and where it begins
    older = last = ""  # the two words before this one
    last_place = place = 0
    after = tokens.beginning(text)
    words = iter(tokens.words(text, after))
    for word in words:
        place = after
        after += len(word)
        kind = kind_of(word, UNSEEN)
        if kind < 0:
            if kind == UNSEEN:
                kind = driver.learn(text, word, place, kinds, leaves)
            if kind == FUNCTION:
                kind = driver.kind["NAME"]
                if text[after : after + 1] != "(" and (length := tokens.power_of(text, place)):
                    kind = driver.kind["POWERED"]
                    for _ in range(length):
                        after += len(next(words))
            elif kind < 0:
                depth += sum(text.count(sign, line, place) * way for sign, way in tokens.BRACKETS)
                line = after
                if kind == COMMENT or depth > 0 or not actions[state + separator]:
                    continue
                if state in driver.braced or tokens.goes_on(text, after):
                    continue
                kind = separator
        while True:
            action = actions[state + kind]
            if action > 0:
                states.append(state)
                places.append(place)
                state = action
                older = last
                last = word
                last_place = place
                break
            goal, cut, do, what, hops = rules[action]
            if do == DO_NAME:
                op, arg = leaves[last]
                put_op(op)
                put_arg(arg)
                put_at(last_place)
            elif do == DO_BINARY:
                put_op(BINARY)
                put_arg(what)
                put_at(places[-2])
            elif do == DO_NUMBER:
                literal = last.rstrip()
                if "_" in literal:
                    literal = literal.replace("_", "")
                if states[-1] in signed and kind not in raising:
                    folded.append(places[-2])
                    literal = "-" + literal
                put_op(NUMBER)
                put_arg(literal)
                put_at(places[-2] if literal[0] == "-" else last_place)
            elif do == DO_CALLEE:
                frames.append([leaves[older][1], 1])
                if frames[-1][0] == "deriv":
                    open_deriv(build, place)
            elif do == DO_CALL:
                frame = frames.pop()
                if len(frame) == 2:
                    put_op(CALL)
                    called = frame[0], frame[1], ()
                    put_arg(calls.setdefault(called, called))
                    put_at(places[cut - 1])
                else:
                    call(build, places[cut - 1], frame, frame[1])
            elif do == DO_GROUP:
                product = -1
            elif do == DO_ARGUMENT:
                frame = frames[-1]
                frame[1] += 1
                if len(frame) > 2 and "named" in frame[2]:
                    raise Fault("positional_after_named", (places[-1], last_place + len(last.rstrip())))
            elif do == DO_POW:
                if cut == -2 and kind in factor and text[places[-1]] != "(":
                    from adcli.language.complaints import bare_exponent

                    raise bare_exponent(text, places[-3:], place)
                put_op(BINARY)
                put_arg("pow")
                put_at(places[cut + 1 or -1])
            elif do == DO_TIMES:
                product = len(ops)
                put_op(BINARY)
                put_arg("mul")
                put_at(places[-1])
            elif do == DO_DIV:
                if product == len(ops) - 1:
                    from adcli.language.complaints import divided_product

                    raise divided_product(code, places[-3:], place)
                put_op(BINARY)
                put_arg("div")
                put_at(places[-2])
            elif do == DO_NEG:
                if folded and folded[-1] == places[-2]:
                    folded.pop()
                    if extents:
                        extents[-1] = (places[-2], extents[-1][1])
                else:
                    product += product == len(ops) - 1
                    put_op(UNARY)
                    put_arg("neg")
                    put_at(places[-2])
            elif do == SPECIAL:
                what(build, places[cut - 1 :] if cut < 1 else [])
            elif do == DO_FINISH:
                return
            elif do == DO_COMPLAIN:
                from adcli.language.complaints import complain

                raise complain(text, place, code.start)
            if extents is not None:
                extents += [(places[cut - 1], last_place + len(last.rstrip()))] * (len(ops) - len(extents))
            if cut < 0:
                del states[cut:], places[cut:]
            elif cut:
                states.append(state)
                places.append(place)
            try:
                state = hops[states[-1] + kind]
            except KeyError:
                state = hops[states[-1] + kind] = driver.settle(states[-1], goal, kind)


def checksum(grammar: bytes) -> int:
    """Return a number that another grammar has not: one of hashlib or zlib takes longer to import than this to compute."""
    return int.from_bytes(grammar, "little") % (2**61 - 1)


def current_tables() -> dict[str, Any]:
    """Give the tables of tables.py; in a checkout whose grammar is no longer theirs, make them anew."""
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "grammars")
    try:
        with (
            open(os.path.join(folder, "expression.lark"), "rb") as one,
            open(os.path.join(folder, "point.lark"), "rb") as two,
        ):
            grammar = one.read() + b"\n" + two.read()
    except OSError:
        return vars(tables)
    if checksum(grammar) == tables.CHECKSUM or not grammar.startswith(b"// adcli"):
        return vars(tables)
    from adcli.language import generate

    return generate.tables(grammar.decode())


DRIVER = Driver(current_tables())


def parse(text: str, start: str = "program") -> Syntax:
    """Read a program, or with start="point" the values of a point; raise Fault where the text is none."""
    code = Syntax(text, start)
    was_enabled = gc.isenabled()
    gc.disable()  # the collector would walk all instructions again and again, and find no cycle
    try:
        drive(DRIVER, code)
    finally:
        if was_enabled:
            gc.enable()
    return code


def extents(text: str, start: str) -> list[tuple[int, int]]:
    """Give the piece of text of each instruction's subexpression, as far as the text can be read."""
    code = Syntax(text, start)
    code.extents = []
    try:
        drive(DRIVER, code)
    except Fault:
        pass
    return code.extents
