"""A graph computed on columns: one instruction of numpy's a node, over pieces that fit the cache.

A column is an array with a number for each point. What depends on no column is computed once, on floats; a register, which is a
piece of memory as long as a piece of a column, is used again as soon as nobody needs what it holds. A condition is held as an
array of truth values and becomes numbers where something computes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from adcli.graph import INPUT, Graph
from adcli.numbers.arrays import NUMPY, elementwise
from adcli.numbers.system import FLOATS
from adcli.rules import WHERE
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import evaluate_one

PIECE = 32_768
"""Points that are computed at a time: with more the registers leave the cache, with fewer numpy's calls cost more."""

MEMORY = 1 << 25
"""Bytes of the registers of a thread at most: programs with many steps are computed at fewer points at a time."""

LEAST = 64

Column = Any
Step = tuple[Any, tuple[int, ...], int]

# What numpy does into a given place. Powers with a small whole exponent are products.

POWERS = {2.0: 2, 3.0: 3}


def choose(c: Column, x: Column, y: Column, out: Column) -> None:
    """Put x where c holds and y elsewhere into a place that is none of them."""
    np.copyto(out, y)
    np.copyto(out, x, where=c)


def chosen_here(c: Column, x: Column, out: Column) -> None:
    """Put x where c holds, 0 elsewhere."""
    np.copyto(out, 0.0)
    np.copyto(out, x, where=c)


def truth(x: Column, out: Column) -> None:
    """Say where a number is not 0."""
    np.not_equal(x, 0.0, out=out)


def as_numbers(c: Column, out: Column) -> None:
    """Make numbers of a condition."""
    np.copyto(out, c)


def through(function: Any) -> Any:
    """Return a function that cannot write into a given place as one that does."""

    def into(*operands: Column, out: Column) -> None:
        np.copyto(out, function(*operands))

    return into


LOGIC = {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}


class Tape:
    """The instructions for some nodes of a graph: ``wanted`` are computed from columns for the inputs ``columns`` and from
    numbers for all others, which ``constants`` gives."""

    def __init__(
        self, graph: Graph, wanted: Sequence[int], columns: Sequence[str], constants: Mapping[str, float]
    ) -> None:
        self.graph, self.columns = graph, list(columns)
        inputs = graph.inputs()
        self.needed = graph.leads_to(wanted)
        self.varies = graph.depends(inputs[name] for name in columns if name in inputs)
        self.steps: list[Step] = []
        self.numbers: dict[int, Column] = {}  # slots that hold a number
        self.truths: set[int] = set()  # slots that hold a condition
        self.slots = 0
        self._place: dict[int, int] = {}
        self._true: dict[int, int] = {}
        self._false: dict[int, int] = {}
        self._values: list[Any] = [None] * len(graph.nodes)
        self.given = {name: self._slot() for name in columns}
        for index, node in enumerate(graph.nodes):
            if self.needed[index]:
                self._put(index, node, constants)
        self.results = [self._number(index) for index in wanted]
        self._allot()

    # --- Instructions ---

    def _slot(self, number: float | None = None, truth: bool = False) -> int:
        """Return a new slot: for a column, a number or a condition."""
        slot = self.slots
        self.slots += 1
        if number is not None:
            self.numbers[slot] = np.float64(number)
        if truth:
            self.truths.add(slot)
        return slot

    def _emit(self, function: Any, *arguments: int, truth: bool = False) -> int:
        slot = self._slot(truth=truth)
        self.steps.append((function, arguments, slot))
        return slot

    def _put(self, index: int, node: Any, constants: Mapping[str, float]) -> None:
        """Add what computes a node."""
        head, *rest = node
        if not self.varies[index]:
            self._values[index] = evaluate_one(head, rest, self._values, constants, FLOATS)
        elif head is INPUT:
            self._place[index] = self.given[rest[0]]
        elif head is WHERE:
            self._place[index] = self._where(*rest)
        elif head.strength == COMPARISON:
            self._true[index] = self._emit(NUMPY[head.name], *map(self._number, rest), truth=True)
        elif head.name in LOGIC:
            self._true[index] = self._emit(LOGIC[head.name], *map(self._condition, rest), truth=True)
        else:
            self._place[index] = self._function(head, rest)

    def _number(self, index: int) -> int:
        """Return the slot that holds a node as a number."""
        if index not in self._place:
            varies = self.varies[index]
            self._place[index] = (
                self._emit(as_numbers, self._true[index]) if varies else self._slot(self._values[index])
            )
        return self._place[index]

    def _condition(self, index: int) -> int:
        """Return the slot that holds a node as a condition."""
        if index not in self._true:
            self._true[index] = self._emit(truth, self._number(index), truth=True)
        return self._true[index]

    def _where(self, condition: int, here: int, there: int) -> int:
        """Add a choice; the condition may be known."""
        if not self.varies[condition]:
            return self._number(here if self._values[condition] else there)
        if self._values[there] == 0.0 and not self.varies[there]:
            return self._emit(chosen_here, self._condition(condition), self._number(here))
        return self._emit(choose, self._condition(condition), self._number(here), self._number(there))

    def _function(self, row: Primitive, arguments: Sequence[int]) -> int:
        """Add a call of a row of the table."""
        name = row.name
        if name == "stop":
            return self._number(arguments[0])
        if name in ("pow", "pow1") and self._values[arguments[1]] in POWERS:
            return self._power(name, arguments[0], POWERS[self._values[arguments[1]]])
        slots = [self._number(argument) for argument in arguments]
        if name == "relu":
            return self._emit(np.maximum, slots[0], self._slot(0.0))
        if name in ("min", "max"):
            slot = slots[0]
            for other in slots[1:]:
                slot = self._emit(NUMPY[name], slot, other)
            return slot
        function = np.rint if name == "round" else NUMPY.get(name)
        if not isinstance(function, np.ufunc):
            function = through(elementwise(name))
        return self._emit(function, *slots)

    def _power(self, name: str, base: int, exponent: int) -> int:
        """Add a power with a small whole exponent, or the derivative of one: products."""
        factor = self._slot(float(exponent)) if name == "pow1" else None
        slot = x = self._number(base)
        for _ in range(exponent - 1 - (factor is not None)):
            slot = self._emit(np.multiply, slot, x)
        return slot if factor is None else self._emit(np.multiply, factor, slot)

    # --- Registers ---

    def _allot(self) -> None:
        """Give each slot that is computed a register, and each register to others when what it holds is no longer needed.
        Results have memory of their own."""
        last = {slot: number for number, (_, arguments, _) in enumerate(self.steps) for slot in arguments}
        made = {slot for _, _, slot in self.steps}
        self.own = {slot: number for number, slot in enumerate(self.results) if slot in made}
        free: dict[bool, list[int]] = {False: [], True: []}
        self.registers: dict[int, int] = {}
        self.kinds: list[bool] = []
        for number, (function, arguments, slot) in enumerate(self.steps):
            dying = {a for a in arguments if last[a] == number and a in self.registers}
            if isinstance(function, np.ufunc):  # which may write over its own arguments
                self._release(dying, free)
            if slot not in self.own:
                pool = free[slot in self.truths]
                if not pool:
                    self.kinds.append(slot in self.truths)
                    pool.append(len(self.kinds) - 1)
                self.registers[slot] = pool.pop()
                if slot not in last:
                    free[slot in self.truths].append(self.registers[slot])
            if not isinstance(function, np.ufunc):
                self._release(dying, free)

        self.piece = max(LEAST, min(PIECE, MEMORY // (8 * max(len(self.kinds), 1))))

    def _release(self, slots: set[int], free: dict[bool, list[int]]) -> None:
        for slot in slots:
            free[slot in self.truths].append(self.registers[slot])

    def memory(self) -> list[Column]:
        """Return registers for one thread."""
        return [np.empty(self.piece, bool if kind else float) for kind in self.kinds]

    def run(self, columns: Sequence[Column], results: Sequence[Column], memory: Sequence[Column]) -> None:
        """Compute the results at the points of the columns, which are arrays of one length, as the results are."""
        count = len(results[0])
        for start in range(0, count, self.piece):
            stop = min(start + self.piece, count)
            places: list[Any] = [None] * self.slots
            for slot, number in self.numbers.items():
                places[slot] = number
            for slot, column in zip(self.given.values(), columns):
                places[slot] = column[start:stop]
            for slot, register in self.registers.items():
                places[slot] = memory[register][: stop - start]
            for slot, number in self.own.items():
                places[slot] = results[number][start:stop]
            for function, arguments, slot in self.steps:
                function(*[places[argument] for argument in arguments], out=places[slot])
            for number, slot in enumerate(self.results):
                if self.own.get(slot) != number:
                    results[number][start:stop] = places[slot]
