"""Elaboration: the statements of a program -> Graph.

Statements are run as a person would run them, on nodes instead of numbers (see machine.py for expressions): a name means the
node that was last bound to it, a loop runs its block again, of an if only the block that is taken is run. So loops and
branches leave no trace but the steps they made: there is no interpreter beside the graph. Blocks that are open are frames on
a list of our own; nothing recurses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isinf
from typing import Any

from adcli.errors import Fault
from adcli.graph import INPUT, NUMBER
from adcli.language import deriv, words
from adcli.language.arrange import TEXTBOOK, arranged
from adcli.language.code import beginning, every
from adcli.language.machine import MAX_STEPS, Function, Functions, Machine, Values
from adcli.language.program import Program
from adcli.language.syntax import CALL, CONSTANT, NAME, Syntax
from adcli.rules import TABLE
from adcli.rules.arrays import INTERNAL
from adcli.rules.primitive import Array

__all__ = ["MAX_STEPS", "Constants", "Elaboration", "RuleText"]


class Elaboration(Machine):
    """The machine for whole programs."""

    def __init__(self, syntax: Syntax, point: Mapping[str, float], max_steps: int = MAX_STEPS) -> None:
        super().__init__(syntax, point, max_steps)
        self.values: Values = {}
        self.own: Functions = {}
        self.ends: list[int] = []
        self.boundaries: list[int] = []
        self.blocks: dict[int, list[Any]] = {}
        everything = list(every(syntax.statements))
        self.bound = {name for kind, name, *_ in everything if kind in ("bind", "for")}
        self.defined = {name for kind, name, *_ in everything if kind == "define" if name != syntax.statements[-1][1]}
        self.called |= self.defined

    def program(self) -> Program:
        """Run every statement; the last one is the function."""
        *statements, (kind, name, parameters, start, stop, position) = self.syntax.statements
        self.execute(statements)
        if kind not in ("value", "bind", "define"):
            raise Fault("no_result", (position, position + len(kind)), statement=kind)
        if kind == "define":
            self.check_binding(name, position, kind)
            self.values.update({parameter: self.graph.input(parameter, start) for parameter in parameters})
        output = self.run(start, stop, self.values, self.own)
        if kind == "bind":
            self.check_binding(name, position, kind)
            self.name(output, name)
        self.ends.append(len(self.graph.nodes))
        vector = self.is_array(output) and not self.computes_with_arrays(output)
        program = Program(
            self.syntax,
            self.graph,
            self.graph.arguments(output) if vector else (output,),
            vector,
            name,
            self.inputs(parameters if kind == "define" else ()),
            frozenset(self.shape.names),
            tuple(dict.fromkeys(self.idle)),
            tuple(dict.fromkeys(self.boundaries)),
            self.shape.asked,
        )
        self.graph.arrays = not vector and self.computes_with_arrays(output)
        if len(self.graph.nodes) <= TEXTBOOK or vector or self.fresh or self.decided and self.idle_nodes(output):
            return arranged(program, self.ends)
        return program

    # --- Statements ---

    def execute(self, statements: list[Any]) -> None:
        """Run statements and the blocks that they open, which wait on a list until the inner ones have been run."""
        open_ = [iter(statements)]
        while open_:
            for kind, name, detail, start, stop, position in open_[-1]:
                if kind == "stretch":
                    if not detail.run(self):
                        open_.append(iter(detail.statements))
                        break
                    continue
                if len(open_) > 1:
                    self.work(1 + stop - start, stop - 1)
                if kind == "bind":
                    self.bind(name, start, stop, position)
                elif kind == "define":
                    self.define(name, detail, start, stop, position)
                else:
                    open_.append(self.opened(kind, name, detail, start, stop))
                    break
            else:
                open_.pop()

    def opened(self, kind: str, name: str, detail: list[Any], start: int, stop: int) -> Iterator[Any]:
        """Return the statements of a block as they are to be run."""
        if kind == "for":
            return self.numbers(name, detail, start, stop)
        return self.repetitions(detail, start, stop) if kind == "while" else iter(self.arm(detail))

    def block(self, statements: list[Any]) -> list[Any]:
        """Return the statements of a block, those that can be run at once as one."""
        found = self.blocks.get(id(statements))
        if found is None:
            from adcli.language.stretch import gathered  # most programs have no blocks

            found = self.blocks[id(statements)] = gathered(statements)
        return found

    def bind(self, name: str, start: int, stop: int, position: int) -> None:
        """Let a name stand for the node of an expression from here on."""
        if name in self.called:
            self.check_binding(name, position, "bind")
        values = self.values
        node = values[name] = self.run(start, stop, values, self.own)
        self.name(node, name)
        self.ends.append(len(self.graph.nodes))

    def define(self, name: str, parameters: tuple[str, ...], start: int, stop: int, position: int) -> None:
        """Set a function aside, with what the names in it mean here."""
        self.check_binding(name, position, "define")
        values, functions = self.values, self.own
        free = [(op, arg) for op, arg in zip(self.syntax.ops[start:stop], self.syntax.args[start:stop])]
        captured = {arg: values[arg] for op, arg in free if op == NAME and arg in values}
        known = {arg[0]: functions[arg[0]] for op, arg in free if op == CALL and arg[0] in functions}
        functions[name] = Function(name, parameters, start, stop, captured, known)

    def numbers(self, name: str, block: list[Any], start: int, stop: int) -> Iterator[Any]:
        """Bind the name of a for to each of its numbers in turn, and yield the block's statements for each."""
        middle = beginning(self.syntax.ops, self.syntax.args, stop - 1)
        self.decided = True
        first = self.whole_end(self.run(start, middle, self.values, self.own), middle - 1)
        last = self.whole_end(self.run(middle, stop, self.values, self.own), stop - 1)
        hidden = self.values.get(name)
        used = self.uses(block, name, stop)
        statements = self.block(block)
        for number in range(first, last + 1):
            self.work(1, stop - 1)
            if used:
                self.values[name] = self.graph.number(str(number), start)
            yield from statements
        self.values.pop(name, None)
        if hidden is not None:
            self.values[name] = hidden

    def uses(self, block: list[Any], name: str, start: int) -> bool:
        """Say whether the code of a block, which begins there, has a name in it."""
        stop = start
        for kind, _, detail, _, end, _ in every(block):
            arms = [arm_end for _, arm_end, _ in detail if arm_end is not None] if kind == "if" else []
            stop = max(stop, end, *arms)
        return any(op == NAME and arg == name for op, arg in zip(self.ops[start:stop], self.args[start:stop]))

    def repetitions(self, block: list[Any], start: int, stop: int) -> Iterator[Any]:
        """Yield the block's statements as long as the condition of a while holds at the point."""
        statements = self.block(block)
        while self.holds(start, stop):
            self.work(1 + stop - start, stop - 1)
            yield from statements

    def arm(self, arms: list[Any]) -> list[Any]:
        """Return the block of an if that is taken at the point."""
        for start, stop, block in arms:
            if start is None or self.holds(start, stop):
                return self.block(block)
        return []

    def holds(self, start: int, stop: int) -> bool:
        """Say whether a condition holds at the point, and note it if its sides are exactly equal there."""
        node = self.scalar(self.run(start, stop, self.values, self.own), stop - 1)
        self.decided = True
        self.boundaries += self.shape.boundaries(node)
        return bool(self.shape.at_point(node))

    # --- Names ---

    def check_binding(self, name: str, position: int, kind: str) -> None:
        """Refuse a name that is used both as a function and as a value, or that belongs to a function of adcli's."""
        span = (position, position + len(name))
        if kind == "define" and name in words.FUNCTIONS:
            raise Fault("own_function", span, name=name)
        if kind == "bind" and name in self.called:
            if name not in words.FUNCTIONS and name not in self.defined:
                raise self.called_variable(name)
            raise Fault("both_ways", span, name=name)

    def name(self, node: int, name: str) -> None:
        """Give a step the name that the person gave it, unless it has one; inputs and constants keep their own."""
        graph = self.graph
        if node not in graph.names:
            head, *arguments = graph.nodes[node]
            if arguments and head is not INPUT and head is not NUMBER:
                graph.names[node] = name

    def inputs(self, parameters: tuple[str, ...]) -> dict[str, int]:
        """Return the inputs by name: a last statement's parameters first, then in order of appearance in the text. A name
        that only a block uses which is not taken is an input too, if the point has it."""
        defines = any(statement[0] == "define" for statement in self.syntax.statements)
        texts = [arg for op, arg in zip(self.ops, self.args) if op == NAME] if self.decided or defines else []
        if self.decided:
            for name in dict.fromkeys(texts):
                if name in self.point and name not in self.bound and name not in self.called:
                    self.graph.input(name)
        inputs = {name: node for name, node in self.graph.inputs().items() if deriv.FRESH not in name}
        if self.decided or defines:
            inputs = {name: inputs[name] for name in dict.fromkeys((*parameters, *texts)) if name in inputs}
        return inputs

    def computes_with_arrays(self, output: int) -> bool:
        """Say whether there are arrays besides the result: those of the point, or those that something is made of."""
        graph = self.graph
        if not self.may_be_array():
            return False
        needed = graph.leads_to([output])
        return any(
            isinstance(graph.nodes[index][0], Array)
            and (index != output or not self.is_array(index) or self.has_array(index))
            for index, flag in enumerate(needed)
            if flag
        ) or any(not isinstance(self.point.get(name), (float, type(None))) for name in graph.inputs())

    def idle_nodes(self, output: int) -> bool:
        """Say whether so much of the graph is of no use to the result that leaving it out is worth the time."""
        needed = self.graph.leads_to([output])
        return needed.count(False) > len(needed) // 3

    def has_array(self, index: int) -> bool:
        """Say whether a node is made of arrays."""
        return any(isinstance(self.graph.nodes[argument][0], Array) for argument in self.graph.arguments(index))


class RuleText(Elaboration):
    """The machine for expressions of the table, which may use the internal functions and leave an order open."""

    functions = words.FUNCTIONS | {name: name for name in (*TABLE, *INTERNAL)}
    internal = True

    def whole_constant(self, name: str, node: int, at: int) -> None:
        """Accept any order."""


class Constants(Elaboration):
    """The machine for constant expressions, in which a name has no value."""

    def free_name(self, name: str, at: int) -> int:
        """Refuse the name."""
        raise self.fault("not_constant", at, name=name)

    def evaluate(self, start: int, stop: int) -> Any:
        """Return the value of instructions start..stop; refuse one that is infinite unless the text says inf."""
        value = self.shape.value(self.run(start, stop, {}, {}))
        if (
            isinstance(value, float)
            and isinf(value)
            and (CONSTANT, "inf") not in zip(self.syntax.ops[start:stop], self.syntax.args[start:stop])
        ):
            raise self.fault("infinite_constant", stop - 1)
        return value
