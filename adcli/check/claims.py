"""Claims: is my answer right? Numbers are held to the digits they are given with, formulas to many points."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from decimal import Decimal
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


def claim_formula(
    claim: Claim, program: Program, at: Mapping[str, float], arrays: Mapping[str, Any] | None = None
) -> ClaimedFormula:
    """Return the judgment on a formula claimed to be a derivative of a scalar program.

    They are compared at the point ``at`` if it gives all inputs, and at many others on which both are finite: they agree
    where they are within 1e-8 of each other, relatively, or within ten times what rounding may do to either. Raises Fault
    for a text that is no program, an input that the program has not, and where too few points are common to both. A program
    that was written out is claimed about with ``arrays``, the point of what it was made of.
    """
    wrt = claim.by
    for name in wrt:
        if name not in program.inputs:
            raise Fault("no_inputs_like", name=name, inputs=_listed(program))
    claimed, claimed_output = _claimed(claim, at if arrays is None else arrays, program)
    graph, output = program.graph, program.output
    for name in wrt:
        graph, nodes = symbolic_gradient(graph, output, [name])
        output = nodes[name]
    compared = [
        found
        for point in points(program, at)
        if isfinite(evaluate(program.graph, point, FLOATS)[program.output])
        and (found := _compared(claimed.graph, claimed_output, graph, output, point)) is not None
    ]
    if len(compared) < FEWEST:
        raise Fault("claim_undecided", count=len(compared), tried=POINTS)
    worst = max(compared, key=lambda one: one.ratio)
    return ClaimedFormula(worst.ratio <= 1.0, len(compared), worst.point, worst.claimed, worst.right)


def _claimed(claim: Claim, given: Mapping[str, Any], about: Program | None) -> tuple[Program, int]:
    """Return the program of a claim, written out, and the node that is meant; what it is about is None for a constant."""
    program = elaborate(parse(claim.text), given)
    known = {name.partition("[")[0] for name in about.inputs} if about else {}
    for name, node in program.inputs.items():
        if name not in known:
            span = program.syntax.extent(program.graph.sources[node])
            fault = Fault("no_inputs_like", span, name=name, inputs=_listed(about))
            fault.text = claim.text
            raise fault
    if program.graph.arrays:
        if missing := [name for name in program.inputs if name not in given]:
            raise no_value(missing)
        values = evaluate(program.graph, given, system_of(program.graph))
        shape = getattr(values[program.outputs[0]], "shape", ())
        program = written(program, given, values).program
        if claim.element is not None and shape == claim.element[1]:
            return program, program.outputs[claim.element[0]]
    if claim.element is not None:
        raise Fault("claim_shape", name=claim.by[0].partition("[")[0], shape=claim.element[1])
    if program.vector:
        raise Fault("claim_by_what", example=",".join(f"{name}=..." for name in claim.by))
    return program, program.output


def constant_of(claim: Claim) -> float:
    """Return the value of a claim without inputs."""
    program, output = _claimed(claim, {}, None)
    value: float = evaluate(program.graph, {}, FLOATS)[output]
    return value


def _listed(program: Program) -> str:
    return ", ".join(dict.fromkeys(name.partition("[")[0] for name in program.inputs)) or "none"


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
