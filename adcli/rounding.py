"""Rounding errors: what the adjoints say about how far a result is from the true one.

Every step of a program rounds, and the adjoint of a step says what its error does to the result; so the sum over the nodes of
|adjoint * rounding error| estimates the error of the result, and no true value is needed (Linnainmaa, Taylor expansion of the
accumulated rounding error, BIT 16, 1976). The derivatives are programs too, those that symbols make of the sweeps: the same
steps in the same order as on floats. So one estimate serves both.

That sum is of first order: it takes each step for its tangent. Where what is left of an argument is mostly error, it is not:
(1 - cos(x))^2 at 1e-9 has slope 0 where cos(x) rounds to 1. So to a node's rounding error is added what its tangent leaves
out when its arguments move by their own errors. With that the sum is no approximation, but for two things: it adds what may
cancel, and it must know how large the errors of the arguments are. A bound on these, carried forward, may grow without need
in a long loop; there a statistical estimate takes over, which can be too small.

What counts, and what does not:
- the true result is that of the program as typed, with its decimal numbers (0.1 is not a double), at inputs that are doubles;
- branches are those taken at the point; floor, sign and their like may jump when an error reaches the jump;
- an infinite step (1/(1 + exp(1000))) is taken as it is, and an adjoint may underflow: that is no rounding.
An estimate is infinite where an error reaches a singularity: no digit is known. Where an error is larger than what a function
does between two of its singularities, or turns of its graph (tan of a noisy 1e15), a few places cannot tell how far it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import cos, fabs, hypot, inf, isfinite, isnan, sin, ulp

from adcli.derive import symbolic_gradient
from adcli.graph import INPUT, NUMBER, Graph
from adcli.numbers.roundoff import of_literal, of_value
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE, VARIADIC, WHERE
from adcli.rules.primitive import Primitive
from adcli.sweeps import evaluate, forward, reverse

ADD, SUB, MUL, STOP = (TABLE[name] for name in ("add", "sub", "mul", "stop"))

ENDS, WITHIN = (-1.0, 1.0), (-0.8, -0.55, -0.3, 0.3, 0.55, 0.8)
"""Where an error may have moved a value, as shares of the error; within too where the ends show that it matters."""

TURNS = 4001
ANGLES = [complex(cos(1.9 * k), sin(1.9 * k)) for k in range(TURNS)]
"""Numbers of size 1 in all directions; taken in the order of the squares they look like noise, the same every time."""

ODDS = 8.0
"""How many times larger than its statistical estimate an error is taken to be: in one node of a few hundred it is more."""


def of_values(graph: Graph, outputs: Sequence[int], values: Sequence[float]) -> list[float]:
    """Return an estimate of the rounding error of the value of each of these nodes, given the value of every node.

    One forward pass for all of them, then one reverse sweep for each. Never negative nor nan; infinite where nothing is known.
    """
    errors = _made(graph, values)
    sources = [index for index, error in enumerate(errors) if error]
    return [_arriving(graph, output, values, errors, sources) for output in outputs]


def of_gradient(
    graph: Graph, output: int, point: Mapping[str, float], wrt: Sequence[str], mode: str = "reverse"
) -> dict[str, float]:
    """Return an estimate of the rounding error of the derivative of a node by each of these inputs, as derive.gradient
    computes it in that mode."""
    return {name: column[0] for name, column in of_jacobian(graph, [output], point, wrt, mode).items()}


def of_jacobian(
    graph: Graph, outputs: Sequence[int], point: Mapping[str, float], wrt: Sequence[str], mode: str = "reverse"
) -> dict[str, list[float]]:
    """Return an estimate of the rounding error of the derivatives by each of these inputs: one for each output.

    The cost is that of of_values on the program of the derivatives: reverse makes one for each output, forward one for each
    input.
    """
    if mode == "forward":
        return {name: of_tangents(graph, outputs, point, {name: 1.0}) for name in wrt}
    columns: dict[str, list[float]] = {name: [] for name in wrt}
    for output in outputs:
        program, nodes = symbolic_gradient(graph, output, wrt)
        found = of_values(program, list(nodes.values()), evaluate(program, point, FLOATS))
        for name, error in zip(nodes, found):
            columns[name].append(error)
    return columns


def of_tangents(
    graph: Graph, outputs: Sequence[int], point: Mapping[str, float], direction: Mapping[str, float]
) -> list[float]:
    """Return an estimate of the rounding error of the tangent of each output in a direction, given by the tangents of some of
    the inputs. These are doubles, as the point is."""
    program, nodes, tangents = _tangent_program(graph, outputs, direction)
    return of_values(program, nodes, evaluate(program, {**point, **tangents}, FLOATS))


def _tangent_program(
    graph: Graph, outputs: Sequence[int], direction: Mapping[str, float]
) -> tuple[Graph, list[int], dict[str, float]]:
    """Return a graph that computes the tangents of these nodes, the node of each, and its further inputs with their values:
    the forward sweep, run on symbols."""
    from adcli.numbers.symbols import Symbol, Symbols  # numbers need no symbols

    result = Graph()
    system, inputs = Symbols(result), graph.inputs()
    values = evaluate(graph, {name: Symbol(result, result.input(name)) for name in inputs}, system)
    dotted = {name: f"d {name}" for name in direction}  # a name that nobody can type
    seeds = {inputs[name]: Symbol(result, result.input(dotted[name])) for name in direction}
    found = forward(graph, values, seeds, system)
    tangents = [found[output] for output in outputs]
    nodes = [result.number("0") if tangent is None else system.lift(tangent).index for tangent in tangents]
    return result, nodes, {dotted[name]: tangent for name, tangent in direction.items()}


def _arriving(
    graph: Graph, output: int, values: Sequence[float], errors: Sequence[float], sources: Sequence[int]
) -> float:
    """Return what these errors, made at their nodes, amount to at the output."""
    adjoints = reverse(graph, values, {output: 1.0}, sources, FLOATS)
    total = 0.0
    for index in sources:
        if adjoint := adjoints[index]:
            total += fabs(adjoint * errors[index])
    return _told(total)


def _made(graph: Graph, values: Sequence[float]) -> list[float]:
    """Return the error that each node makes: its rounding, and what its tangent leaves out.

    Two estimates of the whole error of each node are carried along: a bound, and two samples in one complex number, to which
    each error is added at an angle of its own, so that errors that cancel may do so.
    """
    errors: list[float] = []
    bounds: list[float] = []
    samples: list[complex] = []
    for index, node in enumerate(graph.nodes):
        head, value, made, bound, sample = node[0], values[index], 0.0, 0.0, 0j
        if head is INPUT or not isfinite(value):
            pass
        elif head is NUMBER:
            made = of_literal(node[1], value)
        elif head is ADD or head is SUB or head is MUL:  # as below, four times as fast
            _, a, b = node
            x, y, here, there = values[a], values[b], bounds[a], bounds[b]
            made = of_value(head, (x, y), value)
            if here or there:
                if head is MUL:
                    bound, sample = fabs(y) * here + fabs(x) * there, y * samples[a] + x * samples[b]
                    if here and there:
                        made += _reach(here, samples[a]) * _reach(there, samples[b])
                else:
                    bound = here + there
                    sample = samples[a] + samples[b] if head is ADD else samples[a] - samples[b]
        elif head is STOP:  # an error passes where no derivative does
            made = bounds[node[1]]
        elif head is WHERE:
            taken = node[2 if values[node[1]] else 3]
            bound, sample = bounds[taken], samples[taken]
        else:
            arguments = node[1:]
            operands = [values[argument] for argument in arguments]
            made = of_value(head, operands, value)
            moves = [_reach(bounds[argument], samples[argument]) for argument in arguments]
            if any(moves):
                slopes, left_out = _bent(head, operands, value, moves)
                made += left_out
                for argument, slope in zip(arguments, slopes):
                    if bounds[argument]:
                        bound += fabs(slope) * bounds[argument]
                        sample += slope * samples[argument]
        if made:
            made = _told(made)
            bound += made
            sample += made * ANGLES[index * index % TURNS]
        errors.append(made)
        bounds.append(_told(bound))
        samples.append(sample)
    return errors


def _reach(bound: float, sample: complex) -> float:
    """Return how far a value is taken to be from the true one."""
    return min(bound, ODDS * hypot(sample.real, sample.imag)) if bound else 0.0


def _bent(row: Primitive, operands: Sequence[float], value: float, moves: Sequence[float]) -> tuple[list[float], float]:
    """Return the partials of a row at its operands, and how far its value may be from the tangent when they move so far.

    For a quotient that is exact. Else it is each operand's move times how much its partial changes on the way there, as far
    as a few places tell. What is constant has no tangent, and jumps.
    """
    if row.name == "div":
        (_, y), (above, below) = operands, moves
        size, change = fabs(y), 0.0
        if below:
            change = (above + fabs(value) * below) / size * (below / (size - below)) if below < size else inf
        return [1.0 / y, -value / y], change
    function, left_out = FLOATS.functions[row], 0.0
    if row.constant:
        return [], max(fabs(function(*moved) - value) for moved in _beside(operands, moves))
    rules = [rule if move else None for rule, move in zip(FLOATS.rules[row], moves)]
    slopes = [0.0 if rule is None else rule(*operands, value) for rule in rules]
    if row.name in VARIADIC:
        near = [move for operand, move in zip(operands, moves) if fabs(operand - value) <= move + max(moves)]
        return slopes, 2.0 * max(near) if len(near) > 1 else 0.0
    for number, (rule, slope) in enumerate(zip(rules, slopes)):
        if rule is not None:
            change = 0.0
            for inner in ENDS, WITHIN:
                way = _beside(operands, [*moves[: number + 1], *[0.0] * len(operands)], inner)
                change = max(change, *(_told(fabs(rule(*moved, function(*moved)) - slope)) for moved in way))
                if change < 0.1 * fabs(slope):
                    break
            left_out += change * moves[number] if change else 0.0
    return slopes, left_out


def _beside(
    operands: Sequence[float], moves: Sequence[float], shares: Sequence[float] = ENDS
) -> Iterator[tuple[float, ...]]:
    """Give the operands moved either way by these shares of their moves and a unit of the last place; 0, where most
    singularities are, is not passed over."""
    places = []
    for x, move in zip(operands, moves):
        far = move + ulp(x) if move else 0.0
        beside = [x + share * far for share in shares] if move else [x]
        places.append([*beside, 0.0] if fabs(x) < far else beside)
    return product(*places)


def _told(error: float) -> float:
    """Return an error, infinite where it came out as nan."""
    return inf if isnan(error) else error
