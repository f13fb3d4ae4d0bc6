"""The options that commands share, and what they ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from adcli.cli.command import Usage, standard_input
from adcli.errors import Fault

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


class FileName(click.types.StringParamType):
    """The name of a file, which the shell completes; click's own type looks for translations, which takes a millisecond."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what tells the shell to complete file names."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


FILE = FileName()

EXPRESSION = [
    click.argument("expression", metavar="EXPR", required=False),
    click.option("--file", metavar="FILE", type=FILE, help="Read the program from a file instead."),
    click.option("--at", metavar="x=1,y=pi/4", multiple=True, help="The point; @point.json reads a file. Repeatable."),
    click.option(
        "--data",
        metavar="FILE",
        type=FILE,
        multiple=True,
        help="Columns of a CSV or JSON file as vectors, constant unless named in --wrt. Repeatable.",
    ),
    click.option(
        "--max-steps", metavar="N", type=click.IntRange(1), default=10_000_000, show_default=True, help="Limit of work."
    ),
]
POINTS = [
    click.option(
        "--points", metavar="FILE", type=FILE, help="Many points: the rows of a file, or - for standard input."
    ),
    click.option(
        "--points-format",
        type=click.Choice(["csv", "jsonl", "parquet", "arrow"]),
        help="What the file of the points is.  [default: by its suffix]",
    ),
]
WRT = [click.option("--wrt", metavar="x,y", help="The inputs to differentiate by.  [default: all]")]
MODE = [click.option("--mode", type=click.Choice(["reverse", "forward"]), help="Which sweep.  [default: reverse]")]
SIDES = [
    click.option(
        "--kinks",
        type=click.Choice(["subgradient", "left", "right", "error"]),
        default="subgradient",
        help="What to take at a kink; a side needs the forward mode.  [default: subgradient]",
    )
]
KINKS = [
    click.option(
        "--kinks",
        type=click.Choice(["subgradient", "error"]),
        default="subgradient",
        help="What to do at a kink.  [default: subgradient]",
    )
]
STRICT = [click.option("--strict", is_flag=True, help="A derivative that is infinite or undefined is an error.")]
ERROR = [click.option("--error", is_flag=True, help="Estimate the rounding error of each number.")]
TANGENT = [
    click.option(
        "--tangent",
        metavar="x=1,y=0",
        multiple=True,
        required=True,
        help="The direction; a name that is missing is 0. Repeatable.",
    )
]
FORMAT = click.option("--format", type=click.Choice(["table", "json"]), help="How to print it.  [default: table]")
TRACE = [
    click.option("--trace/--no-trace", default=None, help="Show the steps, however many, or none."),
    click.option(
        "--names", type=click.Choice(["source", "book"]), default="source", help="Call the nodes x, v1 or v0, v1."
    ),
]
OUTPUT = [
    FORMAT,
    click.option("--json", is_flag=True, help="The same as --format json."),
    click.option(
        "--digits", metavar="N", type=click.IntRange(1, 17), help="Significant digits in tables.  [default: 6]"
    ),
    click.option("--decimals", metavar="N", type=click.IntRange(0, 17), help="Fixed decimals in tables instead."),
    click.option("--ascii", is_flag=True, help="Tables in ASCII: v1_dot, v1_bar."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour in tables."),
]


def options(*groups: list[Any]) -> Decorator:
    """Return a decorator that gives a command these groups of options."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return decorate


def program_text(expression: str | None, file: str | None) -> str:
    """Return the program: the argument, a file, or standard input where the argument is ``-``."""
    if file is not None and expression is not None:
        raise click.UsageError("EXPR and --file exclude each other")
    if file is not None:
        return content(file)
    if expression is None:
        raise click.UsageError("missing EXPR, the formula")
    return decoded(standard_input().read(), "standard input") if expression == "-" else expression


def content(file: str) -> str:
    """Return the text of a file."""
    try:
        with open(file, "rb") as stream:
            return decoded(stream.read(), file)
    except OSError as error:
        raise Fault("unreadable_file", file=file, reason=error.strerror) from None


def refuse_beside_points(given: dict[str, Any]) -> None:
    """Refuse options that have no meaning for many points."""
    for name, value in given.items():
        if value is not None and value is not False:
            remedy = "each answer is a row, in the format of the points"
            raise Usage(f"--points and --{name} exclude each other", click.get_current_context(), remedy)


def data_texts(files: Sequence[str], expression: str | None, points: str | None) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each data file; standard input where it is ``-``, which can be read once."""
    if [expression, *files, points].count("-") > 1:
        raise click.UsageError("only one of EXPR, --data and --points can be -, standard input")
    for file in files:
        if file == "-":
            yield "standard input", decoded(standard_input().read(), "standard input")
        else:
            yield file, content(file)


def decoded(content: bytes, source: str) -> str:
    """Return the text of a file, which must be UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Fault("not_utf8", source=source, line=line) from None


def output_format(format: str | None, json: bool) -> str:
    """Return the format asked for."""
    if json and format not in (None, "json"):
        raise click.UsageError("--json and another --format exclude each other")
    return "json" if json else format or "table"


def names_of(text: str) -> list[str]:
    """Return the names that --wrt gives."""
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise click.UsageError("--wrt needs names with commas between them")
    return found


TRACED = ("grad", "jvp", "vjp", "jacobian")
"""The commands whose tables show the steps unasked."""


def answer_and_render(
    command: str,
    *,
    expression: str | None,
    file: str | None,
    at: tuple[str, ...],
    data: tuple[str, ...],
    max_steps: int,
    format: str | None,
    json: bool,
    digits: int | None,
    decimals: int | None,
    trace: bool | None = None,
    names: str = "source",
    wrt: str | None = None,
    tangent: tuple[str, ...] | None = None,
    cotangent: str | None = None,
    points: str | None = None,
    points_format: str | None = None,
    **rest: Any,
) -> None:
    """Do what a command that takes a formula asks for, and print it."""
    from adcli.answers import Request, answer
    from adcli.language import array
    from adcli.points import read_point
    from adcli.render import Display, render

    chosen = output_format(format, json)
    if digits is not None and decimals is not None:
        raise click.UsageError("--digits and --decimals exclude each other")
    if wrt is not None:
        rest["wrt"] = names_of(wrt)
    if rest.get("steps") and rest.get("claim") is not None:
        raise click.UsageError("--steps and --claim exclude each other")
    if rest.get("reveal") and rest.get("claim") is None:
        raise click.UsageError("--reveal needs a --claim")
    if points is not None:
        unwanted = {"trace": trace, "format": format, "json": json, "digits": digits, "decimals": decimals}
        refuse_beside_points(unwanted | {"error": rest.pop("error", None)})
    elif points_format is not None:
        raise click.UsageError("--points-format is of --points, which is missing")
    texts = list(data_texts(data, expression, points))
    text = program_text(expression, file)
    point = read_point(at)
    if texts:
        from adcli.data import read_data  # numpy, which numbers alone do not need

        columns = read_data(texts, point)
        point |= columns
        rest["data"] = frozenset(columns)
    if tangent is not None:
        rest["tangent"] = read_point(tangent, "--tangent")
    if cotangent is not None:
        rest["cotangent"] = array(cotangent)
    if points is not None:
        from adcli.cli.points import answer_points

        del rest["ascii"], rest["color"]  # of tables
        rest["data"] = frozenset(point)
        answer_points(Request(command, text, point, max_steps=max_steps, **rest), points, points_format)
        return
    display = Display(digits or 6, decimals, names, trace, rest.pop("ascii"), rest.pop("color"))
    wanted = trace if chosen == "table" and command in TRACED else bool(trace)
    found = answer(Request(command, text, point, trace=wanted, max_steps=max_steps, **rest))
    render(chosen, found, display)
    if chosen != "json":
        for finding in found.findings:
            print(f"warning: {finding.message}", file=sys.stderr)
    if found.results.get("agrees") is False:
        raise Fault("disagreement" if found.request.claim is None else "wrong_claim")
