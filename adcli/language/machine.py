"""The machine that runs expressions: postfix instructions -> nodes.

It has a stack of nodes and goes over the instructions once. Functions of one's own are inlined and series are written out, by
frames on a list of our own: a frame says where to go on and what to do with the result. There is no tree and no recursion, and
there is no second engine: what comes out is the one graph that everything else works on.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf
from typing import Any

from adcli.errors import Fault, plural
from adcli.graph import Graph, decimal_text
from adcli.language import deriv, words
from adcli.language.arrays import indexed
from adcli.language.calls import call
from adcli.language.series import Series
from adcli.language.shape import Shape
from adcli.language.syntax import ARRAY, BINARY, CALL, CHAIN, CHOOSE, CONSTANT, DERIV, NAME, RANGE, UNARY, Syntax
from adcli.language.syntax import NUMBER as LITERAL
from adcli.language.unknown import unknown
from adcli.rules import TABLE, WHERE
from adcli.rules.arrays import of
from adcli.rules.primitive import Array

MAX_STEPS = 10_000_000
AND = TABLE["and"]

ROWS = TABLE | {"matmul": of("matmul")}
"""What an operator or a constant sign means."""

UNARY_CALLS = {
    (name, 1, ()): TABLE[known] for name, known in words.FUNCTIONS.items() if known in TABLE and TABLE[known].arity == 1
}
"""The instructions that call a primitive of one argument, which are most of the calls there are."""


class Function:
    """A function of the person's own: where its body is, and what the names in it meant where it was defined."""

    __slots__ = ("functions", "name", "parameters", "start", "stop", "values")

    def __init__(
        self, name: str, parameters: tuple[str, ...], start: int, stop: int, values: Values, functions: Functions
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.start = start
        self.stop = stop
        self.values = values
        self.functions = functions


Values = dict[str, int]
"""The node of each name that holds in a place."""

Functions = dict[str, "Function"]
"""The person's functions that hold in a place."""

Frame = tuple[int, int, Values, Functions, "Series | None"]
"""Where to go on when a body has been run (start, stop), the names and functions that hold there, and the series if any."""


class Machine:
    """The machine: a graph under construction, the names that hold, and the work done so far.

    ``point`` gives the inputs that shape the program (the ends of its ranges) their values. Raises Fault for what the text
    asks for and cannot have.
    """

    functions: Mapping[str, str] = words.FUNCTIONS
    internal = False
    """Whether what is read is a rule, which may use what no person types."""

    def __init__(self, syntax: Syntax, point: Mapping[str, float], max_steps: int = MAX_STEPS) -> None:
        self.syntax, self.point, self.max_steps = syntax, point, max_steps
        self.ops, self.args = syntax.ops, syntax.args
        self.graph = Graph()
        self.called = {arg[0] for op, arg in zip(self.ops, self.args) if op == CALL}
        self.defined: set[str] = set()
        self.literals: dict[str, int] = {}
        self.free: dict[str, int] = {}
        self.steps = self.fresh = 0
        self.decided = False  # whether the text has blocks, of which some may not be run
        self.derivs: list[deriv.Deriv] = []
        self.idle: list[int] = []
        self.shape = Shape(self.graph, point, syntax)
        self.graph.arrays = any(not isinstance(value, float) for value in point.values())

    def fault(self, row: str, at: int, /, **blanks: object) -> Fault:
        """Return a fault whose place is the subexpression that ends with instruction ``at``."""
        return Fault(row, self.syntax.extent(at), **blanks)

    # --- Expressions ---

    def run(self, start: int, stop: int, values: Values, functions: Functions) -> int:
        """Run instructions start..stop and return the node of their result."""
        ops, args, table = self.ops, self.args, ROWS
        literals, inputs = self.literals, self.free
        put = self.graph.put
        stack: list[int] = []
        frames: list[Frame] = []
        while True:
            for at, op, arg in zip(range(start, stop), ops[start:stop], args[start:stop]):
                if op == NAME:
                    node = values.get(arg)
                    if node is None and (node := inputs.get(arg)) is None:
                        node = self.free_name(arg, at)
                    stack.append(node)
                elif op == BINARY:
                    right = stack.pop()
                    stack[-1] = put((table[arg], stack[-1], right), at)
                elif op == LITERAL:
                    node = literals.get(arg)
                    stack.append(self.literal(arg, at) if node is None else node)
                elif op == UNARY:
                    stack[-1] = put((table[arg], stack[-1]), at)
                elif op == CALL and arg in UNARY_CALLS:
                    stack[-1] = put((UNARY_CALLS[arg], stack[-1]), at)
                elif op == CONSTANT:
                    stack.append(put((table[arg],), at))
                elif op == CALL and arg[0] in functions:
                    function = functions[arg[0]]
                    frames.append((at + 1, stop, values, functions, None))
                    values, functions = self.enter(function, arg[1], stack, at), function.functions
                    start, stop = function.start, function.stop
                    break
                elif op == DERIV:
                    if arg[0] is not None:
                        self.derivs.append(deriv.begin(self, arg[0], values, at))
                elif op == CALL and arg[0] == "deriv":
                    self.differentiate(arg, stack, at)
                elif op == RANGE:
                    frames.append((arg[1] + 1, stop, values, functions, self.series(at, stack, values)))
                    start = stop  # on to the frame, which runs the first term
                    break
                else:
                    self.operation(op, arg, stack, at)
            else:
                start = stop
            if start < stop:
                continue
            if not frames:
                return stack.pop()
            start, stop, values, functions, series = frames[-1]
            if series is not None and series.next_term(self.graph, stack):
                start, stop = series.body
            else:
                frames.pop()

    def operation(self, op: int, arg: Any, stack: list[int], at: int) -> None:
        """Do one of the rarer instructions: a call of one of adcli's functions, a chained comparison, a choice."""
        put = self.graph.put
        if op == CALL:
            name, count, keywords = arg
            first = len(stack) - count
            arguments = stack[first:]
            del stack[first:]
            stack.append(call(self, name, arguments, keywords, at))
        elif op == CHAIN:
            operands = stack[-len(arg) - 1 :]
            del stack[-len(arg) - 1 :]
            links = [put((TABLE[name], a, b), at) for name, a, b in zip(arg, operands, operands[1:])]
            node = links[0]
            for link in links[1:]:
                node = put((AND, node, link), at)
            stack.append(node)
        elif op == CHOOSE:
            here, condition, there = stack[-3:]
            stack[-3:] = [put((WHERE, condition, here, there), at)]
        elif op == ARRAY:
            first = len(stack) - arg
            elements = stack[first:]
            del stack[first:]
            if not elements:
                raise self.fault("empty_array", at)
            stack.append(put((of("array", arg), *elements), at))
        else:
            stack.append(indexed(self, arg, stack, at))

    def differentiate(self, arg: Any, stack: list[int], at: int) -> None:
        """End a call of deriv."""
        name, count, keywords = arg
        if keywords:
            raise self.fault("named_argument", at, name=name)
        if count != 2:
            raise self.fault("arity", at, name=name, wanted=plural(2, "argument"), got=count)
        stack.pop()  # the name that it is by
        expression = stack.pop()
        if self.is_one_array(expression):
            raise self.fault("deriv_of_array", at)
        stack.append(deriv.end(self, self.derivs.pop(), expression, at))

    def scalar(self, node: int, at: int) -> int:
        """Return the node; refuse an array."""
        if self.is_one_array(node):
            raise self.fault("not_a_number_there", at)
        return node

    def is_one_array(self, node: int) -> bool:
        """Say whether the value of a node is an array."""
        return self.is_array(node) or self.graph.arrays and not isinstance(self.shape.at_point(node), float)

    def is_array(self, node: int) -> bool:
        """Say whether a node is an array written out."""
        head = self.graph.nodes[node][0]
        return isinstance(head, Array) and head.name == "array"

    def literal(self, text: str, at: int) -> int:
        """Return the constant of a literal. One of up to 15 digits is kept as the shortest text of its double, which has the
        same decimal value; a longer one is kept as it is."""
        value = float(text)
        if isinf(value):
            raise self.fault("literal_too_large", at)
        short = len(text) <= 15 or sum(char.isdigit() for char in text.lower().partition("e")[0]) <= 15
        node = self.graph.number(decimal_text(value) if short else text, at)
        self.literals[text] = node
        return node

    def free_name(self, name: str, at: int) -> int:
        """Return the input of a name that nothing was bound to."""
        if name in self.called:
            known = name in words.FUNCTIONS or name in self.defined
            raise self.fault("both_ways", at, name=name) if known else self.called_variable(name)
        node = self.free[name] = self.graph.input(name, at)
        return node

    # --- Calls ---

    def called_variable(self, name: str) -> Fault:
        """Return the fault of a name that has a value, or is to have one, and is called as if it were a function."""
        calls = (at for at, op in enumerate(self.syntax.ops) if op == CALL and self.syntax.args[at][0] == name)
        return unknown(self.syntax, next(calls), self.point)

    def enter(self, function: Function, count: int, stack: list[int], at: int) -> Values:
        """Take the arguments of a call of the person's own function, and return the names that hold in its body."""
        if count != len(function.parameters):
            raise self.fault(
                "arity", at, name=function.name, wanted=plural(len(function.parameters), "argument"), got=count
            )
        self.work(function.stop - function.start + 1, at)
        first = len(stack) - count
        arguments = stack[first:]
        del stack[first:]
        captured = deriv.captured(function.values, self.derivs) if self.derivs else function.values
        return {**captured, **dict(zip(function.parameters, arguments))}

    def whole(self, node: int, at: int) -> int:
        """Return a size, an axis or an index, which must be a whole number at the point."""
        value = self.shape.value(node)
        if not isinstance(value, float) or not value.is_integer():
            raise self.fault("size_not_whole", at)
        return int(value)

    def size_of(self, node: int) -> tuple[int, ...]:
        """Return the shape of a node at the point."""
        return self.shape.of(node)

    def may_be_array(self) -> bool:
        """Say whether there are arrays so far."""
        return self.graph.arrays or any(isinstance(head, Array) for head in {node[0] for node in self.graph.nodes})

    def whole_constant(self, name: str, node: int, at: int) -> None:
        """Refuse an order (of a root, of polygamma) that is not a whole number, or below the least there is; like the end of
        a range it shapes the program, and is not differentiated by."""
        least = 1 if name == "root" else 0
        value = self.shape.value(self.scalar(node, at))
        if not value.is_integer() or value < least:
            raise self.fault("order_not_whole", at, name=name, least=least, value=decimal_text(value))

    # --- Work that a short text can ask for ---

    def series(self, at: int, stack: list[int], values: Values) -> Series:
        """Begin a sum or product: its ends are on the stack and must be whole numbers at the point."""
        index, end = self.syntax.args[at]
        name = self.syntax.args[end][0]
        if name not in words.SERIES:
            raise self.fault("range_outside_series", end, name=name)
        last, first = (self.whole_end(stack.pop(), at) for _ in ("last", "first"))
        numbers = range(first, last + 1)
        self.work(max(0, last + 1 - first) * (end - at), end)  # there may be more numbers than len can tell
        return Series(TABLE[words.SERIES[name]], index, numbers, (at + 1, end), values)

    def whole_end(self, node: int, at: int) -> int:
        """Return the end of a range, which must be a whole number at the point."""
        value = self.shape.value(self.scalar(node, at))
        if not value.is_integer():
            raise self.fault("range_not_whole", at, value=decimal_text(value))
        return int(value)

    def work(self, steps: int, at: int) -> None:
        """Count the work of inlined functions and series, which a short text can ask for without end."""
        self.steps += steps
        if self.steps > self.max_steps:
            raise self.fault("too_many_steps", at, limit=f"{self.max_steps:,}")
