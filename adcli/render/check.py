"""What a check shows: every method side by side, the errors of differences over step sizes, the judgment on a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from adcli.render import arrays
from adcli.render.results import brief, partial

if TYPE_CHECKING:
    from adcli.check.notes import Note
    from adcli.render.table import Page

MANY = 24
"""How many derivatives a check shows."""

FEW = 3
"""How many derivatives are named where something holds for more of them, or have a curve."""

EXAMPLES, COORDINATES = 2, 6
"""How many points show where a claim is wrong, and how many of their inputs."""


def methods(page: Page, found: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """Return the derivatives by each method in all their digits, and whether the methods agree."""
    answer = page.found
    names = page.answer.wrt or []
    sizes = {name: arrays.size_of(page.answer.at[name]) for name in names}
    results = outputs(page, answer["difference_error"]) if names else []
    heads = [
        f"{partial(page, name, result)}{at}"
        for result in results
        for name in names
        for at in arrays.places(page.answer.at[name])
    ]

    def row(numbers: Mapping[str, Any] | None) -> list[Any]:
        if numbers is None:
            return [None] * len(heads)
        flat = {name: arrays.elements(numbers[name]) for name in names}
        ends = [(name, number * sizes[name]) for number in range(len(results)) for name in names]
        return [one for name, end in ends for one in flat[name][end : end + sizes[name]]]

    rows = [
        (method.replace("_", " "), [_whole(page, number) for number in row(numbers)])
        for method, numbers in found.items()
    ]
    errors = ["-" if error is None else brief(error) for error in row(answer["difference_error"])]
    rows.append(("their estimated error", errors))
    rows = [rows[at] for at in (0, 1, 2, 4, 3, 5)]  # the exact methods, then the differences and their error
    lines, told = list[str](), set[str]()
    for method, reason in answer["reasons"].items():
        lines.append(f"no {method.replace('_', ' ')}: {'; '.join(once(reason.notes))}")
        told |= {*reason.notes}
    lines += once(note for note in answer["notes"] if note not in told)
    lines.append(f"largest disagreement of the exact methods: {brief(answer['max_error'])}")
    lines.append("all agree" if answer["agrees"] else "they do not agree")
    return [*wide(page, heads, rows), "", *lines]


def outputs(page: Page, found: Mapping[str, Any]) -> list[str]:
    """Return the name of each number of the result, given the derivatives of all of them by each input."""
    name, block = next(iter(found.items()))
    shape = arrays.shape_of(block)
    shape = shape[: len(shape) - len(arrays.shape_of(page.answer.at[name]))]
    if not page.answer.program.vector:
        return [f"{page.title}{place}" for place in arrays.indices(shape)]
    return [f"{output}{place}" for output in page.outputs for place in arrays.indices(shape[1:])]


def wide(page: Page, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Return a table; one with more columns than rows on its side, and of a very long one the beginning."""
    if len(heads) <= len(rows):
        return page.matrix("", heads, rows)
    names = [name for name, _ in rows]
    turned = [(head, [cells[number] for _, cells in rows]) for number, head in enumerate(heads[:MANY])]
    return [*page.matrix("", names, turned), *left_out(len(heads) - MANY)]


def left_out(count: int) -> list[str]:
    """Return the line that says how many more there are."""
    return [f"and {count:,} more, which --json shows"] if count > 0 else []


def _whole(page: Page, number: float | None) -> str:
    """Return a number with all its digits."""
    return "-" if number is None else page.numbers.text(number, 17)


def curves(page: Page, found: Mapping[str, Any]) -> list[str]:
    """Return the errors of differences by each input as the step shrinks, the best of each kind marked."""
    parts: list[str] = []
    for name, curve in islice(found.items(), FEW):
        rows = []
        for row in curve["rows"]:
            cells = []
            for kind in ("forward", "central"):
                error, best = row[f"{kind}_error"], row["step"] == curve[f"best_{kind}"]
                cells.append("-" if error is None else f"{'best ' if best else ''}{brief(error, 2)}")
            rows.append((brief(row["step"]), cells))
        result, by, input_ = name.rpartition(" by ")
        called = f"of {page.spell(result)}{by}{page.spell(input_)}" if by else f"by {page.spell(name)}"
        title = f"Errors of differences {called}: truncation for large steps, rounding for small ones"
        heads = ["forward difference", "central difference"]
        parts += ["", page.painted(title, "bold"), *page.matrix("step", heads, rows)]
    return [*parts[1:], *left_out(len(found) - FEW)]


def claim(page: Page, text: str) -> list[str]:
    """Return the judgment on a claim, with an example or two of where it is wrong."""
    found = page.found
    lines = [f"claimed: {text}", "right" if found["agrees"] else f"not right: by {few(found['wrong'], ' and by ')}"]
    if "points" in found and found["agrees"]:
        lines[-1] += f": compared at {found['points']} points"
    for name, where in islice(found.get("where", {}).items(), EXAMPLES):
        claimed = page.numbers.text(where["claimed"])
        point = near(page, where["at"], name)
        lines.append(f"by {name}: for example at {point}, where the claim is {claimed} and the derivative is not")
    rights = found.get("right", {})
    for name, right in islice(rights.items(), MANY):
        lines.append(f"right is, by {name}: {right if isinstance(right, str) else page.numbers.text(right)}")
    return [*lines, *left_out(len(rights) - MANY)]


def near(page: Page, at: Mapping[str, float], name: str) -> str:
    """Return a point as text; of a long one what is near an element."""
    names = list(at)
    if len(names) > COORDINATES:
        place = names.index(name) if name in at else 0
        start = min(max(0, place - COORDINATES // 2), len(names) - COORDINATES)
        names = names[start : start + COORDINATES]
    text = ", ".join(f"{page.spell(input_)} = {page.numbers.text(at[input_])}" for input_ in names)
    return text if len(names) == len(at) else f"{text}, ..."


def once(notes: Iterable[Note]) -> list[str]:
    """Return sentences of which each is said once, with the first derivatives it holds for and how many more."""
    found: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        found.setdefault((note.before, note.after), []).append(note)
    return [same[0].about(few([note.by for note in same], ", ")) for same in found.values()]


def few(names: Sequence[str], between: str) -> str:
    """Return the first of some names and how many more there are; one more is named too."""
    if len(names) <= FEW + 1:
        return between.join(names)
    return f"{between.join(names[:FEW])} and {len(names) - FEW:,} more"


TABLES: dict[str, Callable[[Page, Any], list[str]]] = {"results": methods, "steps": curves, "claim": claim}
