"""The trace: what a sweep did, step by step, as plain records.

A trace is built by observing the sweep that computes the answer, so the printed steps are the computation and not a second
one. Each record has its formula as a node of one small graph (``Trace.formulas``), whose inputs are the values, tangents
and adjoints of the program's nodes; how they are called and with how many digits they are printed is the renderer's choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any, NamedTuple

from adcli import simplify
from adcli.derive import Seeds, Side
from adcli.graph import INPUT, NUMBER, Graph
from adcli.language.program import Program
from adcli.notation import Item, Style, leaves, postfix, spell, text_of
from adcli.numbers.symbols import Symbol, Symbols
from adcli.numbers.system import FLOATS, system_of
from adcli.rules import WHERE
from adcli.rules.arrays import JOINT
from adcli.rules.primitive import Array, Primitive
from adcli.simplify.arrays import Ordinary
from adcli.sweeps import Observer, pulled, pushed, taken

VALUE, TANGENT, ADJOINT = "", "dot", "bar"

FEW = 2
"""Of a function of more arguments, a tangent is written with those alone that have one."""


class Step(NamedTuple):
    """A row of the primal trace: a node and its value. ``formula`` is None for an input."""

    node: int
    operation: str
    arguments: tuple[int, ...]
    formula: int | None
    value: float


class Tangent(NamedTuple):
    """A row of the tangent trace: the derivative of a node by the input ``wrt``, or in a direction that has no name;
    ``formula`` is None for a seed."""

    node: int
    wrt: str
    formula: int | None
    operands: Mapping[str, float]
    value: float


class Contribution(NamedTuple):
    """A row of the adjoint trace: what ``source`` hands to the adjoint of ``node``, in the sweep of that ``number``. A seed row
    has no source."""

    node: int
    source: int | None
    formula: int | None
    operands: Mapping[str, float]
    upstream: float | None
    partial: float | None
    contribution: float
    total: float
    number: int


class Trace:
    """The record of one evaluation and of the sweeps that followed it; ``side`` is that of one-sided derivatives, ``series``
    holds the Taylor coefficients of each node where those were computed."""

    def __init__(self, program: Program, values: Sequence[float], side: Side | None = None) -> None:
        self.program, self.values, self.side = program, values, side
        self.bends = frozenset(side.bends) if side else frozenset()
        self.formulas = Graph(program.graph.arrays)
        self.system = Symbols(self.formulas)
        self.tangents: list[Tangent] = []
        self.adjoints: list[Contribution] = []
        self.series: dict[int, list[float]] = {}
        self._partials: dict[tuple[int, int], Symbol] = {}
        self._dots: dict[str, dict[str, float]] = {}
        self._totals: dict[int, float] = {}
        self._live: list[bool] = []
        needed = program.graph.leads_to(program.outputs)
        self._taken = needed if side or program.graph.arrays else taken(program.graph, program.outputs, values)
        asked = {*program.inputs.values()}
        rows = (index for index in range(len(values)) if index in asked or needed[index] and self.has_row(index))
        self.primal = [self._step(index) for index in rows]
        self.steps = {step.node: step for step in self.primal}
        self.operands: dict[str, float] = {label(VALUE, step.node): step.value for step in self.primal}

    def has_row(self, index: int) -> bool:
        """Say whether a node has a row of its own: constants have none."""
        node = self.program.graph.nodes[index]
        return node[0] is not NUMBER and len(node) > 1

    # --- Records ---

    def _step(self, index: int) -> Step:
        head, *_ = self.program.graph.nodes[index]
        if head is INPUT:
            return Step(index, "input", (), None, self.values[index])
        assert isinstance(head, Primitive)
        arguments = self.program.graph.arguments(index)
        formula = Symbol(
            self.formulas, self.formulas.put((head, *(self.symbol(argument).index for argument in arguments)))
        )
        if head.shown:
            formula = simplify.partial_as_shown(formula)
        return Step(index, head.name, arguments, formula.index, self.values[index])

    def symbol(self, index: int) -> Symbol:
        """Return the value of a node as a symbol; a constant stands for itself."""
        node = self.program.graph.nodes[index]
        if self.has_row(index):
            return self._label(VALUE, index)
        return Symbol(self.formulas, self.formulas.put(node))

    def constant(self, index: int) -> str:
        """Return the text of a constant."""
        return text_of(self.program.graph, index)

    def partial(self, index: int, number: int) -> Symbol:
        """Return the partial derivative of a node by one of its arguments as a formula: the row's rule, run on symbols."""
        key = index, number
        if key not in self._partials:
            head = self.program.graph.nodes[index][0]
            operands = [self.symbol(argument) for argument in self.program.graph.arguments(index)]
            rule = self.system.rules[head][number]
            assert rule is not None
            self._partials[key] = self._as_shown(self.system.lift(rule(*operands, self.symbol(index))))
        return self._partials[key]

    def _as_shown(self, partial: Symbol) -> Symbol:
        """Return a partial derivative as it is to be shown: internal functions as the ordinary expressions that they stand
        for, unless the whole has another value then, as 0^2*ln(0) has; then the number."""
        value = self.compute(partial.index, {})
        if not agree(self.compute(partial.index, {}, as_shown=True), value):
            return self.system.lift(value)
        return simplify.partial_as_shown(partial)

    def _label(self, kind: str, index: int) -> Symbol:
        return Symbol(self.formulas, self.formulas.input(label(kind, index)))

    # --- Forward ---

    def watch_forward(self, name: str | int, seeds: Seeds) -> Observer:
        """Note the tangents of the inputs in a direction of that name; return what observes the rest of the sweep."""
        wrt, inputs = str(name), self.program.inputs
        dots = self._dots[wrt] = {label(TANGENT, index): seed for index, seed in seeds.items() if seed is not None}
        shown = [index for name, index in inputs.items() if name not in self.program.shaping]
        self._live = self.program.graph.depends(shown)
        self.tangents += [Tangent(index, wrt, None, {}, dots.get(label(TANGENT, index), 0.0)) for index in shown]
        return partial(self._observe_forward, wrt)

    def _observe_forward(self, wrt: str, node: int, tangent: float | None) -> None:
        """Note one step of a forward sweep in the direction of one input."""
        if not self._taken[node] or not self._live[node]:
            return
        dots = self._dots[wrt]
        value = 0.0 if tangent is None else tangent
        for arguments in self._ways(node, dots):
            operands = {name: dots.get(name, 0.0) for name in (label(TANGENT, argument) for _, argument in arguments)}
            sided = node in self.bends and arguments
            formula = self._sided_formula(node) if sided else self._tangent_formula(node, arguments)
            if agree(self.compute(formula, operands), value):
                break
        if tangent is not None:
            dots[label(TANGENT, node)] = tangent
        self.tangents.append(Tangent(node, wrt, formula, operands, value))

    def _ways(self, node: int, dots: Mapping[str, float]) -> Iterator[list[tuple[int, int]]]:
        """Yield the arguments that the tangent of a node may come from, each with its place in the argument list: the first
        whose formula gives the number is the one to show. All of them, if they are few, so that zeros are seen as in the
        books; or, where a structural zero meets an infinity, only those that have a tangent; beside a boundary, those of the
        other branch."""
        head = self.program.graph.nodes[node][0]
        arguments = list(enumerate(self.program.graph.arguments(node)))
        rules = self.system.rules[head]
        if head is WHERE:
            taken = 1 if self.values[arguments[0][1]] else 2
            yield [arguments[taken]] if self._live[arguments[taken][1]] else []
            yield [arguments[3 - taken]] if self._live[arguments[3 - taken][1]] else []
        else:
            live = [(number, argument) for number, argument in arguments if rules[number] and self._live[argument]]
            if len(arguments) <= FEW or node in self.bends:
                yield live
            yield [(number, argument) for number, argument in live if label(TANGENT, argument) in dots]

    def _sided_formula(self, node: int) -> int:
        """Return the formula of a one-sided tangent at a kink."""
        row = self.program.graph.nodes[node][0]
        assert isinstance(row, Primitive)
        arguments = self.program.graph.arguments(node)
        dots = [self._label(TANGENT, argument) if self._live[argument] else 0.0 for argument in arguments]
        assert self.side
        if self.side.sign < 0:
            dots = [-dot for dot in dots]
        sided = self.system.expression(row.sided, row.sided_parameters)
        formula = self.system.lift(sided(*dots, *map(self.symbol, arguments), self.symbol(node)))
        return (formula if self.side.sign > 0 else -formula).index

    def _tangent_formula(self, node: int, arguments: Sequence[tuple[int, int]]) -> int:
        """Return the formula of a tangent: the sum of tangent*partial over these arguments."""
        total: Symbol | None = None
        for number, argument in arguments:
            total = simplify.plus(total, self._label(TANGENT, argument), self.partial(node, number))
        return self.formulas.number("0") if total is None else total.index

    # --- Reverse ---

    def watch_reverse(self, sweep: str | int, seeds: Seeds) -> Observer:
        """Note the adjoints of the results; return what observes the rest of the sweep of that number."""
        self._totals = {}
        for index, seed in seeds.items():
            assert seed is not None
            self._totals[index] = seed
            self.adjoints.append(Contribution(index, None, None, {}, None, None, seed, seed, int(sweep)))
        return partial(self._observe_reverse, int(sweep))

    def _observe_reverse(
        self, sweep: int, node: int, number: int, g: float, partial: float, contribution: float, total: float
    ) -> None:
        """Note one contribution of a reverse sweep."""
        argument = self.program.graph.arguments(node)[number]
        term = simplify.product(self._label(ADJOINT, node), self.partial(node, number))
        operands = {label(ADJOINT, node): g}
        before = self._totals.get(argument)
        if before is not None:
            operands[label(ADJOINT, argument)] = before
            term = self._label(ADJOINT, argument).apply("add", self._label(ADJOINT, argument), term)
        self._totals[argument] = total
        self.adjoints.append(Contribution(argument, node, term.index, operands, g, partial, contribution, total, sweep))

    # --- Formulas ---

    def compute(self, formula: int, operands: Mapping[str, float], as_shown: bool = False) -> float:
        """Return the value of a formula, given what its names stand for besides the values of nodes; ``as_shown`` with its
        internal functions as the ordinary expressions that they are printed as."""
        stack: list[float] = []
        for head, payload in postfix(self.formulas, formula, self._number_leaf(operands)):
            if head is None:
                stack.append(payload)
            else:
                first = len(stack) - payload
                ordinary = as_shown and head.shown
                function = FLOATS.expression(head.shown, head.parameters) if ordinary else FLOATS.functions[head]
                stack[first:] = [function(*stack[first:])]
        return stack.pop()

    def _number_leaf(self, operands: Mapping[str, float]) -> Callable[[int], Item | None]:
        def leaf(index: int) -> Item | None:
            head, *rest = self.formulas.nodes[index]
            if head is INPUT:
                return None, self.known(str(rest[0]), operands)
            if head is NUMBER:
                return None, float(str(rest[0]))
            return None if rest else (None, FLOATS.functions[head])

        return leaf

    def known(self, name: str, operands: Mapping[str, float]) -> float:
        """Return what a name (see ``label``) stands for in a row that has these operands besides the values of nodes."""
        return operands[name] if name in operands else self.operands[name]

    def names_in(self, formula: int) -> list[str]:
        """Return the names (see ``label``) that a formula has."""
        found: list[str] = []

        def leaf(index: int) -> Item | None:
            head, *rest = self.formulas.nodes[index]
            if head is INPUT:
                found.append(str(rest[0]))
            return (None, None) if head is INPUT or head is NUMBER else None

        for _ in postfix(self.formulas, formula, leaf):
            pass
        return found

    def written(self, formula: int, style: Style) -> str:
        """Return a formula as text; ``style.name`` spells the names, which are those of ``label``, or puts numbers in."""
        return spell(postfix(self.formulas, formula, leaves(self.formulas, style)), style)


class ArrayTrace(Trace):
    """The trace of a program over arrays. Its formulas are those of the rows of arrays, as a person writes them."""

    def __init__(self, program: Program, values: Sequence[Any]) -> None:
        self.sweeps: list[int] = []
        """The number of the output that each reverse sweep is of."""
        self.elements: list[str] = []
        """The index of the element of that output, where it is of one."""
        self.system_of_values = system_of(program.graph)
        self._shapes = [shape(value) for value in values]
        self._ordinary: dict[bool, Ordinary] = {}
        super().__init__(program, values)
        graph = program.graph
        fixed = (index for index, node in enumerate(graph.nodes) if isinstance(node[0], Array) and len(node) == 1)
        self.operands |= {label(VALUE, index): values[index] for index in fixed}

    def ordinary(self, symbol: Symbol, signs: bool = False) -> Symbol:
        """Return a formula without what no person types; of a row of arrays, without factors -1 too."""
        if signs not in self._ordinary:
            self._ordinary[signs] = Ordinary(self.formulas, lambda name: self._shapes[int(name.split(" ")[0])], signs)
        return self._ordinary[signs].formula(symbol)

    def symbol(self, index: int) -> Symbol:
        """Return the value of a node as a symbol; a number stands for itself, an array that is made of numbers for its name."""
        head, *rest = self.program.graph.nodes[index]
        return self._label(VALUE, index) if isinstance(head, Array) and not rest else super().symbol(index)

    def _step(self, index: int) -> Step:
        step = super()._step(index)
        return step if step.formula is None else step._replace(formula=self._index(step.formula))

    def _index(self, formula: int) -> int:
        return self.ordinary(Symbol(self.formulas, formula)).index

    def _as_shown(self, partial: Symbol) -> Symbol:
        return simplify.partial_as_shown(partial)

    def compute(self, formula: int, operands: Mapping[str, Any], as_shown: bool = False) -> Any:
        """Return the value of a formula, given what its names stand for besides the values of nodes."""
        functions = self.system_of_values.functions
        graph, values = self.formulas, dict[int, Any]()
        for index in needed(graph, formula):
            head, *rest = graph.nodes[index]
            if head is INPUT or head is NUMBER:
                values[index] = self.known(str(rest[0]), operands) if head is INPUT else float(str(rest[0]))
            else:
                values[index] = functions[head](*(values[argument] for argument in rest)) if rest else functions[head]
        return values[formula]

    # --- Forward ---

    def watch_forward(self, name: str | int, seeds: Seeds) -> Observer:
        """Note the tangents of the inputs in a direction of that name, which is one element's where an array has several."""
        if name:
            (index,) = (index for index, seed in seeds.items() if seed is not None)
            name = f"{name}{place(seeds[index])}"
        observe = super().watch_forward(name, seeds)
        for at, row in enumerate(self.tangents):
            if row.formula is None and shape(row.value) != self._shapes[row.node]:
                self.tangents[at] = row._replace(value=self.values[row.node] * 0.0)
        return observe

    def _observe_forward(self, wrt: str, node: int, tangent: Any) -> None:
        from adcli.numbers.arrays import plain  # there are arrays

        if not self._taken[node] or not self._live[node]:
            return
        dots = self._dots[wrt]
        there = [
            (number, argument)
            for number, argument in enumerate(self.program.graph.arguments(node))
            if label(TANGENT, argument) in dots
        ]
        operands = {label(TANGENT, argument): dots[label(TANGENT, argument)] for _, argument in there}
        formula = self._index(self._tangent_formula(node, there))
        if tangent is None:
            tangent = self.values[node] * 0.0
        else:
            dots[label(TANGENT, node)] = tangent = plain(tangent)
        self.tangents.append(Tangent(node, wrt, formula, operands, tangent))

    def _tangent_formula(self, node: int, arguments: Sequence[tuple[int, int]]) -> int:
        head, *rest = self.program.graph.nodes[node]
        dots: dict[int, Any] = {number: self._label(TANGENT, argument) for number, argument in arguments}
        operands = [self.symbol(argument) for argument in rest]
        total: Symbol | None = None
        if head is WHERE:
            if self._shapes[rest[0]]:
                total = self.system.select(operands[0], dots.get(1), dots.get(2))
            else:
                total = dots.get(1 if self.values[rest[0]] else 2)
        elif isinstance(head, Array) and head.name in JOINT:
            nought = self.system.number("0")
            parts = [
                dots.get(number) or (nought.apply("mul", nought, x) if self._shapes[rest[number]] else nought)
                for number, x in enumerate(operands)
            ]
            total = self.system.functions[head](*parts)
        elif isinstance(head, Array):
            for number, dot in dots.items():
                term = pushed(head, number, dot, operands, self.symbol(node), self.system)
                if term is not None:  # an argument that only lends its shape gives nothing
                    total = term if total is None else total + term
        else:
            live = [(number, argument) for number, argument in arguments if self.system.rules[head][number]]
            return super()._tangent_formula(node, live)
        return self.formulas.number("0") if total is None else total.index

    # --- Reverse ---

    def watch_reverse(self, sweep: str | int, seeds: Seeds) -> Observer:
        """Note the adjoints of the results; a sweep for one element of a result is named by it."""
        self.sweeps.append(int(sweep))
        self.elements.append(place(next(iter(seeds.values()), None)))
        return super().watch_reverse(len(self.sweeps) - 1, seeds)

    def _observe_reverse(
        self, sweep: int, node: int, number: int, g: Any, partial: Any, contribution: Any, total: Any
    ) -> None:
        from adcli.numbers.arrays import plain  # there are arrays

        argument = self.program.graph.arguments(node)[number]
        head = self.program.graph.nodes[node][0]
        term = self.ordinary(self._contribution(node, number), signs=isinstance(head, Array))
        g, contribution, total = plain(g), plain(contribution), plain(total)
        operands = {label(ADJOINT, node): g}
        before = self._totals.get(argument)
        if before is not None:
            operands[label(ADJOINT, argument)] = before
            term = self._label(ADJOINT, argument).apply("add", self._label(ADJOINT, argument), term)
        self._totals[argument] = total
        if head is WHERE or self._shapes[argument] != self._shapes[node]:
            partial = None  # the contribution is no product
        self.adjoints.append(Contribution(argument, node, term.index, operands, g, partial, contribution, total, sweep))

    def _contribution(self, node: int, number: int) -> Symbol:
        """Return what a node hands to one of its arguments, as a formula."""
        head, *rest = self.program.graph.nodes[node]
        g, operands = self._label(ADJOINT, node), [self.symbol(argument) for argument in rest]
        if isinstance(head, Array):
            found = pulled(head, number, g, operands, self.symbol(node), self.system)
            assert isinstance(found, Symbol)
            return found
        if head is not WHERE:
            partial = self.partial(node, number)
            summed = self._shapes[rest[number]] != self._shapes[node]
            alone = summed and self.formulas.nodes[partial.index] == simplify.ONE  # sum(g), not sum(g*1)
            term = g if alone else simplify.product(g, partial)
        elif self._shapes[rest[0]]:
            term = g.apply("where", operands[0], *((g, 0.0) if number == 1 else (0.0, g)))
        else:
            term = g
        return term if self._shapes[rest[number]] == self._shapes[node] else term.apply("fit", term, operands[number])


def shape(value: Any) -> tuple[int, ...]:
    """Return the shape of a value, () of a number."""
    return tuple(getattr(value, "shape", ()))


def place(seed: Any) -> str:
    """Return the index of the element that a seed of zeros and a one is of; nothing for any other seed."""
    sizes = shape(seed)
    if not sizes or (seed != 0.0).sum() != 1 or seed.max() != 1.0:
        return ""
    at, found = int(seed.argmax()), list[str]()
    for size in reversed(sizes):
        at, rest = divmod(at, size)
        found.insert(0, str(rest))
    return f"[{', '.join(found)}]"


def needed(graph: Graph, output: int) -> list[int]:
    """Return the nodes that a node needs, and itself, in an order in which they can be computed."""
    found, pending = {output}, [output]
    while pending:
        for argument in graph.arguments(pending.pop()):
            if argument not in found:
                found.add(argument)
                pending.append(argument)
    return sorted(found)


def agree(one: float, other: float) -> bool:
    """Say whether two numbers are the same but for rounding."""
    return one == other or abs(one - other) <= 1e-9 * abs(other) < inf or (one != one and other != other)


def label(kind: str, index: int) -> str:
    """Return the name that a formula has for the value, the tangent or the adjoint of a node."""
    return f"{index} {kind}"
