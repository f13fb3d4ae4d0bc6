"""Tables for people: forward in the layout of Baydin et al. 2018, Table 2, reverse in that of their Table 3.

A row is a name, its formula, the numbers put in, and the result, and the numbers printed in a row give the number at its
end: the result is rounded, and the operands get as many digits as it takes until the arithmetic on what is printed rounds
to what is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from adcli import names
from adcli.answers import SHORT as SHORT_PROGRAM
from adcli.errors import plural
from adcli.graph import decimal_text
from adcli.language.reading import reading, result_name
from adcli.notation import Style, text_of
from adcli.render import arrays
from adcli.render.layout import GAP, Block, Column, Row, folded, laid_out, paint, width_of
from adcli.render.results import results
from adcli.render.text import encodable, short
from adcli.rules import CONSTANTS
from adcli.trace import ADJOINT, TANGENT, VALUE, ArrayTrace, label

if TYPE_CHECKING:
    from adcli.answers import Answer
    from adcli.render import Display
    from adcli.trace import Contribution, Step, Tangent, Trace

SHORT = 60
"""Traces of up to this many rows are shown unasked."""

SMALL = 9
"""An array of up to this many elements is in full in a trace, if the terminal has room for it."""

FEW = 6
"""An array of up to this many elements is in full whatever the terminal."""

BESIDE = 24
"""So many characters of a terminal are for what stands beside the result of a row."""

LONG = 120
"""Numbers put in that take more characters than this are left out."""

LONGEST = 100
"""A formula of more characters than this is left out of a table, and the numbers with it."""

MARKS = {VALUE: "", TANGENT: names.DOT, ADJOINT: names.BAR}


def render(answer: Answer, display: Display) -> None:
    """Write the answer as text and tables to standard output."""
    Page(answer, display).write()


class Numbers:
    """How numbers are written: with significant digits or fixed decimals, and with more of them on request."""

    def __init__(self, display: Display, width: float = inf) -> None:
        self.digits, self.decimals, self.width = display.digits, display.decimals, width

    def text(self, value: Any, more: int = 0) -> str:
        """Return a number with the digits asked for and some more; with 17 or above, all that it has. An array has them for
        each of its elements; what is not there is a dash."""
        if value is None:
            return "-"
        if not isinstance(value, float):
            return arrays.text(value, lambda number: self.text(number, more))
        if self.decimals is not None and more < 17:
            text = f"{value:.{self.decimals + more}f}"
        elif self.digits + more < 17:
            text = f"{value:.{self.digits + more}g}"
            if "e+" in text and float(text) == value and abs(value) < 1e6:
                text = decimal_text(value)  # 10 in one digit is 10, 11 is 1e1
        else:
            text = decimal_text(value)
        if text.startswith("-") and not text.strip("-0.e+"):
            return text[1:]  # -0 is 0 to a reader
        return short(text)

    def put_in(self, trace: Trace, formula: int, operands: Mapping[str, float], result: float, style: Style) -> str:
        """Return a formula with numbers for its names, in as many digits as it takes to give the result as printed."""
        wanted = {name: trace.known(name, operands) for name in trace.names_in(formula)}
        if trace.program.graph.arrays:
            return self._arrays_put_in(trace, formula, wanted, result, style)
        for more in range(18):
            texts = {name: self.text(value, more) for name, value in wanted.items()}
            computed = trace.compute(formula, {name: float(text) for name, text in texts.items()})
            if self.text(computed) == self.text(result):
                break
        return trace.written(formula, style._replace(name=texts.__getitem__))

    def brief(self, value: Any) -> str:
        """Return a number, or an array on one line of a trace."""
        line = self.line(value)
        return line if len(line) <= self.width - BESIDE else self.line(value, full=FEW)

    def line(self, value: Any, more: int = 0, full: int = SMALL) -> str:
        """Return a number, or an array of up to so many elements, in full; of a larger one its edges."""
        return arrays.one_line(arrays.sample(value, full, (2, 1, 1)), lambda number: self.text(number, more))

    def _arrays_put_in(self, trace: Trace, formula: int, wanted: Mapping[str, Any], result: Any, style: Style) -> str:
        """Return a formula with small arrays for its names, nothing where it would be long or say something else: where an
        adjoint is broadcast, for one."""
        if any(arrays.size_of(value) > SMALL for value in wanted.values()):
            return ""
        for more in range(18):
            texts = {name: self.line(value, more) for name, value in wanted.items()}
            written = trace.written(formula, style._replace(name=texts.__getitem__))
            if len(written) > LONG:
                break
            printed = {name: self._printed(value, more) for name, value in wanted.items()}
            try:
                computed = trace.compute(formula, printed)
            except ValueError:  # digits make a matrix singular
                continue
            if self.line(computed) == self.line(result):
                return written
        return ""

    def _printed(self, value: Any, more: int) -> Any:
        """Return the number or array that is printed with so many digits more."""
        if isinstance(value, float):
            return float(self.text(value, more))
        printed = value.copy()
        for at, number in enumerate(value.flat):
            printed.flat[at] = float(self.text(float(number), more))
        return printed


class Page:
    """One answer on its way to standard output."""

    def __init__(self, answer: Answer, display: Display) -> None:
        self.answer, self.display = answer, display
        self.found = arrays.listed(answer.results)
        self.terminal = sys.stdout.isatty()
        self.ascii = display.ascii or not encodable("₁·∂′ẋ\u0304│", sys.stdout.encoding)
        self.width = (os.get_terminal_size(sys.stdout.fileno()).columns or 80) if self.terminal else 100
        self.numbers = Numbers(display, self.width if self.terminal else inf)
        self.bar = "|" if self.ascii else "│"
        self.spell = names.plain if self.ascii else names.pretty
        constants = {name: name for name in CONSTANTS} if self.ascii else CONSTANTS
        self.style = Style("*" if self.ascii else "·", False, constants, self.spell)
        steps = (
            answer.program if answer.trace is None else answer.trace.program
        )  # those of the elements of arrays, perhaps
        self.graph = steps.graph
        self.names = (
            names.source_names(self.graph) if display.names == "source" else names.book_names(self.graph, steps.inputs)
        )
        self.title = result_name(answer.program)
        count = len(answer.program.outputs)
        self.outputs = [self.spell(f"{self.title}{number + 1}") for number in range(count)]
        if not answer.program.vector:
            self.outputs = [self.title]
        wanted = self.terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.color = {"always": True, "never": False, "auto": wanted}[display.color]

    # --- The page ---

    def write(self) -> None:
        """Write the reading, the traces, the value and the gradient."""
        answer = self.answer
        print(reading(answer.program, self.style))
        if answer.trace is not None:
            self.traces(answer.trace)
        elif self.display.trace is None and answer.mode is not None and self.untraced():
            print(self.left_out(), file=sys.stderr)
        for lines in results(self):
            self.print(lines)

    def untraced(self) -> bool:
        """Say whether the program is too long, or its arrays too large, to be traced unasked."""
        graph = self.answer.program.graph
        return len(graph.nodes) > SHORT_PROGRAM or graph.arrays and self.answer.request.trace is None

    def left_out(self) -> str:
        """Say how long the trace is that is not shown."""
        if self.answer.written:
            count, sweeps = self.answer.written
            over = f"and {plural(sweeps, 'sweep')} over {'it' if count == 1 else 'them'}"
            return f"Written out by element, the program has {plural(count, 'step')} {over}; --trace shows all."
        count = len(self.answer.program.graph.steps())
        return f"The program has {plural(count, 'step')}; --trace shows {'it' if count == 1 else 'them'}."

    def equations(self, lines: Sequence[tuple[str, str]]) -> list[str]:
        """Return lines "name = text" as a table; a text may have several lines."""
        rows = [(name, text.split("\n")) for name, text in lines]
        split = [
            (name, "=", first) if at == 0 else ("", "", first) for name, parts in rows for at, first in enumerate(parts)
        ]
        cells = list(zip(*split))
        return self.grid(
            [(style, column, max(map(width_of, column))) for style, column in zip(("bold", "", "green"), cells)]
        )

    def matrix(self, corner: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        """Return a table of numbers with names for its rows and columns, the numbers at the right of their columns."""
        columns = [("bold", [corner, *(name for name, _ in rows)])]
        columns += [("green", [head, *(cells[number] for _, cells in rows)]) for number, head in enumerate(heads)]
        grid = []
        for number, (style, cells) in enumerate(columns):
            width = max(map(width_of, cells))
            aligned = [cell if number == 0 else " " * (width - width_of(cell)) + cell for cell in cells]
            grid.append((style, aligned, width + (number < len(columns) - 1)))
        return self.grid(grid)

    def traces(self, trace: Trace) -> None:
        """Write the primal trace, and the tangent or the adjoint trace, if they are short or asked for."""
        count = len(trace.primal) + len(trace.tangents) + len(trace.adjoints)
        if count > SHORT and not self.display.trace:
            print(f"The trace has {count:,} rows; --trace shows them.", file=sys.stderr)
            return
        primal = Block("Forward primal trace", [self.primal_row(trace, step) for step in trace.primal])
        if not trace.primal:
            return
        if self.answer.mode != "forward":
            self.line_up([primal])
            if trace.series:
                self.print([self.painted("Taylor coefficients of each step", "bold"), *self.series(trace)])
            for number in dict.fromkeys(row.number for row in trace.adjoints):
                of = self.swept(trace, number) if trace.adjoints[-1].number else ""
                named = [row for row in trace.adjoints if row.number == number and row.node in self.names]
                if named:  # a constant has no adjoint to speak of
                    rows = [self.adjoint_row(trace, row) for row in named]
                    self.line_up([Block(f"Reverse adjoint trace{of}", rows)])
            return
        blocks = [primal]
        ways: dict[str, dict[int, Row]] = {}
        for row in trace.tangents:
            ways.setdefault(row.wrt, {})[row.node] = self.tangent_row(trace, row)
        for wrt, tangents in ways.items():
            name, bracket, rest = wrt.partition("[")  # an element of an array
            title = f"Forward tangent trace{wrt and f', by {self.spell(name)}{bracket}{rest}'}"
            blocks.append(Block(title, [tangents.get(step.node, Row()) for step in trace.primal]))
        self.line_up(blocks)

    def swept(self, trace: Trace, number: int) -> str:
        """Say what a reverse sweep is of: a result, or an element of it."""
        if isinstance(trace, ArrayTrace):
            output = trace.sweeps[number]
            return f" of {self.outputs[output]}{trace.elements[number]}"
        return f" of {self.outputs[number]}"

    def series(self, trace: Trace) -> list[str]:
        """Return the Taylor coefficients of every step, the orders side by side; a step of no use has only the first."""
        longest = max(map(len, trace.series.values()))
        rows = [
            (self.label_name(label(VALUE, node)), [*map(self.cell, series), *["-"] * (longest - len(series))])
            for node, series in trace.series.items()
        ]
        return self.matrix("order", [str(order) for order in range(longest)], rows)

    def cell(self, value: Any) -> str:
        """Return a number, or an array on one line."""
        return self.numbers.text(value) if isinstance(value, float) else self.numbers.brief(value)

    # --- Rows ---

    def primal_row(self, trace: Trace, step: Step) -> Row:
        """Return the row of a node: what it is, and its value."""
        return self.row(trace, VALUE, step.node, step.formula, {}, step.value)

    def tangent_row(self, trace: Trace, row: Tangent) -> Row:
        """Return the row of a tangent."""
        return self.row(trace, TANGENT, row.node, row.formula, row.operands, row.value)

    def adjoint_row(self, trace: Trace, row: Contribution) -> Row:
        """Return the row of a contribution, beside the operation that it comes from."""
        beside = ""
        if row.source is not None:
            step = trace.steps[row.source]
            assert step.formula is not None
            name, text = self.label_name(label(VALUE, step.node)), self.formula(trace, step.formula)
            beside = f"{name} = {text}" if len(text) <= LONGEST else name
        return self.row(trace, ADJOINT, row.node, row.formula, row.operands, row.total)._replace(
            beside=beside, bar=self.bar
        )

    def row(
        self, trace: Trace, kind: str, node: int, formula: int | None, operands: Mapping[str, float], result: float
    ) -> Row:
        """Return a row: name = formula = numbers put in = result."""
        name = self.label_name(label(kind, node)) if node in self.names else trace.constant(node)
        shape = str(arrays.shape_of(result)) if trace.program.graph.arrays else ""
        end = f"= {self.numbers.brief(result) if shape else self.numbers.text(result)}"
        if formula is None:
            return Row(name=name, shape=shape, result=end)
        style, text = self.style._replace(bare=True), self.formula(trace, formula)
        if len(text) > LONGEST:
            return Row(name=name, shape=shape, result=end)
        put_in = self.numbers.put_in(trace, formula, operands, result, style)
        shown = put_in not in ("", text) and len(put_in) <= LONG
        return Row("", "", name, shape, f"= {text}", f"= {put_in}" if shown else "", end)

    def formula(self, trace: Trace, formula: int) -> str:
        """Return a formula of a trace as it is printed."""
        return trace.written(formula, self.style._replace(bare=True, name=self.label_name))

    def label_name(self, text: str) -> str:
        """Return the name of a value, tangent or adjoint as it is printed."""
        node, kind = text.split(" ")
        name = self.names.get(int(node))
        if name is None:  # an array that is made of numbers
            return text_of(self.graph, int(node))
        return self.spell(name, MARKS[kind])

    # --- Layout ---

    def line_up(self, blocks: list[Block]) -> None:
        """Write blocks side by side while they fit the width, and the others below."""
        group: list[Block] = []
        used = 0
        for block in blocks:
            if self.terminal:
                block = block.narrowed(self.width)
            if group and used + GAP + block.width() > self.width:
                self.side_by_side(group)
                group, used = [], 0
            used += block.width() + GAP * bool(group)
            group.append(block)
        self.side_by_side(group)

    def side_by_side(self, blocks: Sequence[Block]) -> None:
        """Write blocks beside one another, each under its title, with a line between them."""
        if len(blocks) == 1:
            blocks = [Block(blocks[0].title, [row for row in blocks[0].rows if any(row)])]
        gap = f" {self.bar} "
        columns: list[Column] = []
        titles: list[str] = []
        for block in blocks:
            if columns:
                columns.append(("dim", [gap] * len(block.rows), len(gap)))
                titles.append(f" {gap} ")
            inside = block.columns()
            if self.terminal:
                inside = folded(inside, self.width)
            style, cells, width = inside.pop()
            width = max(width, width_of(block.title) - sum(used + 1 for *_, used in inside))
            whole = sum(used + 1 for *_, used in inside) + width
            columns += [*inside, (style, cells, width)]
            titles.append(block.title + " " * (whole - width_of(block.title)))
        self.print([self.painted("".join(titles), "bold"), *self.grid(columns)])

    def grid(self, columns: Sequence[Column]) -> list[str]:
        """Return columns of given style, cells and width as lines."""
        return laid_out(columns, self.color)

    def painted(self, text: str, style: str) -> str:
        """Return a text in a style, where there are colours."""
        return paint(text, style, self.color)

    def print(self, lines: Sequence[str]) -> None:
        """Write lines after an empty one, without the blanks that fill them up at the right."""
        print("", *map(str.rstrip, lines), sep="\n")
