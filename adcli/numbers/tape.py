"""The tape: a large graph laid out for sweeping it on floats again and again.

It holds the graph's operations as columns: the function of each and the indices of its arguments, so that a value costs one
call. For the reverse sweep each row of the table has, made from the text of its rule (``pull`` in rules/compiled.py), a small
function that hands an adjoint on to the arguments. The sweeps of sweeps.py are the reference: this one gives the same numbers
to the last bit, to the tests on random programs.

The quick functions raise where the total ones of floats.py answer with an infinity or nan. Nothing is half done then: the
operation is done once more by the total functions, and the sweep goes on with the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adcli.graph import INPUT, NUMBER, Graph
from adcli.numbers.floats import RAISING
from adcli.numbers.system import FLOATS
from adcli.rules.compiled import pull
from adcli.rules.primitive import Primitive

QUICK = {**FLOATS.by_name, **RAISING}

RAISED = (ValueError, OverflowError, ZeroDivisionError)

NOTHING = float("-0.0")
"""What an adjoint is before anything has been added to it, known by being this very object: -0.0 + x is x, whatever x is."""


class Pulls(dict[Primitive, Any]):
    """The pull of each row for operands of which some are live (see rules/compiled.py), made when asked for."""

    def __init__(self, *live: bool) -> None:
        super().__init__()
        self.live = live

    def __missing__(self, row: Primitive) -> Any:
        self[row] = made = pull(row, self.live, QUICK)
        return made


ALONE, BOTH, FIRST, SECOND = Pulls(True), Pulls(True, True), Pulls(True, False), Pulls(False, True)


class Tape:
    """The operations of a graph in columns: functions, results, and the two arguments. An operation on one argument has None for
    the second; one on more than two has None for the first, and all in place of the second."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.size = len(graph.nodes)
        self.start = [0.0] * self.size  # the values of constants, in their places
        self.inputs = graph.inputs()
        self.functions: list[Any] = []
        self.results: list[int] = []
        self.firsts: list[Any] = []
        self.seconds: list[Any] = []
        self.columns = (self.functions, self.results, self.firsts, self.seconds)
        for index, node in enumerate(graph.nodes):
            head = node[0]
            if head is INPUT:
                continue
            if head is NUMBER:
                self.start[index] = float(node[1])
            elif len(node) == 1:
                self.start[index] = FLOATS.functions[head]
            else:
                self.functions.append(QUICK[head.name])
                self.results.append(index)
                self.firsts.append(node[1] if len(node) < 4 else None)
                self.seconds.append(None if len(node) == 2 else node[2] if len(node) == 3 else node[1:])
        self._ways: tuple[tuple[int, ...], list[bool], tuple[list[Any], ...]] | None = None

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Leave nothing behind in a pickle: a tape is made again where it is wanted."""
        return type(None), ()

    def evaluate(self, point: Mapping[str, float]) -> list[float]:
        """Return the value of every node, given the inputs by name."""
        values = self.start.copy()
        for index, number in zip(self.inputs.values(), map(point.__getitem__, self.inputs)):
            values[index] = number
        operations = zip(*self.columns)
        while True:
            try:
                for function, i, a, b in operations:
                    if b is None:
                        values[i] = function(values[a])
                    elif a is None:
                        values[i] = function(*[values[argument] for argument in b])
                    else:
                        values[i] = function(values[a], values[b])
                return values
            except RAISED:
                head, *arguments = self.graph.nodes[i]
                values[i] = FLOATS.functions[head](*[values[argument] for argument in arguments])

    def reverse(self, values: list[float], seeds: Mapping[int, float], wrt: Iterable[int]) -> list[float | None]:
        """Return the adjoint of every node that lies between ``wrt`` and the seeded ones; None for the others."""
        nothing = NOTHING
        live, operations = self._operations(tuple(wrt))
        adjoints = [nothing] * self.size
        for index, seed in seeds.items():
            if live[index]:
                adjoints[index] = seed
        while True:
            try:
                for pull, i, a, b in operations:
                    g = adjoints[i]
                    if g is not nothing:
                        pull(g, i, a, b, values, adjoints)
                return [None if g is nothing else g for g in adjoints]
            except RAISED:
                self._pull(i, values, live, adjoints)

    def _pull(self, index: int, values: list[float], live: list[bool], adjoints: list[float]) -> None:
        """Hand the adjoint of one node on to its arguments, by the total functions."""
        head, *arguments = self.graph.nodes[index]
        operands = [values[argument] for argument in arguments]
        for argument, rule in zip(arguments, FLOATS.rules[head]):
            if live[argument] and rule is not None:
                adjoints[argument] += adjoints[index] * rule(*operands, values[index])

    def _operations(self, wrt: tuple[int, ...]) -> tuple[list[bool], Iterator[tuple[Any, ...]]]:
        """Return what depends on these nodes, and the operations that do, from the last to the first, with their pulls."""
        if self._ways is None or self._ways[0] != wrt:
            live = self.graph.depends(wrt)
            pulls, results, firsts, seconds = (list[Any]() for _ in range(4))
            for i, a, b in zip(reversed(self.results), reversed(self.firsts), reversed(self.seconds)):
                if a is None:
                    known = Pulls(*[live[argument] for argument in b])
                elif live[a]:
                    known = ALONE if b is None else BOTH if live[b] else FIRST
                elif b is not None and live[b]:
                    known = SECOND
                else:
                    continue
                pulls.append(known[self.graph.nodes[i][0]])
                results.append(i)
                firsts.append(a)
                seconds.append(b)
            self._ways = wrt, live, (pulls, results, firsts, seconds)
        _, live, ways = self._ways
        return live, zip(*ways)
