"""What stands below the traces: the value and what the command is about, one function a key of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from adcli.errors import plural
from adcli.names import BAR, DOT
from adcli.render import arrays
from adcli.render.text import short

if TYPE_CHECKING:
    from adcli.answers import Answer
    from adcli.render.table import Page

Lines = list[tuple[str, str]]
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def results(page: Page) -> Iterator[Sequence[str]]:
    """Yield the parts of an answer in its order, each to stand below an empty line: first all that is an equation, then all
    that is a table."""
    found = page.found
    lines = [line for key in found if key in EQUATIONS for line in EQUATIONS[key](page, found[key])]
    if lines and "derivative" not in found:  # the value is then the derivative's
        yield page.equations(lines)
    for key in found:
        if key in TABLES:
            yield TABLES[key](page, found[key])


def rounded(page: Page, number: Any, key: str, *way: Any) -> str:
    """Return a number or an array; a number with the estimate of its rounding error where there is one: at this key, and on
    this way below it."""
    text = page.numbers.text(number)
    if number is None:
        return text
    error: Any = page.found.get("rounding_error", {}).get(key)
    if error is None:
        return text
    for step in way:
        error = error[step] if isinstance(error, (list, dict)) else error  # a number stands for a list of one
    return text + uncertain(page, error)


def uncertain(page: Page, error: Any) -> str:
    """Return an error as it stands behind a number; behind an array, the largest of its elements'."""
    return f" {'+-' if page.ascii else '±'} {brief(max(arrays.elements(error)))}"


def brief(error: float, digits: int = 1) -> str:
    """Return the size of an error."""
    return short(f"{error:.{digits}g}")


def by_output(page: Page, numbers: float | list[float], names: Sequence[str], key: str) -> Lines:
    """Return a line for each result of the program."""
    listed: Sequence[Any] = numbers if page.answer.program.vector and isinstance(numbers, list) else [numbers]
    return [(name, rounded(page, number, key, at)) for at, (name, number) in enumerate(zip(names, listed))]


def value(page: Page, numbers: float | list[float]) -> Lines:
    """Return f = ..., or f1 = ..., f2 = ..."""
    return by_output(page, numbers, page.outputs, "value")


def tangent(page: Page, numbers: float | list[float]) -> Lines:
    """Return the tangents of the results."""
    title, count = page.title, len(page.outputs)
    names = [f"{title}{number + 1}" for number in range(count)] if page.answer.program.vector else [title]
    return by_output(page, numbers, [page.spell(name, DOT) for name in names], "tangent")


def by_input(page: Page, name: Callable[[str], str], numbers: Mapping[str, float], key: str = "") -> Lines:
    """Return a line for each input."""
    return [(name(input_), rounded(page, number, key, input_)) for input_, number in numbers.items()]


def partial(page: Page, input_: str, of: str = "") -> str:
    """Return how a partial derivative is written."""
    d = "d" if page.ascii else "∂"
    return f"{d}{of}/{d}{page.spell(input_)}"


def gradient(page: Page, numbers: Mapping[str, float]) -> Lines:
    """Return the partial derivatives."""
    return by_input(page, lambda name: partial(page, name, page.title), numbers, "gradient")


def cotangent_product(page: Page, numbers: Mapping[str, float]) -> Lines:
    """Return the adjoints of the inputs."""
    return by_input(page, lambda name: page.spell(name, BAR), numbers)


def hvp(page: Page, numbers: Mapping[str, float]) -> Lines:
    """Return the Hessian times the direction."""
    dot = "*" if page.ascii else "·"
    return by_input(page, lambda name: f"(H{dot}v) {page.spell(name)}", numbers)


def jacobian(page: Page, columns: Mapping[str, Any]) -> list[str]:
    """Return the Jacobian with a row for each result, under what it cost."""
    mode, outputs = page.answer.mode, page.outputs
    shaped = any(depth(page.answer, block) for block in columns.values())
    whole = "element of the " if shaped else ""
    each = f"{whole}input" if mode == "forward" else f"{whole}result"
    sweeps = sum(arrays.size_of(page.answer.at[name]) for name in columns)
    other = arrays.size_of(page.found["value"])
    if mode == "reverse":
        sweeps, other = other, sweeps
    instead = "reverse" if mode == "forward" else "forward"
    cost = f"{plural(sweeps, f'{mode} sweep')}, one for each {each}; {instead} it takes {other}"
    title = page.painted(f"Jacobian, by {cost}", "bold")
    if shaped:
        errors = page.answer.results.get("rounding_error", {}).get("jacobian", {})
        said = {partial(page, name, page.title): uncertain(page, error) for name, error in errors.items()}
        return [title, *blocks(page, {partial(page, name, page.title): block for name, block in columns.items()}, said)]
    rows = []
    for number, name in enumerate(outputs):
        row = {input_: values[number] if isinstance(values, list) else values for input_, values in columns.items()}
        cells = [rounded(page, value, "jacobian", input_, number) for input_, value in row.items()]
        rows.append((name, cells))
    return [title, *page.matrix("", [partial(page, name) for name in columns], rows)]


def depth(answer: Answer, block: Any) -> int:
    """Return how many axes a block of the Jacobian has besides the one of the results of a vector program."""
    return len(arrays.shape_of(block)) - answer.program.vector


def blocks(page: Page, found: Mapping[str, Any], said: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the lines of blocks of derivatives: a matrix as one under its name, another one as an array; and what is to be
    said of some of them."""
    said = said or {}
    for name, block in found.items():
        shape = arrays.shape_of(block)
        text = page.numbers.text(block)
        if len(shape) < 2 and "\n" not in text:
            yield f"{name} = {text}{said.get(name, '')}"
            continue
        yield f"{name}  shape {shape}{said.get(name, '')}"
        small = len(shape) == 2
        lines = arrays.matrix(block, page.numbers.text) if small else text.split("\n")
        yield from (page.painted(f"  {line}", "green") for line in lines)


def second_partial(page: Page, first: str, second: str) -> str:
    """Return how a second derivative is written."""
    d, two = ("d", "2") if page.ascii else ("∂", "²")
    below = f"{d}{page.spell(first)}{two}" if first == second else f"{d}{page.spell(first)}{d}{page.spell(second)}"
    return f"{d}{two}{page.title}/{below}"


def hessian(page: Page, rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the Hessian with the names of its rows and columns."""
    text = page.numbers.text
    if any(isinstance(block, list) for row in rows.values() for block in row.values()):
        names = list(rows)
        pairs = (
            (first, second) for at, first in enumerate(names) for second in names[at:]
        )  # the others are the same turned
        found = {second_partial(page, first, second): rows[first][second] for first, second in pairs}
        return [page.painted("Hessian", "bold"), *blocks(page, found)]
    lines = [(partial(page, name), [text(value) for value in row.values()]) for name, row in rows.items()]
    return [page.painted("Hessian", "bold"), *page.matrix("", [partial(page, name) for name in rows], lines)]


def coefficients(page: Page, numbers: Sequence[float | None]) -> list[str]:
    """Return the Taylor coefficients beside the derivatives."""
    derivatives = page.found["derivatives"]
    (name,) = page.answer.wrt or [""]
    at = page.numbers.text(page.answer.at[name])
    title = page.painted(f"Taylor series in {page.spell(name)} about {at}", "bold")
    both = {"coefficients": numbers, "derivatives": derivatives}
    cells = {key: [rounded(page, number, key, k) for k, number in enumerate(found)] for key, found in both.items()}
    if isinstance(numbers[0], list):  # too wide to stand beside one another
        below, count = cells["derivatives"], len(numbers)
        names = [page.spell(f"c{k}") for k in range(count)], [nth(page, k) for k in range(count)]
        pairs = zip(names, (cells["coefficients"], below))
        return [title, *(line for pair in pairs for line in page.equations([*zip(*pair)]))]
    rows = [(str(order), pair) for order, pair in enumerate(zip(*cells.values()))]
    return [title, *page.matrix("order", ["coefficient", "derivative"], rows)]


def nth(page: Page, order: int) -> str:
    """Return how the derivative of an order is written: f⁽³⁾."""
    if not order:
        return page.title
    return f"{page.title}({order})" if page.ascii else f"{page.title}⁽{str(order).translate(POWERS)}⁾"


def derivative(page: Page, text: str) -> list[str]:
    """Return the derivative as a formula that can be typed again, and its value where there is a point."""
    found = page.found
    *steps, expression = text.split("; ")
    lines = [f"{higher(page)} = {expression}"]
    lines += [f"{'where' if number == 0 else '     '} {step}" for number, step in enumerate(steps)]
    if "value" in found:
        point = ", ".join(f"{page.spell(name)} = {page.numbers.text(x)}" for name, x in page.answer.given.items())
        lines += ["", f"at {point}: {page.numbers.text(found['value'])}"]
    if "operations" in found:
        counts = found["operations"]
        lines += [
            "",
            f"operations of the formula, written out: {counts['tree']:,}",
            f"what is equal computed once: {counts['graph']:,}",
            f"the sweep that computes the derivative: {counts['gradient_program']:,}",
        ]
    return lines


def higher(page: Page) -> str:
    """Return how the derivative is written: ∂³f/∂x²∂y."""
    d, powers = ("d", str.maketrans({})) if page.ascii else ("∂", POWERS)
    wrt = page.answer.wrt or []
    if not wrt:
        return page.title

    def power(order: int) -> str:
        return str(order).translate(powers) if order > 1 else ""

    below = "".join(f"{d}{page.spell(name)}{power(len(list(same)))}" for name, same in groupby(wrt))
    return f"{d}{power(len(wrt))}{page.title}/{below}"


def of_check(key: str) -> Callable[[Page, Any], list[str]]:
    """Return what shows a part of a check, which most answers have not."""

    def show(page: Page, found: Any) -> list[str]:
        from adcli.render import check

        return check.TABLES[key](page, found)

    return show


EQUATIONS: dict[str, Callable[[Page, Any], Lines]] = {
    "value": value,
    "gradient": gradient,
    "tangent": tangent,
    "cotangent_product": cotangent_product,
    "hvp": hvp,
}
TABLES: dict[str, Callable[[Page, Any], list[str]]] = {
    "jacobian": jacobian,
    "hessian": hessian,
    "coefficients": coefficients,
    "derivative": derivative,
    **{key: of_check(key) for key in ("results", "steps", "claim")},
}
