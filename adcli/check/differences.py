"""Derivatives from values alone: differences and the complex step, which know no rule and so can check the rules.

A difference quotient is wrong twice: by truncation, which grows with the step, and by rounding, which grows as the step
shrinks. Both are estimated, truncation from two step sizes, and the step goes where their sum is least (Gill, Murray,
Saunders and Wright, Computing forward-difference intervals for numerical optimization, 1983). Steps never cross a kink or
a pole: where the usual ones would, there are differences on each side, and a note that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, nan
from typing import NamedTuple

from adcli.check.line import EPSILON, Line, Moves, Surroundings, obstacles
from adcli.check.notes import Note
from adcli.findings import shown

USUAL = EPSILON ** (1 / 3)
"""The step of a central difference, relative to the scale of its input, that balances its errors for a tame function."""


class Estimate(NamedTuple):
    """A difference quotient and an estimate of its error; ``settled`` is False where shorter steps lead to no limit, as at
    a jump, an infinite slope, or a pole closer than they can be."""

    value: float
    error: float
    settled: bool = True


class Difference(NamedTuple):
    """What differences say about a derivative: the two-sided value and its error, None where there is none; the one-sided
    ones where a kink, a pole or an edge of the domain is near; and the sentence that says so."""

    value: float | None
    error: float | None
    left: Estimate | None = None
    right: Estimate | None = None
    note: Note | None = None


# --- Quotients ---

Quotient = Callable[[float], "tuple[float, float, float] | None"]
"""A step -> the quotient, what rounding may do to it, and how far the values bow away from a line, over the step; None
where the step leads over a kink or out of the domain."""


def central(line: Line) -> Quotient:
    """Return (f(x + h) - f(x - h))/2h as a function of the step."""
    output = line.output

    def quotient(step: float) -> tuple[float, float, float] | None:
        low, high = line.x - step, line.x + step
        below, above = line.moved(low), line.moved(high)
        if not isfinite(rise := above[output] - below[output]) or line.crossed(below, line.here):
            return None
        if low == high or line.crossed(line.here, above):
            return None
        bow = abs((above[output] - line.value) - (line.value - below[output])) / step
        return rise / (high - low), line.rounding(step, above[output], below[output]), bow

    return quotient


def one_sided(line: Line, sign: float, strictly: bool) -> Quotient:
    """Return the slope at x of the parabola through f(x), f(x + h), f(x + 2h), h being a step to the side of ``sign``;
    ``strictly`` where there must be no kink at x itself either; a pole is never crossed."""
    output, f = line.output, line.value

    def quotient(step: float) -> tuple[float, float, float] | None:
        near, far = line.x + sign * step, line.x + sign * 2.0 * step
        at_near, at_far = line.moved(near), line.moved(far)
        met = line.crossed if strictly else line.poles
        if line.crossed(at_near, at_far) or met(line.here, at_near):
            return None
        h, k = near - line.x, far - line.x
        if not isfinite(at_near[output] - at_far[output]) or 0.0 in (h, k - h):
            return None
        slope = ((at_near[output] - f) / h * k - (at_far[output] - f) / k * h) / (k - h)
        return slope, 4.0 * line.rounding(step, f, at_near[output], at_far[output]), 0.0

    return quotient


def refined(quotient: Quotient, step: float, least: float, largest: float) -> Estimate | None:
    """Return the quotient at about the best step: truncation goes with the square of the step, rounding with its inverse.
    Steps that lead too far are cut; None where none is short enough.

    An estimate is steady where half the step hardly changes it, and where the values bow with the square of the step, not
    less: a step that spans a pole finds a calm that is not there.
    """
    best: tuple[bool, float, Estimate] | None = None
    for _ in range(40):
        if not least <= step <= largest:
            break
        one, two = quotient(step), quotient(2.0 * step)
        if one is None or two is None:
            if best is not None:
                break
            step /= 8.0
            continue
        (value, rounding, bow), (wider, _, wider_bow) = one, two
        rounding += EPSILON * abs(value)
        truncation = abs(wider - value)
        error = truncation + rounding
        smooth = bow <= 16.0 * rounding or wider_bow >= 1.25 * bow
        limited = truncation <= 10.0 * rounding or abs(value) <= 1.2 * abs(wider)
        steady = smooth and truncation <= max(0.1 * abs(value), 10.0 * rounding)
        change = (rounding / (2.0 * truncation)) ** (1 / 3) if truncation else 8.0
        change = min(max(change, 1e-3), 8.0 if smooth else 0.125)
        done = best is not None and not best[0] and error > 0.7 * best[1]
        found = not steady, error, Estimate(value, error, smooth and limited)
        best = found if best is None else min(best, found, key=lambda candidate: candidate[:2])
        if done or 0.5 < change < 2.0:
            break
        step *= change
    return best and best[2]


# --- Differences ---


def difference(around: Surroundings, name: str, output: int) -> Difference:
    """Return the derivative of a result of a program by one input by differences: central, or where a kink, a pole or an edge
    of the domain is nearer than the usual step, with shorter steps and on each side."""
    if output not in around.follows(name):
        return Difference(0.0, 0.0)
    line = Line(around, name, output)
    scale = max(abs(line.x), 1.0)
    usual, least, largest = USUAL * scale, abs(line.x) * EPSILON or EPSILON / 256.0, scale
    near, found = obstacles(line, 2.0 * usual), two_sided(line, usual, least, largest)
    if near is None and found is not None:
        return Difference(found.value, found.error)
    near = near or "central differences do not settle"
    strictly = found is not None
    left, right = (refined(one_sided(line, sign, strictly), usual, least, largest) for sign in (-1.0, 1.0))
    found = found or joined([side for side in (left, right) if side is not None])
    sides = f"differences from the left give {told(left)} and from the right {told(right)}"
    note = Note(f"{near}: ", name, f", {sides.removesuffix(',')}")
    return Difference(found and found.value, found and found.error, left, right, note)


def two_sided(line: Line, usual: float, least: float, largest: float) -> Estimate | None:
    """Return the central difference, starting with the usual step or, where that is too long, with one far below x."""
    for step in (usual, min(usual, abs(line.x) / 16.0)):
        found = refined(central(line), step, least, largest)
        if found is not None and found.settled:
            return found
    return None


def joined(sides: Sequence[Estimate]) -> Estimate | None:
    """Return one estimate for one-sided differences that agree, or for the only one there is; else None."""
    if not sides or not all(side.settled for side in sides):
        return None
    apart = abs(sides[0].value - sides[-1].value)
    if apart > 10.0 * sum(side.error for side in sides):
        return None
    return Estimate(sum(side.value for side in sides) / len(sides), apart + max(side.error for side in sides))


def told(side: Estimate | None) -> str:
    """Return a one-sided difference in words; one that is all error is told with it."""
    if side is None or not side.settled:
        return "nothing" if side is None else "no finite slope"
    lost = side.error > max(1.0, abs(side.value))
    return f"{shown(side.value + 0.0)}, give or take {side.error:.1g}," if lost else shown(side.value + 0.0)


# --- The complex step ---

COMPLEX_STEPS = 2.0**-400, 2.0**-700
LONG_STEPS = 2.0**-60, 2.0**-70
"""Too long to be exact; but what they agree on and the others lose has underflowed."""


def complex_step(moves: Moves, name: str, output: int) -> tuple[float | None, str]:
    """Return Im f(x + ih)/h and "", or None and the reason why there is none; ``moves`` are of complex numbers. Two steps must
    give the same: one of them is too long where the input is as tiny as itself, or too short for what the program multiplies
    it with."""
    from adcli.numbers.complex import Formless  # cmath, which only a check needs

    slopes = []
    for step in (*COMPLEX_STEPS, *LONG_STEPS):
        result = moves.moved(name, complex(moves.at[name], step))[output]
        if isinstance(result, Formless):
            return None, result.reason
        slopes.append(result.imag / step)
    one, other, long, longer = slopes
    faint = abs(long) * LONG_STEPS[0] < 1e-300
    lost = one == 0.0 != long and (faint or abs(long - longer) <= 0.05 * abs(long))
    if lost or not abs(one - other) <= 1e-12 * abs(one):
        return None, "the numbers there are too small or too large for a complex step"
    return one, ""


# --- The curve ---


class StepRow(NamedTuple):
    """The differences of one step size and their errors; None where a value is not finite."""

    step: float
    forward: float | None
    forward_error: float | None
    central: float | None
    central_error: float | None


class Steps(NamedTuple):
    """The errors of differences over step sizes, and the step with the least error of each."""

    rows: list[StepRow]
    best_forward: float | None
    best_central: float | None


def steps(around: Surroundings, name: str, output: int, exact: float) -> Steps:
    """Return the errors of the forward and the central difference for the steps 1e-1 ... 1e-16, as a textbook computes
    them: against the exact derivative they fall with the step until rounding makes them rise."""
    line = Line(around, name, output)
    rows = []
    for power in range(1, 17):
        step = float(f"1e-{power}")
        above, below = (line.moved(line.x + way * step)[output] for way in (1.0, -1.0))
        forward, middle = (above - line.value) / step, (above - below) / (2.0 * step)
        rows.append(StepRow(step, *_with_error(forward, exact), *_with_error(middle, exact)))
    forwards = [(row.forward_error, row.step) for row in rows if row.forward_error is not None]
    centrals = [(row.central_error, row.step) for row in rows if row.central_error is not None]
    return Steps(rows, *(min(errors, default=(nan, None))[1] for errors in (forwards, centrals)))


def _with_error(quotient: float, exact: float) -> tuple[float, float] | tuple[None, None]:
    """Return a quotient and its error; None twice where one is not finite."""
    return (quotient, abs(quotient - exact)) if isfinite(quotient - exact) else (None, None)
