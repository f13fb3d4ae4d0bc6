"""A program at many points: all points of a block together, on columns, or where the graph depends on the point one by one."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from adcli import answers, findings
from adcli.answers import Request
from adcli.batch.inputs import check_names, differentiated
from adcli.batch.layout import Shape, keys, numbers_in, titles
from adcli.batch.plan import plan
from adcli.batch.tape import Tape
from adcli.errors import EVALUATE, EXIT_STATUS, Fault
from adcli.findings import SIDES
from adcli.language import Program, Syntax, elaborate, parse
from adcli.language.code import DERIV
from adcli.language.scope import Scope
from adcli.language.unknown import unvalued, uses_constant

Column = Any

KINKS = ("kink", "boundary")


class Outcome(NamedTuple):
    """What was found at the points of a block: a column for each title; which rows have no finite value, which have one but a
    derivative that is not finite, and which are at a kink or a boundary, as row numbers; and the fault at which to stop, which
    belongs to the row after the last one of the columns."""

    results: list[Column]
    undefined: Any
    infinite: Any
    bent: Any
    fault: Fault | None = None


class Engine:
    """What was asked at many points: ``used`` are the columns that the program has as inputs, ``titles`` the names of the
    columns that come out, ``wrt`` the inputs to differentiate by, ``rows(columns)`` the Outcome."""

    program: Program | None = None
    """The program, if it is the same at every point."""

    parallel = True
    """Whether several blocks may be computed at a time."""

    def __init__(self, request: Request, syntax: Syntax, used: list[str]) -> None:
        self.request, self.syntax, self.used = request, syntax, used
        self.lay_out((), [])

    def lay_out(self, shape: Shape, wrt: list[str]) -> None:
        """Note the shape of the result and by what it is differentiated."""
        self.shape, self.wrt = shape, wrt
        self.titles = titles(self.request.command, shape, wrt)
        self.keys = keys(self.request.command, shape, wrt)

    def begin(self, points: Iterable[Mapping[str, float]]) -> None:
        """Get ready, given the first points."""

    def rows(self, columns: Sequence[Column], results: list[Column]) -> Outcome:
        """Put what is found at the points of these columns, which are those ``used``, into arrays, one for each title, and
        return what there is to say of it."""
        raise NotImplementedError

    def alone(self, point: Mapping[str, float]) -> answers.Answer:
        """Return the answer at one point, as if it were the only one; raise its fault."""
        request = self.request
        at = {**request.at, **point}
        program = elaborate(self.syntax, at, request.max_steps)
        wrt = [name for name in self.wrt if name in program.inputs]
        if request.wrt is None:
            wrt = [name for name in wrt if name not in program.shaping]
        direction = {name: tangent for name, tangent in (request.tangent or {}).items() if name in wrt}
        whole = Request(
            request.command,
            request.expression,
            at,
            wrt=None if request.command in ("eval", "jvp") else wrt,
            mode=request.mode,
            kinks=request.kinks,
            strict=request.strict,
            max_steps=request.max_steps,
            tangent=direction,
            data=frozenset(request.at),
        )
        return answers.answer(whole, program)


class Together(Engine):
    """All points of a block at once: one tape for all of them, and for each thread memory of its own."""

    def __init__(self, request: Request, syntax: Syntax, program: Program, used: list[str]) -> None:
        super().__init__(request, syntax, used)
        self.program = program
        wrt = differentiated(request, program)
        self.lay_out((len(program.outputs),) if program.vector else (), list(wrt))
        told = request.command != "eval" or DERIV in syntax.ops
        about = answers.inputs(program, None, request.data) if request.command == "eval" else wrt
        self.plan = plan(program, request.command, wrt, about if told else {}, request.tangent, request.mode)
        self.everywhere = bool(program.boundaries) and told
        wanted = [*self.plan.values, *self.plan.derivatives, *(() if self.plan.bent is None else (self.plan.bent,))]
        self.tape = Tape(self.plan.graph, wanted, used, request.at)
        self._memory = threading.local()

    def compute(self, columns: Sequence[Column], results: Sequence[Column]) -> None:
        """Put the results at the points of the columns into arrays."""
        if not hasattr(self._memory, "registers"):
            self._memory.registers = self.tape.memory()
        self.tape.run(columns, results, self._memory.registers)

    def rows(self, columns: Sequence[Column], results: list[Column]) -> Outcome:
        """Put what is found at the points of these columns into arrays."""
        count = len(results[0])
        there, bent = np.ones(count, bool), np.zeros(count, bool)
        if self.plan.bent is None:
            self.compute(columns, results)
        else:
            bent_too = np.empty(count)
            self.compute(columns, [*results, bent_too])
            bent = bent_too != 0.0
        bent |= self.everywhere
        for value in results[: len(self.plan.values)]:
            there &= np.isfinite(value)
        finite = there.copy()
        for derivative in results[len(self.plan.values) :]:
            finite &= np.isfinite(derivative)
        if not there.all():
            for column in results:
                column[~there] = np.nan
        undefined, infinite, kinked = map(np.flatnonzero, (~there, there & ~finite, there & bent))
        stops = {*(infinite if self.request.strict else ()), *(kinked if self.request.kinks == "error" else ())}
        for row in sorted(stops):
            try:
                self.alone({name: float(column[row]) for name, column in zip(self.used, columns)})
            except Fault as fault:
                return cut(Outcome(results, undefined, infinite, kinked), row, fault)
        return Outcome(results, undefined, infinite, kinked)


class Apart(Engine):
    """One point after the other, as if each were alone: for programs whose graph depends on the point, for programs with
    arrays, and for one-sided derivatives."""

    parallel = False

    def __init__(
        self, request: Request, syntax: Syntax, program: Program | None, used: list[str], shaping: Container[str]
    ) -> None:
        super().__init__(request, syntax, used)
        self.program, self.shaping = program, shaping

    def begin(self, points: Iterable[Mapping[str, float]]) -> None:
        """Learn at the first point where there is a program how many results it has, and by what they are differentiated."""
        known = [name for name in self.used if name not in self.shaping]
        self.lay_out((), list(self.request.wrt or known if self.request.command != "eval" else ()))
        for point in points:
            try:
                with np.errstate(all="ignore"):
                    self.learn({**self.request.at, **point})
                break
            except Fault as fault:
                if not counted(fault):
                    raise

    def learn(self, at: Mapping[str, float]) -> None:
        """Learn it at this point."""
        program = elaborate(self.syntax, at, self.request.max_steps)
        missing = [name for name in program.inputs if name not in at]
        if missing:
            raise unvalued(self.syntax, missing)
        wrt = list(differentiated(self.request, program))
        if self.request.wrt is None and self.request.command in ("grad", "jacobian", "hessian"):
            wrt += [name for name in self.used if name not in program.inputs]  # another point may need it
            wrt = [name for name in wrt if name not in self.shaping]
        shape: Shape = (len(program.outputs),) if program.vector else ()
        if program.graph.arrays:
            value = findings.values_at(program, {name: at[name] for name in program.inputs})[program.output]
            shape = np.shape(value)
            if self.request.command in ("grad", "hessian"):
                answers.scalar(self.request, program, value)
        self.lay_out(shape, wrt)

    def rows(self, columns: Sequence[Column], results: list[Column]) -> Outcome:
        """Put what is found at the points of these columns into arrays."""
        count = len(results[0])
        for column in results:
            column.fill(np.nan)
        undefined, infinite, bent = list[int](), list[int](), list[int]()
        points = zip(*(column.tolist() for column in columns)) if columns else repeat((), count)
        for row, numbers in enumerate(points):
            try:
                answer = self.alone(dict(zip(self.used, numbers)))
                self.check_shape(np.shape(answer.results["value"]))
            except Fault as error:
                if not counted(error):
                    return cut(Outcome(results, undefined, infinite, bent), row, error)
                undefined.append(row)
                continue
            kinds = {finding.kind for finding in answer.findings}
            if kinds.intersection(KINKS):
                bent.append(row)
            if kinds.difference(KINKS, ("unused",)):
                infinite.append(row)
            for column, number in numbers_in(self.keys, answer.results):
                results[column][row] = 0.0 if number is None else number  # 0 by an input that is not needed there
        return Outcome(results, undefined, infinite, bent)

    def check_shape(self, shape: Shape) -> None:
        """Refuse a result that has no place in the columns: they were laid out for one of another shape."""
        if shape != self.shape:
            got, wanted = (f"an array of the shape {size}" if size else "one number" for size in (shape, self.shape))
            raise Fault("points_shape", got=got, wanted=wanted)


def counted(fault: Fault) -> bool:
    """Say whether a fault is one of a point's, which has no value, and no reason to stop."""
    stops = fault.name == "derivative_not_finite" or fault.kind in ("kink", "missing_value", "shape")
    return EXIT_STATUS[fault.kind] == EVALUATE and not stops


def cut(outcome: Outcome, row: int, fault: Fault) -> Outcome:
    """Return what was found before a row, at which to stop."""
    undefined, infinite, bent = ([n for n in rows if n < row] for rows in outcome[1:4])
    return Outcome([column[:row] for column in outcome.results], undefined, infinite, bent, fault)


def engine(request: Request, header: Sequence[str], file: str) -> Engine:
    """Return what answers a request at the points of a file with these columns; ``request.at`` has the names that are the same
    at every point.

    Raises Fault for what the program asks for and cannot have, whatever the point.
    """
    syntax = parse(request.expression)
    try:
        program = elaborate(syntax, request.at, request.max_steps)
    except Fault as fault:
        if fault.kind != "missing_value":
            raise
        program = None  # it has a shape at a point only
    scope = Scope(syntax)
    names = scope.free if program is None else program.inputs
    for name in (*header, *request.at):
        if uses_constant(syntax, name):
            raise Fault("given_constant", name=name)
    used = [name for name in dict.fromkeys(header) if name in names]
    for name in used:
        if header.count(name) > 1:
            raise Fault("data_twice", where=file, name=name)
        if name in request.at:
            raise Fault("data_given", name=name, file=file)
    try:
        if request.kinks in SIDES and request.mode == "reverse":
            raise Fault("one_sided", side=request.kinks)
        if program is None:
            check_names(request, scope, [*request.at, *used])
            return Apart(request, syntax, program, used, scope.shaping)
        missing = [name for name in program.inputs if name not in request.at and name not in used]
        if missing:
            raise unvalued(syntax, missing)
        differentiated(request, program)
        if program.graph.arrays or request.kinks in SIDES:
            return Apart(request, syntax, program, used, scope.shaping)
        return Together(request, syntax, program, used)
    except Fault as fault:
        fault.text = fault.text or request.expression
        raise
