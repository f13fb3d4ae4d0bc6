"""What is worth saying about a result: where it stops being a number, and where its derivative is a matter of choice.

Functions are total, so nothing stops a sweep; decided is on results. A value that is not finite is a fault, which names the
first node that made it. A derivative that is not finite beside a finite value, a kink, or a condition whose sides are equal
at the point is a Finding: a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf, isfinite, isinf, isnan, nan
from typing import Any, NamedTuple

from adcli.errors import Fault, Span, place, plural, printable
from adcli.graph import LEAVES, Graph
from adcli.language.misfit import misfit
from adcli.language.program import Program
from adcli.language.shape import REFUSED
from adcli.numbers.system import FLOATS, system_of
from adcli.rules import WHERE
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.rules.special import NO_POLE
from adcli.spots import Where, any_of, first, flows, infinite, near_inputs, number, shape, sources
from adcli.sweeps import evaluate, evaluate_one, reverse


class Finding(NamedTuple):
    """A warning: its kind and sentence, and the node and the column of the text that it is about, where there are such."""

    kind: str
    message: str
    node: str | None = None
    column: int | None = None


class Place:
    """A node of a program at a point, or an element of it, and how to speak of it; ``more`` elements are like it."""

    def __init__(
        self, program: Program, values: Sequence[Any], index: int, node: str, spot: Where = None, more: int = 0
    ) -> None:
        self.program, self.index, self.node = program, index, node
        self.span = program.syntax.extent(program.graph.sources[index])
        self.text = excerpt(program, self.span)
        graph, spot = program.graph, spot if shape(values[index]) else ()
        self.operands = [number(values[argument], at) for argument, at in sources(graph, values, index, spot)]
        near = near_inputs(graph, values, index, spot)
        at = [
            f"{name}{place_text(where)} = {shown(number(values[input_], where))}"
            for name, input_ in program.inputs.items()
            for where in sorted((where for node, where in near if node == input_), key=lambda where: where or ())
        ]
        self.point = f" at {', '.join(at[:4])}{', ...' if len(at) > 4 else ''}" if at else ""
        if spot and not any(where for _, where in near):  # no element of an input stands for it
            self.point = f" in the element {place_text(spot)}{f' and {more:,} more' if more else ''}{self.point}"
        elif more:
            self.point += f" and at {plural(more, 'more element')}"

    def finding(self, kind: str, sentence: str) -> Finding:
        """Return a warning about this node."""
        blanks = {"text": self.text, "point": self.point, "node": self.node}
        return Finding(kind, sentence.format(**blanks), self.node, place(self.program.syntax.text, self.span[0])[1])


def place_text(where: Where) -> str:
    """Return the index of an element as it is typed; nothing of a number, or of all of an array."""
    return f"[{', '.join(map(str, where))}]" if where else ""


SMALL = 6
"""An array of up to this many elements is shown in a message."""


def shown(value: Any) -> str:
    """Return a number as a message shows it, or an array."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return shown(value.tolist()) if value.size <= SMALL else f"an array of the shape {value.shape}"


def places(program: Program, values: Sequence[Any]) -> Callable[..., Place]:
    """Return what makes the Place of a node, or of an element of it."""
    from adcli.names import identifiers  # most answers have nothing to say

    names = identifiers(program.graph)
    return lambda index, spot=None, more=0: Place(program, values, index, names[index], spot, more)


def values_at(program: Program, at: Mapping[str, Any]) -> list[Any]:
    """Return the value of every node; raise the fault of shapes that do not fit, and of a matrix that is singular."""
    graph = program.graph
    try:
        return evaluate(graph, at, system_of(graph))
    except REFUSED as error:
        reason: Exception = error
    system, values = system_of(graph), list[Any]()
    for index, (head, *rest) in enumerate(graph.nodes):
        try:
            values.append(evaluate_one(head, rest, values, at, system))
        except REFUSED as error:
            operands = [values[argument] for argument in rest]
            raise misfit(program.syntax, graph.sources[index], head, operands, error) from None
    raise reason


def check_value(program: Program, values: Sequence[float]) -> None:
    """Raise the fault of a result that is not finite, naming the first node that made it and that node's arguments."""
    for output in program.outputs:
        if not all_finite(values[output]):
            raise not_finite(program, values, output)


def of_array(value: Any) -> float:
    """Return nan if an array, or a number, has one, and else an infinity."""
    return value if isinstance(value, float) else nan if (value != value).any() else inf


def all_finite(value: Any) -> bool:
    """Say whether a number, or every one of an array, is finite."""
    if isinstance(value, float):
        return isfinite(value)
    total = value.ravel().dot(value.ravel() * 0.0)  # 0, unless there is something that is not finite
    return bool(total == total)


def not_finite(program: Program, values: Sequence[Any], index: int) -> Fault:
    """Return the fault of a node whose value is not finite, or of the first element of it that is not."""
    graph, spot = program.graph, first(infinite(values[index]))
    while graph.nodes[index][0] not in LEAVES:
        ways = sources(graph, values, index, spot)
        if graph.nodes[index][0] is WHERE:
            ways = [ways[1 if number(values[ways[0][0]], ways[0][1]) else 2]]
        bad = [way for way in ways if not all_finite(number(values[way[0]], way[1])) and graph.arguments(way[0])]
        if not bad:
            break
        index, spot = bad[0]
        spot = first(infinite(values[index])) if spot is None else spot
    result = number(values[index], spot)
    if not graph.arguments(index):
        return Fault("value_not_finite", value=shown(result))
    here = places(program, values)(index, spot)
    row = graph.nodes[index][0]
    assert isinstance(row, Primitive)
    if row.name == "logdet" and isinf(result):
        return Fault("singular", here.span, text=here.text, what="singular")
    numbers = " and ".join(shown(operand) for operand in here.operands)
    argument = f"its argument is {numbers}" if len(here.operands) == 1 else f"its arguments are {numbers}"
    blanks = {"text": here.text, "point": here.point, "argument": argument, "node": here.node}
    if row.domain and not FLOATS.expression(row.domain, row.parameters)(*here.operands):
        real = isinf(result) or row.domain == NO_POLE
        return Fault("not_defined" if real else "not_real", here.span, **blanks)
    large = isinf(result) and all(map(all_finite, here.operands))
    return Fault("overflow" if large else "not_a_number", here.span, **blanks)


def reached(graph: Graph, outputs: Iterable[int], values: Sequence[Any]) -> list[int]:
    """Return the nodes through which a derivative flows at the point, and the conditions that decide about its way."""
    return sorted(flows(graph, outputs, values))


def bends(program: Program, values: Sequence[Any], wrt: Mapping[str, int], everywhere: bool = False) -> dict[int, Any]:
    """Return the nodes between ``wrt`` and the result that have a kink at the point, and comparisons whose sides are equal,
    each with a mask of the elements where that is so: those that a derivative flows through, or ``everywhere``, for what
    happens just beside the point."""
    graph = program.graph
    heads = {node[0] for node in graph.nodes}
    rows = {head for head in heads if isinstance(head, Primitive) and head.kink}
    if not rows:
        return {}
    depends, system = graph.depends(wrt.values()), system_of(graph)
    masks = dict.fromkeys(range(len(values)), True) if everywhere else flows(graph, program.outputs, values)
    found = {}
    for index in sorted(masks):
        head = graph.nodes[index][0]
        if head in rows and depends[index]:
            assert isinstance(head, Primitive)
            operands = [values[argument] for argument in graph.arguments(index)]
            bent = system.expression(head.kink, (*head.parameters, "r"))(*operands, values[index])
            bent = (bent != 0.0) & masks[index]
            if any_of(bent):
                found[index] = bent
    return found


def kinks(program: Program, values: Sequence[Any], nodes: Mapping[int, Any], choice: str) -> list[Finding]:
    """Return a warning for each of these bends; with the choice "error", raise the first kink as a fault."""
    if not nodes:
        return []
    findings, place_of = [], places(program, values)
    for index, bent in nodes.items():
        row = program.graph.nodes[index][0]
        assert isinstance(row, Primitive)
        here = place_of(index, first(bent), int(bent.sum()) - 1 if shape(bent) else 0)
        if row.strength == COMPARISON:
            taken = "the derivative is that of the branch taken"
            if choice in SIDES:
                taken = f"the {choice} side is taken, as far as first derivatives tell it"
            findings.append(
                here.finding("boundary", f"both sides of {{text}} are equal{{point}} (node {{node}}): {taken}")
            )
            continue
        if choice == "error":
            raise Fault("kink", here.span, text=here.text, point=here.point, node=here.node)
        taken = row.chosen if choice == "subgradient" else f"the one from the {choice}"
        sentence = f"{{text}} has no two-sided derivative{{point}} (node {{node}}); taken: {taken}"
        findings.append(here.finding("kink", sentence))
    return findings


def boundaries(program: Program) -> list[Finding]:
    """Return a warning for each condition of an if or a while whose sides are exactly equal at the point."""
    sentence = "both sides of {text} are equal at the point: the derivative is that of the branch taken"
    return [in_text(program, instruction, "boundary", sentence) for instruction in program.boundaries]


def idle(program: Program) -> list[Finding]:
    """Return a warning for each deriv that is 0 because what it differentiates has not the name in it: a step that was bound
    before stands for its value."""
    sentence = "{text} is 0: a name that was bound before it is a constant there, write its formula or a function"
    return [in_text(program, instruction, "unused", sentence) for instruction in program.idle]


def in_text(program: Program, instruction: int, kind: str, sentence: str) -> Finding:
    """Return a warning about a place in the text that no node stands for."""
    span = program.syntax.extent(instruction)
    return Finding(kind, sentence.format(text=excerpt(program, span)), None, place(program.syntax.text, span[0])[1])


def excerpt(program: Program, span: Span) -> str:
    """Return a piece of the text on one line, as far as a message has room for it."""
    return printable(" ".join(program.syntax.text[slice(*span)].split()), 60)


SIDES = ("left", "right")

SENTENCES = {
    "infinite_derivative": "{what} is infinite: {text} has an infinite slope{point} (node {node})",
    "undefined_derivative": "{what} is undefined: {text} has none{point} (node {node})",
    "zero_times_infinity": "{what} is undefined: at {text} the chain rule has 0 times infinity{point} (node {node})",
}


def without_place(derivative: Any, what: str) -> Finding:
    """Return a warning about a derivative that is not finite, where no one node is to blame."""
    if isinf(of_array(derivative)):
        return Finding("infinite_derivative", f"{what} is infinite")
    return Finding("undefined_derivative", f"{what} is undefined")


def derivatives(
    program: Program,
    values: Sequence[float],
    wrt: Mapping[str, int],
    gradient: Mapping[str, float],
    seeds: Mapping[int, float],
    place_of: Callable[[int], Place] | None = None,
) -> list[Finding]:
    """Return a warning for each place that makes a derivative infinite or undefined: of the nodes of the ``seeds``, each times
    its own. ``place_of`` says what is told of a node, if not the node itself."""
    bad = {name: derivative for name, derivative in gradient.items() if not all_finite(derivative)}
    if not bad:
        return []
    causes: dict[int, tuple[str, int]] = {}
    arguments = program.graph.arguments

    def observe(node: int, number: int, g: float, partial: float, contribution: float, total: float) -> None:
        argument = arguments(node)[number]
        if isfinite(total) or argument in causes and not isnan(total):
            return
        if isnan(contribution) and not isnan(g) and not isnan(partial):
            causes[argument] = ("zero_times_infinity", node)
        elif node in causes:
            causes.setdefault(argument, causes[node])
        elif isinf(total):
            causes.setdefault(argument, ("infinite_derivative", node))
        else:
            causes[argument] = ("undefined_derivative", node)

    reverse(program.graph, values, seeds, wrt.values(), FLOATS, observe)
    by_cause: dict[tuple[str, int], list[str]] = {}
    for name, derivative in gradient.items():
        if not isfinite(derivative):
            nature = "infinite_derivative" if isinf(derivative) else "undefined_derivative"
            by_cause.setdefault(causes.get(wrt[name], (nature, max(seeds))), []).append(name)
    findings, place_of = [], place_of or places(program, values)
    for (kind, index), names in by_cause.items():
        sentence = SENTENCES[kind].replace(
            "{what}", f"the derivative by {', '.join(names[:4])}{', ...' if len(names) > 4 else ''}"
        )
        findings.append(place_of(index).finding(kind, sentence))
    return findings


def direction(
    program: Program,
    values: Sequence[float],
    tangents: Sequence[float | None],
    output: int,
    place_of: Callable[[int], Place] | None = None,
) -> Finding:
    """Return the warning of a tangent that is not finite: of the first node that made it so. A sum of infinities or 0 times
    one is where the chain rule breaks, not where they come from."""
    graph, index = program.graph, output

    def same(argument: int) -> bool:
        tangent, here = tangents[argument] or 0.0, tangents[index] or 0.0
        return isnan(tangent) if isnan(here) else isinf(tangent)

    while origin := [argument for argument in graph.arguments(index) if same(argument)]:
        index = origin[0]
    if not isnan(tangents[index] or 0.0):
        kind = "infinite_derivative"
    else:
        operands = [values[argument] for argument in graph.arguments(index)]
        rules = FLOATS.rules[graph.nodes[index][0]]
        partials = [rule(*operands, values[index]) for rule in rules if rule is not None]
        kind = "undefined_derivative" if any(map(isnan, partials)) else "zero_times_infinity"
    sentence = SENTENCES[kind].replace("{what}", "the derivative in this direction")
    return (place_of or places(program, values))(index).finding(kind, sentence)
