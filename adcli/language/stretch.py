"""Stretches: bindings that follow each other in a block, and make the same steps each time round.

The machine (machine.py) runs their code the first time. The second time it runs it once more, into a recorder in the graph's
place; from then on the steps are put as recorded, for whatever the names mean by then. That makes the same graph, node for
node, in a fraction of the time. Code that looks at a value while it runs (a series, an order, a shape) is not recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.graph import INPUT, NUMBER, Graph
from adcli.language import words
from adcli.language.syntax import BINARY, CALL, CHAIN, CHOOSE, CONSTANT, NAME, UNARY
from adcli.language.syntax import NUMBER as LITERAL
from adcli.rules import TABLE

if TYPE_CHECKING:
    from adcli.language.elaborate import Elaboration
    from adcli.language.machine import Function

READ = "read"
"""A third kind of leaf, in a recorder only: what a name means before the stretch."""

PLAIN = {LITERAL, CONSTANT, NAME, UNARY, BINARY, CHAIN, CHOOSE}
PLAIN_CALLS = {
    (name, TABLE[known].arity, ())
    for name, known in words.FUNCTIONS.items()
    if known in TABLE and None not in TABLE[known].partials
}
"""The instructions that make the same steps whatever the values are, besides calls of functions made of such."""


class Recorder(Graph):
    """A graph whose nodes are numbered from ``base`` on, after those of another graph, so that they can be told apart."""

    __slots__ = ("base",)

    def __init__(self, base: int) -> None:
        super().__init__()
        self.base = base

    def put(self, node: tuple[Any, ...], source: int = -1) -> int:
        """Return the index of the node, which is made unless an equal one is there."""
        return self.base + super().put(node, source)


class Stretch:
    """A stretch of bindings, each a ``statement``.

    Recorded, it begins with slots: the nodes in ``fixed``, then what the names in ``reads`` mean. Each step adds one. A step is
    a primitive, two slots and a place in the text; with one argument the second is None, with more than two the first is None
    and the second a list. ``bindings`` has the name of each statement, its steps and the slot of its result. All that holds as
    long as the names in ``free`` are not bound, and the ``functions`` are those.
    """

    __slots__ = ("bindings", "cost", "fixed", "free", "functions", "reads", "statements", "times")

    def __init__(self) -> None:
        self.statements: list[Any] = []
        self.times = self.cost = 0
        self.bindings: list[tuple[str, list[tuple[Any, ...]], int]] = []
        self.fixed: list[int] = []
        self.reads: list[str] = []
        self.free: list[str] = []
        self.functions: dict[str, Function] = {}

    def run(self, machine: Elaboration) -> bool:
        """Put the steps as recorded; return False, with nothing done, where there are none or they do not hold."""
        self.times += 1
        if self.times == 2 and self.plain(machine):
            self.record(machine)
        values, own, graph = machine.values, machine.own, machine.graph
        if not self.bindings or machine.steps + self.cost > machine.max_steps:
            return False
        for name in self.free:
            if name in values:
                return False
        for name, function in self.functions.items():
            if own.get(name) is not function:
                return False
        slots = self.fixed.copy()
        for name in self.reads:
            if name not in values:
                return False
            slots.append(values[name])
        machine.steps += self.cost
        named, end, made = graph.names.setdefault, machine.ends.append, len(slots)
        for name, steps, result in self.bindings:
            graph.extend(steps, slots)
            node = values[name] = slots[result]
            if result >= made:
                named(node, name)
            else:
                machine.name(node, name)
            end(len(graph.nodes))
        return True

    def plain(self, machine: Elaboration) -> bool:
        """Say whether the code makes the same steps whatever the values are, and note the functions that it calls."""
        pending = [(start, stop, machine.own) for _, _, _, start, stop, _ in self.statements]
        seen: set[Function] = set()
        while pending:
            start, stop, functions = pending.pop()
            for op, arg in zip(machine.ops[start:stop], machine.args[start:stop]):
                if op in PLAIN or op == CALL and arg in PLAIN_CALLS:
                    continue
                if op != CALL or arg[0] not in functions:
                    return False
                function = functions[arg[0]]
                if functions is machine.own:
                    self.functions[arg[0]] = function
                if function not in seen:
                    seen.add(function)
                    pending.append((function.start, function.stop, function.functions))
        return True

    def record(self, machine: Elaboration) -> None:
        """Run the code into a recorder, and keep the steps."""
        code = [range(start, stop) for _, _, _, start, stop, _ in self.statements]
        used = dict.fromkeys(machine.args[at] for part in code for at in part if machine.ops[at] == NAME)
        self.free = [name for name in used if name not in machine.values]
        graph, literals, inputs, before = machine.graph, machine.literals, machine.free, machine.steps
        recorder = machine.graph = Recorder(len(graph.nodes))
        machine.literals, machine.free = {}, {}
        values = {name: recorder.put((READ, name)) for name in used if name in machine.values}
        results, ends = list[int](), list[int]()
        for _, name, _, start, stop, _ in self.statements:
            machine.work(1 + stop - start, stop - 1)
            values[name] = machine.run(start, stop, values, machine.own)
            results.append(values[name])
            ends.append(len(recorder.nodes))
        self.cost = machine.steps - before
        machine.graph, machine.literals, machine.free, machine.steps = graph, literals, inputs, before
        self.keep(graph, recorder, results, ends)

    def keep(self, graph: Graph, recorder: Recorder, results: list[int], ends: list[int]) -> None:
        """Keep what was recorded, in terms of slots."""
        base, same, reads = recorder.base, dict[int, int](), dict[int, str]()
        for index, (head, *rest) in enumerate(recorder.nodes, base):
            if head is READ:
                reads[index] = rest[0]
            elif head is INPUT or head is NUMBER or not rest:
                same[index] = graph.put((head, *rest), recorder.sources[index - base])
            else:
                same |= {argument: argument for argument in rest if argument < base}
        same |= {result: result for result in results if result < base}
        self.fixed, self.reads = list(same.values()), list(reads.values())
        slots = {index: slot for slot, index in enumerate((*same, *reads))}
        start = base
        for (_, name, *_), result, end in zip(self.statements, results, ends):
            steps = list[tuple[Any, ...]]()
            for index in range(start, base + end):
                head, *rest = recorder.nodes[index - base]
                if index not in slots:
                    places = [slots[argument] for argument in rest]
                    pair = (None, places) if len(places) > 2 else (*places, None)[:2]
                    steps.append((head, *pair, recorder.sources[index - base]))
                    slots[index] = len(slots)
            self.bindings.append((name, steps, slots[result]))
            start = base + end


def gathered(block: list[Any]) -> list[Any]:
    """Return the statements of a block with those bindings that follow each other as one, a stretch."""
    found = list[Any]()
    for statement in block:
        kind, *_, start, _, position = statement
        if kind != "bind":
            found.append(statement)
            continue
        if not found or found[-1][0] != "stretch":
            found.append(("stretch", None, Stretch(), start, start, position))
        found[-1][2].statements.append(statement)
    return found
