"""The names of a text, as far as they can be told without a point: which may be inputs, and which of these shape the program.

The statements are gone through once, in order, with what each bound name depends on: a set of free names. Where a name may have
been bound or not (behind an if, behind a loop that may not run), it depends on itself too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adcli.language.code import CALL, NAME, NUMBER, RANGE, Syntax, beginning

Bound = dict[str, frozenset[str]]


class Scope:
    """The names of a text: ``free`` are those that may be inputs, ``shaping`` those of them that an end of a range depends on."""

    def __init__(self, syntax: Syntax) -> None:
        self.ops, self.args = syntax.ops, syntax.args
        self.free: set[str] = set()
        self.shaping: set[str] = set()
        self.functions: dict[str, frozenset[str]] = {}
        self.bound: Bound = {}
        *statements, (kind, _, parameters, start, stop, _) = syntax.statements
        self.execute(statements)
        if kind == "define":
            self.free.update(parameters)
            self.bound |= {name: frozenset((name,)) for name in parameters}
        self.read(start, stop)

    def execute(self, statements: list[Any]) -> None:
        """Go through statements and the blocks in them: the latter with steps before and behind them, on a list."""
        pending: list[Any] = list(reversed(statements))
        while pending:
            step = pending.pop()
            if callable(step):
                step()
                continue
            kind, name, detail, start, stop, _ = step
            if kind == "bind":
                self.bound[name] = self.read(start, stop)
            elif kind == "define":
                self.define(name, detail, start, stop)
            else:
                pending += reversed(list(self.opened(kind, name, detail, start, stop)))

    def define(self, name: str, parameters: Iterable[str], start: int, stop: int) -> None:
        """Note what a function depends on besides its arguments."""
        outside = self.bound
        self.bound = {**outside, **dict.fromkeys(parameters, frozenset())}
        self.functions[name] = self.read(start, stop)
        self.bound = outside

    def opened(self, kind: str, name: str, detail: Any, start: int, stop: int) -> Iterable[Any]:
        """Yield the statements of blocks, and steps to be taken between them."""
        if kind == "if":
            blocks = [block for _, _, block in detail]
            for first, last, _ in detail:
                if first is not None:
                    self.read(first, last)
            always = detail[-1][0] is None
        else:
            blocks = [detail]
            ends = self.read(start, stop)
            always = False
            if kind == "for":
                self.shaping |= ends
                always = self.ops[start:stop] == [NUMBER, NUMBER] and float(self.args[start]) <= float(
                    self.args[start + 1]
                )
        before, found = self.bound, list[Bound]()

        def enter() -> None:
            self.bound = {**before, name: frozenset()} if kind == "for" else dict(before)

        def leave() -> None:
            if kind == "for":
                self.bound.pop(name, None)
                self.bound |= {name: before[name]} if name in before else {}
            found.append(self.bound)

        def join() -> None:
            ways = found if always else [before, *found]
            names = dict.fromkeys(name for way in ways for name in way)
            self.bound = {name: frozenset().union(*(way.get(name, (name,)) for way in ways)) for name in names}

        for block in blocks:
            yield from (enter, *block, leave)
        yield join

    def read(self, start: int, stop: int) -> frozenset[str]:
        """Return the free names that an expression depends on, and note the names in it."""
        seen: list[tuple[int, frozenset[str]]] = []
        series: list[tuple[str, int]] = []
        for at in range(start, stop):
            op, arg = self.ops[at], self.args[at]
            if series and series[-1][1] == at:
                series.pop()
            if op == NAME and all(arg != index for index, _ in series):
                seen.append((at, self.bound.get(arg, frozenset((arg,)))))
            elif op == CALL and arg[0] in self.functions:
                seen.append((at, self.functions[arg[0]]))
            elif op == RANGE:
                first = beginning(self.ops, self.args, beginning(self.ops, self.args, at - 1) - 1)
                self.shaping.update(*(names for place, names in seen if place >= first))
                series.append(arg)
        found = frozenset().union(*(names for _, names in seen))
        self.free |= found
        return found
