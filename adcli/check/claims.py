"""Claims: is my answer right? Numbers are held to the digits they are given with, formulas to many points."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import isfinite, ulp
from typing import Any, NamedTuple

from adcli.check.line import noise
from adcli.derive import symbolic_gradient
from adcli.elements import written
from adcli.errors import Fault, no_value, plural
from adcli.graph import Graph
from adcli.language import elaborate, parse
from adcli.language.code import ARRAY, NAME, Syntax, beginning
from adcli.language.program import Program
from adcli.language.tokens import literal_of
from adcli.numbers.system import FLOATS, system_of
from adcli.sweeps import evaluate


class Claim(NamedTuple):
    """One derivative that is claimed: by which inputs, one after the other, and what, as typed; a constant may be meant for the
    point alone. ``element`` is the number of the element that is meant of an array, and the shape that this must have."""

    by: tuple[str, ...]
    text: str
    constant: bool
    element: tuple[int, tuple[int, ...]] | None = None


def claims(
    text: str, names: Sequence[str], every: Sequence[str], several: bool, arrays: Container[str] = ()
) -> list[Claim]:
    """Return what a text claims: ``x=5.5,y=2*x``; or an array with an element for each of the names; or one derivative by the
    names in turn, if there are ``several``, or by the only one. A claim about one of the ``arrays`` has elements of its own.

    Raises Fault for a text that is none of this, a name that is not among ``every`` input, and one that is given twice.
    """
    if not text.strip():
        raise Fault("empty_claim")
    if re.match(r"\s*[^\W\d]\w*\s*=(?!=)[^;\n]*$", text):
        return _by_name(text, every)
    syntax = parse(text)
    kind, _, _, _, stop, _ = syntax.statements[-1]
    if kind == "value" and syntax.ops[stop - 1] == ARRAY and not (len(names) == 1 and names[0] in arrays):
        ends = elements_of(syntax, stop)
        if len(ends) != len(names):
            wanted, got = plural(len(names), "input"), plural(len(ends), "element")
            raise Fault("claim_length", wanted=wanted, got=got)
        return [_claim(syntax, (name,), end) for name, end in zip(names, ends)]
    if len(names) != 1 and not several:
        raise Fault("claim_by_what", example=",".join(f"{name}=..." for name in names[:3]))
    constant = NAME not in syntax.ops
    return [Claim(tuple(names), text, constant)]


def _by_name(text: str, names: Sequence[str]) -> list[Claim]:
    syntax = parse(text, start="point")
    found: dict[str, Claim] = {}
    for _, name, _, _, stop, position in syntax.statements:
        fault = "given_twice" if name in found else None if name in names else "no_inputs_like"
        if fault is not None:
            raised = Fault(fault, (position, position + len(name)), name=name, inputs=", ".join(names) or "none")
            raised.text = text
            raise raised
        found[name] = _claim(syntax, (name,), stop)
    return list(found.values())


def _claim(syntax: Syntax, by: tuple[str, ...], stop: int) -> Claim:
    """Return the claim whose code ends before an instruction."""
    start = beginning(syntax.ops, syntax.args, stop - 1)
    return Claim(by, syntax.text[slice(*syntax.extent(stop - 1))], NAME not in syntax.ops[start:stop])


def by_element(claim: Claim, names: Any) -> list[Claim]:
    """Return a claim about an input as claims about its elements, which have these names: a formula of arrays, or a literal;
    raise Fault if that has not their shape."""
    if not hasattr(names, "shape"):
        return [claim]
    syntax = parse(claim.text)
    if syntax.ops[-1] != ARRAY:
        return [Claim((name,), claim.text, claim.constant, (k, names.shape)) for k, name in enumerate(names.ravel())]
    ends = [syntax.statements[-1][4]]
    for size in names.shape:
        inner = [elements_of(syntax, end) for end in ends]
        if any(len(found) != size for found in inner):
            raise Fault("claim_shape", name=", ".join(claim.by), shape=names.shape)
        ends = [end for found in inner for end in found]
    return [_claim(syntax, (name,), end) for name, end in zip(names.ravel(), ends)]


def elements_of(syntax: Syntax, stop: int) -> list[int]:
    """Return where the code of each element of an array ends, given where that of the array does; of anything else, nothing."""
    if syntax.ops[stop - 1] != ARRAY:
        return []
    start, ends, end = beginning(syntax.ops, syntax.args, stop - 1), list[int](), stop - 1
    while end > start:
        ends.append(end)
        end = beginning(syntax.ops, syntax.args, end - 1)
    return ends[::-1]


# --- Numbers ---


def is_right(typed: str, value: float, right: float, error: float = 0.0) -> bool:
    """Say whether a number, given as text and as a double, is the right one; ``error`` is what rounding may have done to that.

    A decimal is right if the derivative rounds to it: within half a unit of the last place typed. A whole 0, a fraction and
    any other constant expression are meant exactly: 1e-9 relative.
    """
    if not isfinite(right) or not isfinite(value):
        return value == right
    typed = literal_of(typed.replace("−", "-").replace(" ", ""))
    if re.fullmatch("-?[0-9.]+([eE][-+]?[0-9]+)?", typed):
        decimal = Decimal(typed)
        exponent = int(decimal.as_tuple().exponent)
        if decimal or exponent < 0:
            half_unit = Decimal(5).scaleb(exponent - 1)
            return abs(Decimal(right) - decimal) <= half_unit + 4 * Decimal(ulp(right)) + Decimal(error)
    return abs(value - right) <= 1e-9 * max(abs(value), abs(right)) + error


# --- Formulas ---

POINTS = 200
FEWEST = 10
"""Points at which both are finite, below which nothing is decided."""

UNDERFLOW = 1e-305
"""Below this a formula may be 0 in one spelling and not in another."""

SCALES = (1.0, 0.1, 10.0, 3.0, 100.0, 0.01)


class ClaimedFormula(NamedTuple):
    """What became of a claimed formula: whether it agrees, at how many points it was compared, and the point where it is
    farthest from the derivative in terms of what rounding allows, with both values there."""

    agrees: bool
    points: int
    worst: dict[str, float]
    claimed: float
    right: float


class Compared(NamedTuple):
    """One point: both values, and their distance over what is allowed."""

    point: dict[str, float]
    claimed: float
    right: float
    ratio: float


class Trial:
    """Claimed formulas about a scalar program, at a point ``at`` or none; what several claims have in common is found out once.

    A program that was written out is claimed about with ``arrays``, the point of what it was made of.
    """

    def __init__(self, program: Program, at: Mapping[str, float], arrays: Mapping[str, Any] | None = None) -> None:
        self.program, self.at, self.given = program, at, at if arrays is None else arrays
        self._claimed: dict[str, tuple[Program, Any]] = {}

    def judge(self, claim: Claim) -> ClaimedFormula:
        """Return the judgment on a formula claimed to be a derivative of the program.

        They are compared at the point if that gives all inputs, and at many others on which both are finite: they agree where
        they are within 1e-8 of each other, relatively, or within ten times what rounding may do to either. Raises Fault for a
        text that is no program, an input that the program has not, and where too few points are common to both.
        """
        for name in claim.by:
            if name not in self.program.inputs:
                raise Fault("no_inputs_like", name=name, inputs=_listed(self.program.inputs))
        if claim.text not in self._claimed:
            self._claimed[claim.text] = _read(claim.text, self.given, self.program.inputs)
        claimed, shape = self._claimed[claim.text]
        formula = claimed.graph.part(_meant(claim, claimed, shape))
        right = self._right(claim.by)
        points = (_compared(*formula, *right, point) for point in self.points)
        compared = [found for found in points if found is not None]
        if len(compared) < FEWEST:
            raise Fault("claim_undecided", count=len(compared), tried=POINTS)
        worst = max(compared, key=lambda one: one.ratio)
        return ClaimedFormula(worst.ratio <= 1.0, len(compared), worst.point, worst.claimed, worst.right)

    @cached_property
    def points(self) -> list[dict[str, float]]:
        """The points at which the program has a value."""
        graph, output = self.program.graph, self.program.output
        every = points(self.program, self.at)
        return [point for point in every if isfinite(evaluate(graph, point, FLOATS)[output])]

    @cached_property
    def gradient(self) -> tuple[Graph, dict[str, int]]:
        """A graph that computes the first derivatives, and the node of each."""
        return symbolic_gradient(self.program.graph, self.program.output, self.program.inputs)

    def _right(self, by: Sequence[str]) -> tuple[Graph, int]:
        """Return a graph that computes the derivative by inputs in turn, and its node."""
        first, *others = by
        graph, nodes = self.gradient
        output = nodes[first]
        for name in others:
            graph, nodes = symbolic_gradient(graph, output, [name])
            output = nodes[name]
        return graph.part(output)


def constant_of(claim: Claim) -> float:
    """Return the value of a claim without inputs."""
    program, shape = _read(claim.text, {}, ())
    value: float = evaluate(program.graph, {}, FLOATS)[_meant(claim, program, shape)]
    return value


def _read(text: str, given: Mapping[str, Any], inputs: Collection[str]) -> tuple[Program, tuple[int, ...] | None]:
    """Return the program of a claim, written out, and the shape of its result, None for a program without arrays; raise Fault
    for an input that is not among those of the program claimed about."""
    program = elaborate(parse(text), given)
    known = {name.partition("[")[0] for name in inputs}
    for name, node in program.inputs.items():
        if name not in known:
            span = program.syntax.extent(program.graph.sources[node])
            fault = Fault("no_inputs_like", span, name=name, inputs=_listed(inputs))
            fault.text = text
            raise fault
    if not program.graph.arrays:
        return program, None
    if missing := [name for name in program.inputs if name not in given]:
        raise no_value(missing)
    values = evaluate(program.graph, given, system_of(program.graph))
    return written(program, given, values).program, getattr(values[program.outputs[0]], "shape", ())


def _meant(claim: Claim, program: Program, shape: tuple[int, ...] | None) -> int:
    """Return the node that a claim means of its program, whose result has a shape."""
    if claim.element is not None:
        number, wanted = claim.element
        if shape != wanted:
            raise Fault("claim_shape", name=claim.by[0].partition("[")[0], shape=wanted)
        return program.outputs[number]
    if program.vector:
        raise Fault("claim_by_what", example=",".join(f"{name}=..." for name in claim.by))
    return program.output


def _listed(inputs: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(name.partition("[")[0] for name in inputs)) or "none"


def _compared(claim: Graph, claimed: int, graph: Graph, output: int, point: dict[str, float]) -> Compared | None:
    """Compare two formulas at a point; None where either is not finite."""
    values, truths = evaluate(claim, point, FLOATS), evaluate(graph, point, FLOATS)
    one, other = values[claimed], truths[output]
    if not isfinite(one) or not isfinite(other):
        return None
    allowed = 1e-8 * abs(other) + 10.0 * (noise(claim, claimed, values) + noise(graph, output, truths)) + UNDERFLOW
    return Compared(point, one, other, abs(one - other) / allowed)


def points(program: Program, at: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Yield the points of a comparison, the same each time: ``at`` if it gives all inputs, then points in boxes of several
    scales, of both signs and all positive, and around ``at``; inputs that shape the program stay where they are."""
    from random import Random  # only a claim needs it

    part = Random(1).random
    names = [name for name in program.inputs if name not in program.shaping]
    fixed = {name: at[name] for name in program.inputs if name in program.shaping}
    given = all(name in at for name in names)
    if given:
        yield {**fixed, **{name: at[name] for name in names}}
    for number in range(POINTS - given):
        kind, scale = number % 3, SCALES[number // 3 % len(SCALES)]
        if kind == 2 and given:
            moved = [at[name] + (2.0 * part() - 1.0) * 0.3 * (abs(at[name]) or 1.0) for name in names]
        else:
            moved = [scale * (part() if kind else 2.0 * part() - 1.0) for _ in names]
        yield {**fixed, **dict(zip(names, moved))}
