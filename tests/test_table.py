"""The printed tables are true: what a row says is computed again from the text of the row, by arithmetic of our own.

Programs are made as text, over all functions of the table (their derivatives bring in the internal rows). A row is
``name = formula = numbers put in = result``: the numbers give the result to the digits shown, they are the numbers printed
for the names of the formula (perhaps with more digits), nothing is cut and nothing gets lost on a narrow terminal.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from running import Ran, run

from adcli.rules import TABLE
from adcli.rules.primitive import COMPARISON

EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
quick = settings(max_examples=100, deadline=None, derandomize=True, database=None)

# --- Programs ---

NAMES = ("x", "y", "z")
VALUES = st.one_of(
    st.sampled_from([1.0, 2.0, -1.0, 0.5, 3.0, -2.5, 0.1, 0.0]),
    st.floats(0.05, 4).map(lambda x: round(x, 3)),
    st.floats(-4, -0.05).map(lambda x: round(x, 3)),
    st.floats(1e-6, 1e6),
)
ROWS = [row for row in TABLE.values() if row.partials and not row.shown]
INSIDE = {  # an expression that fits the domain, so that most programs have a value
    "x > 0": "(({0})^2 + 0.1)", "x >= 0": "(({0})^2 + 0.1)", "x > -1": "(({0})^2 + 0.1)", "x != 0": "(({0})^2 + 0.3)",
    "abs(x) <= 1": "sin({0})", "abs(x) < 1": "sin({0})", "abs(x) >= 1": "(({0})^2 + 1.5)", "abs(x) > 1": "(({0})^2 + 1.5)",
    "0 < x < 1": "sigmoid({0})", "0 < x <= 1": "sigmoid({0})", "x >= 1": "(({0})^2 + 1.5)", "y != 0": "{0}",
    "x > 0 or x != floor(x)": "(abs({0}) + 0.4)",
}  # fmt: skip


@st.composite
def applied(draw: Any, inner: st.SearchStrategy[str]) -> str:
    """Return a row of the table with expressions as its arguments."""
    row = draw(st.sampled_from(ROWS))
    arguments = [draw(inner) for _ in row.partials]
    if row.domain in INSIDE and draw(st.integers(0, 9)):
        arguments[0] = INSIDE[row.domain].format(arguments[0])
    if row.name in ("root", "polygamma"):
        arguments[row.name == "root"] = str(draw(st.integers(1, 4)))
    if row.name == "pow":
        arguments[0] = f"abs({arguments[0]})"
    if row.sign:
        joined = f" {row.sign} ".join(f"({argument})" for argument in arguments)
        return (
            f"where({joined}, {draw(inner)}, 1)"
            if row.strength == COMPARISON
            else joined
            if row.arity == 2
            else f"{row.sign} {joined}"
        )
    return f"{row.name}({', '.join(arguments)})"


LEAVES = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["2", "0.5", "3", "pi", "e", "0", "-1"])
)
SMALL = st.recursive(LEAVES, applied, max_leaves=6)
EXPRESSIONS = st.one_of(SMALL, st.tuples(SMALL, SMALL, SMALL).map("({0[0]})*({0[1]}) - ({0[2]})".format)).filter(
    lambda program: re.search(r"\b[xyz]\b", program) is not None
)
POINTS = st.tuples(VALUES, VALUES, VALUES)
MODES = st.sampled_from(["reverse", "forward"])
SHOWN = st.one_of(
    st.integers(1, 12).map(lambda n: ("--digits", n)),
    st.integers(0, 9).map(lambda n: ("--decimals", n)),
    st.just(("--digits", 6)),
)


def asked(program: str, point: tuple[float, ...], *options: object, terminal: int | None = None) -> Ran:
    at = [
        word
        for name, value in zip(NAMES, point)
        for word in ("--at", f"{name}={value!r}")
        if re.search(rf"\b{name}\b", program)
    ]
    ran = run(["grad", program, *at, *map(str, options)], terminal=terminal)
    assert ran.status in (0, 4), (program, ran.stderr)
    return ran


# --- Arithmetic of our own ---

NUMBER = r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan|∞"
TOKEN = re.compile(rf"\s*((?:{NUMBER})(?![\w̄̇])|[^\W\d][\w̄̇₀-₉₋′]*|==|!=|<=|>=|[-+·*/^(),<>])")
INFIX = {
    "or": 1,
    "and": 2,
    "==": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "·": 6,
    "*": 6,
    "/": 6,
    "^": 8,
}
PREFIX = {"not": 3, "-": 7}


def tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        assert match, f"{text[at:]!r} of {text!r} is no expression"
        found.append(match[1])
        at = match.end()
    return found


def power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if x == 0 else math.nan


def divided(x: float, y: float) -> float:
    if y:
        return x / y
    return math.copysign(math.inf, x) * math.copysign(1, y) if x else math.nan


OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "·": lambda x, y: x * y, "*": lambda x, y: x * y, "/": divided, "^": power,
    "<": lambda x, y: float(x < y), "<=": lambda x, y: float(x <= y), ">": lambda x, y: float(x > y), ">=": lambda x, y: float(x >= y),
    "==": lambda x, y: float(x == y), "!=": lambda x, y: float(x != y), "and": lambda x, y: float(bool(x) and bool(y)),
    "or": lambda x, y: float(bool(x) or bool(y)),
}  # fmt: skip
mp = mpmath.mp
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ln": mp.ln, "log2": lambda x: mp.log(x, 2), "log10": mp.log10, "exp2": lambda x: mp.power(2, x), "abs": abs, "sign": mp.sign,
    "root": lambda x, n: mp.sign(x) * mp.root(abs(x), int(n)) if n % 2 else mp.root(x, int(n)),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)), "round": lambda x: round(float(x)), "step": lambda x: (mp.sign(x) + 1) / 2,
    "relu": lambda x: max(x, 0), "min": min, "max": max, "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "logit": lambda x: mp.ln(x / (1 - x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)), "lgamma": lambda x: mp.ln(abs(mp.gamma(x))), "polygamma": lambda n, x: mp.psi(int(n), x),
    "where": lambda c, x, y: x if c else y, "stop": lambda x: x, "acot": lambda x: mp.atan(1 / x) if x else mp.pi / 2,
}  # fmt: skip
CONSTANTS = {
    "π": math.pi,
    "pi": math.pi,
    "e": math.e,
    "τ": math.tau,
    "tau": math.tau,
    "∞": math.inf,
    "inf": math.inf,
    "nan": math.nan,
}


class Number(NamedTuple):
    """A result, and the largest number on the way to it."""

    value: float
    scale: float


def called(name: str, arguments: list[Number]) -> Number:
    values = [argument.value for argument in arguments]
    function = FUNCTIONS.get(name) or getattr(mp, name)
    try:
        with mpmath.workdps(40):
            value = float(function(*(mpmath.mpf(value) for value in values)))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        value = math.nan
    return scaled(value, arguments)


def scaled(value: float, operands: list[Number]) -> Number:
    return Number(value, max([abs(value), *(operand.scale for operand in operands)]) if value == value else math.inf)


def evaluate(text: str) -> Number:
    """Return the value of an expression without names, as it is printed: two stacks, and binding strengths."""
    words = [*tokens(text), ""]
    values: list[Number] = []
    pending: list[tuple[int, str, int]] = []  # strength, operator, number of operands (for a call: of values below)

    def reduce(strength: int) -> None:
        while pending and pending[-1][0] >= strength:
            _, sign, count = pending.pop()
            operands = values[-count:]
            del values[-count:]
            if sign == "-" and count == 1:
                values.append(Number(-operands[0].value, operands[0].scale))
            elif sign == "not":
                values.append(Number(float(not operands[0].value), 1))
            elif count == 1:
                values.append(called(sign, operands))
            else:
                values.append(scaled(OPERATIONS[sign](*(operand.value for operand in operands)), operands))

    at, operand = 0, True
    while words[at]:
        word, following = words[at], words[at + 1]
        at += 1
        if operand:
            if word in PREFIX:
                pending.append((PREFIX[word], word, 1))
            elif word == "(":
                pending.append((0, "(", len(values)))
            elif word in CONSTANTS or word[0].isdigit():
                values.append(Number(CONSTANTS[word] if word in CONSTANTS else float(word), 0))
                operand = False
            elif following == "(":
                pending.append((0, word, len(values)))
                at += 1
            else:  # sin x: the function of the next word alone
                assert following and (following in CONSTANTS or following[0].isdigit()), (
                    f"{word} is no number in {text}"
                )
                pending.append((10, word, 1))
        elif word in INFIX:
            reduce(INFIX[word] + (word == "^"))
            pending.append((INFIX[word], word, 2))
            operand = True
        elif word == ",":
            reduce(1)
            operand = True
        else:
            assert word == ")", f"{word} in {text}"
            reduce(1)
            _, name, below = pending.pop()
            if name != "(":
                arguments = values[below:]
                del values[below:]
                values.append(called(name, arguments))
    reduce(1)
    assert len(values) == 1 and not pending, text
    return values[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2^2", -4), ("2^3^2", 512), ("2·(-1)", -2), ("sqrt 4 - 1", 1), ("ln 2·3", 3 * math.log(2)), ("1/2/2", 0.25), ("-sin 1.5", -math.sin(1.5)),
        ("max(1, 2, -(3))", 2), ("(1 == 1)/((1 == 1) + (2 == 1))", 1), ("where(0, 1, 2 - 5)", -3), ("1e-7·2e3", 2e-4), ("1 - 2 - 3", -4),
        ("not 1 and 0 or 1", 1), ("0.5^(1 - 2)", 2), ("2·-3", -6),
    ],
)  # fmt: skip
def test_our_arithmetic(text: str, value: float) -> None:
    assert evaluate(text).value == pytest.approx(value, rel=1e-15)


# --- Pages ---


class Row(NamedTuple):
    """A printed row: the block that it is in, and its cells; formula and numbers may be empty."""

    block: str
    name: str
    formula: str
    numbers: str
    result: str


TITLE = re.compile(r"Forward primal trace|Forward tangent trace, by \w+|Reverse adjoint trace")


def rows_of(page: str) -> Iterator[Row]:
    """Yield the rows of a page as it is printed on a pipe, and check that its columns are straight."""
    tables, _, _ = page.rstrip("\n").rpartition("\n\n")  # value and gradient come last
    for part in re.split(r"\n\n(?=Forward|Reverse)", tables)[1:]:
        lines = [line for line in part.splitlines() if line]  # the step of a branch not taken has an empty row
        titles = TITLE.findall(lines[0])
        bars = [cell_len(lines[0][: match.start()]) for match in re.finditer("│", lines[0])]
        columns = list(zip(*(pieces(line, bars) for line in lines)))
        assert [column[0].strip() for column in columns] == titles
        for title, column in zip(titles, columns):
            ends = set()
            for cell in column[1:]:
                if title.startswith("Reverse"):
                    beside, bar, cell = cell.rpartition("│ ")
                    assert bar, cell
                    ends.add(("bar", cell_len(beside)))
                if cell.strip():
                    ends.add(("result", cell_len(cell[: cell.rindex("= ")])))
                    name, *middle, result = re.split(r" += ", cell.strip())
                    numbers = middle[-1] if middle else ""
                    yield Row(title, name, middle[0] if middle else "", numbers, result)
            assert len(ends) == len(dict(ends)), f"the columns of {title} are not straight:\n{page}"


def pieces(line: str, bars: list[int]) -> list[str]:
    """Return the parts of a line between the bars that stand between blocks, which are in the same columns in every line."""
    found, start, cells, left = [], 0, 0, list(bars)
    for index, char in enumerate(line):
        if left and cells == left[0] and char == "│":
            found.append(line[start:index])
            start = index + 1
            left.pop(0)
        cells += cell_len(char)
    assert not left, f"a line between blocks is interrupted: {line!r}"
    return [*found, line[start:]]


def rounded(value: float, option: tuple[str, int]) -> str:
    """Return a number as it is printed with --digits or --decimals."""
    kind, count = option
    text = f"{value:.{count}f}" if kind == "--decimals" else f"{value:.{count}g}"
    text = re.sub(r"e([-+])0*", lambda match: "e" + match[1].strip("+"), text)
    return text[1:] if re.fullmatch(r"-0(\.0*)?", text) else text


def unit(printed: str, option: tuple[str, int]) -> float:
    """Return the worth of the last digit of a printed number."""
    kind, count = option
    value = abs(float(printed))
    if kind == "--decimals" or not value or not math.isfinite(value):
        return 10.0**-count
    return 10.0 ** (math.floor(math.log10(value)) + 1 - count)


def agrees(number: Number, printed: str, option: tuple[str, int]) -> bool:
    """Say whether a computed number rounds to a printed one; a tie may go either way, and so may what lies within a few
    units in the last place of the numbers on the way."""
    if rounded(number.value, option) == printed:
        return True
    if not math.isfinite(number.value) or not math.isfinite(float(printed)):
        return False  # inf and nan have no digits
    slack = 1e-14 * max(number.scale, abs(number.value))
    near = abs(number.value - float(printed)) <= slack
    return near or any(rounded(number.value + sign * slack, option) == printed for sign in (1, -1))


NAME = re.compile(r"[^\W\d][\w̄̇₀-₉₋′]*")


def put_in(formula: str, numbers: str) -> dict[str, set[str]]:
    """Return which numbers stand for which names of a formula."""
    names, values = ([word for word in tokens(text) if word not in "()"] for text in (formula, numbers))
    found: dict[str, set[str]] = {}
    at = 0
    for word in names:
        if word in values[at : at + 1]:
            at += 1
            continue
        sign = "-" if values[at] == "-" else ""
        found.setdefault(word, set()).add(sign + values[at + len(sign)])
        at += 1 + len(sign)
    assert at == len(values), f"{numbers} is not {formula} with numbers put in"
    return found


def check_page(page: str, option: tuple[str, int]) -> int:
    """Check every row of a page; return how many there were."""
    assert "…" not in page and "..." not in page
    shown: dict[str, str] = {}
    count, block = 0, ""
    for row in rows_of(page):
        count += 1
        if row.block != block and row.block.startswith("Forward tangent"):
            shown = {name: text for name, text in shown.items() if "̇" not in name and not re.search("[ȧḃċ-żẋẏż]", name)}
        block = row.block
        assert not re.fullmatch(r"-0(\.0*)?(e.*)?", row.result), row
        if row.numbers:
            computed = evaluate(row.numbers)
            chosen = (
                math.isnan(computed.value) and row.result != "nan"
            )  # x^y*ln(x) at 0, x/hypot(x, y) at 0: defined as 0
            if not chosen:
                assert agrees(computed, row.result, option), f"{row} gives {computed.value!r}"
            for name, texts in put_in(row.formula, row.numbers).items() if row.formula != row.numbers else ():
                (text,) = texts
                assert not re.fullmatch(r"-0(\.0*)?", text), row
                assert name in shown, f"{name} has no row before {row}"
                near = abs(float(text) - float(shown[name])) <= 0.501 * unit(
                    shown[name], option
                )  # a tie may have gone either way
                assert near or rounded(float(text), option) == shown[name], (
                    f"{row}: {name} was printed as {shown[name]}"
                )
        shown[row.name] = row.result
    return count


@quick
@given(EXPRESSIONS, POINTS, MODES, SHOWN)
def test_the_arithmetic_of_every_row(
    program: str, point: tuple[float, ...], mode: str, option: tuple[str, int]
) -> None:
    ran = asked(program, point, "--mode", mode, "--trace", *option)
    if ran.status == 0:
        assert check_page(ran.stdout, option)


@pytest.mark.parametrize("names", ["source", "book"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_the_arithmetic_of_the_published_examples(example: dict[str, Any], mode: str, names: str) -> None:
    at = ",".join(f"{name}={value}" for name, value in example["point"].items())
    for option in (("--digits", 6), ("--digits", 3), ("--decimals", 3), ("--decimals", 0)):
        ran = run(
            [
                "grad",
                example["program"],
                "--at",
                at,
                "--mode",
                mode,
                "--names",
                names,
                "--trace",
                option[0],
                str(option[1]),
            ]
        )
        assert check_page(ran.stdout, option) >= 2 + len(example["point"])


PAGE = """f(x₁, x₂) = ln(x₁) + x₁·x₂ - sin(x₂)

Forward primal trace
x₁                                     = 2
x₂                                     = 5
v₁ = ln x₁   = ln 2                    = 0.693147
v₂ = x₁·x₂   = 2·5                     = 10
v₃ = sin x₂  = sin 5                   = -0.958924
v₄ = v₁ + v₂ = 0.693147 + 10           = 10.6931
v₅ = v₄ - v₃ = 10.69315 - (-0.9589243) = 11.6521

Reverse adjoint trace
             │ v̄₅                                = 1
v₅ = v₄ - v₃ │ v̄₄ = v̄₅·1       = 1·1             = 1
v₅ = v₄ - v₃ │ v̄₃ = v̄₅·(-1)    = 1·(-1)          = -1
v₄ = v₁ + v₂ │ v̄₁ = v̄₄·1       = 1·1             = 1
v₄ = v₁ + v₂ │ v̄₂ = v̄₄·1       = 1·1             = 1
v₃ = sin x₂  │ x̄₂ = v̄₃·cos x₂  = -1·cos 5        = -0.283662
v₂ = x₁·x₂   │ x̄₁ = v̄₂·x₂      = 1·5             = 5
v₂ = x₁·x₂   │ x̄₂ = x̄₂ + v̄₂·x₁ = -0.283662 + 1·2 = 1.71634
v₁ = ln x₁   │ x̄₁ = x̄₁ + v̄₁/x₁ = 5 + 1/2         = 5.5

f = 11.6521
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= 1·5             = 5", "= 1·5             = 6"),  # a false result
        ("= 10.69315 - (-0.9589243) = 11.6521", "= 10.6931 - (-0.958924)   = 11.6521"),  # too few digits to give it
        ("= 0.693147 + 10 ", "= 0.693140 + 10 "),  # a number that is not what was printed for its name
        ("= 5 + 1/2         = 5.5", "= 5.25 + 0.5/2    = 5.5"),  # true, and not the total so far
        ("= -0.283662 + 1·2 = 1.71634", "= 2·1 + -0.283662 = 1.71634"),  # true, and not the formula with numbers put in
        ("v₂ = x₁·x₂   = 2·5                     = 10", "v₂ = x₁·x₂   = 2·5                      = 10"),  # a crooked column
        ("v₃ = sin x₂  │", "v₃ = sin x₂ │"),
        ("= 1.71634", "= 1.7163…"),  # a number that is cut
        ("= 1·5             = 5", "= 1·5             = -0"),
        ("v₁ = ln x₁   = ln 2                    = 0.693147\n", ""),  # a row that is used and not there
    ],
)  # fmt: skip
def test_these_checks_find_what_is_false(old: str, new: str) -> None:
    assert check_page(PAGE, ("--digits", 6)) == 16
    assert PAGE.count(old) == 1
    with pytest.raises((AssertionError, ValueError)):
        check_page(PAGE.replace(old, new), ("--digits", 6))


# --- Widths ---


def ends(page: str, names: set[str]) -> Counter[tuple[str, str]]:
    """Return each name with the number at the end of its row, on a page of any width."""
    found: Counter[tuple[str, str]] = Counter()
    for line in page.splitlines():
        for piece in line.split("│"):
            match = re.fullmatch(rf"(\S+)(?: .*)? = (-?(?:{NUMBER}))", piece.strip())
            if match and match[1] in names:
                found[match[1], match[2]] += 1
    return found


@quick
@given(EXPRESSIONS, POINTS, MODES, SHOWN, st.integers(40, 200))
def test_nothing_is_cut_on_a_terminal(
    program: str, point: tuple[float, ...], mode: str, option: tuple[str, int], width: int
) -> None:
    words = ["--mode", mode, "--trace", *option]
    wide = asked(program, point, *words)
    if wide.status == 0:
        narrow = asked(program, point, *words, "--color", "never", terminal=width)
        assert "…" not in narrow.stdout and "..." not in narrow.stdout
        wanted = Counter((row.name, row.result) for row in rows_of(wide.stdout))
        found = ends(narrow.stdout.partition("trace")[2], {name for name, _ in wanted})
        assert wanted - found == Counter(), f"at {width} columns:\n{narrow.stdout}"
        assert wide.stdout.splitlines()[-1] == narrow.stdout.splitlines()[-1]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_eighty_columns_do_for_the_published_examples(example: dict[str, Any], mode: str) -> None:
    at = ",".join(f"{name}={value}" for name, value in example["point"].items())
    words = ["grad", example["program"], "--at", at, "--mode", mode, "--trace", "--color", "never"]
    pages = [run(words, terminal=width).stdout for width in (80, 1000)]
    assert max(map(cell_len, pages[0].splitlines())) <= 80
    narrow, wide = (Counter((row.block, row.name, row.formula, row.result) for row in rows_of(page)) for page in pages)
    assert narrow == wide


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_pipe_is_as_wide_as_it_takes(mode: str) -> None:
    program = "+".join(
        f"sin({name})*cos({name})/exp({name})" for name in ("alpha", "beta_long_name", "gamma_longer_name")
    )
    ran = run(
        [
            "grad",
            program,
            "--at",
            "alpha=1,beta_long_name=2,gamma_longer_name=3",
            "--mode",
            mode,
            "--trace",
            "--digits",
            "15",
        ]
    )
    assert ran.status == 0
    assert all(row.result for row in rows_of(ran.stdout))
    assert "\x1b" not in ran.stdout
    assert not any(line != line.rstrip() for line in ran.stdout.splitlines())


# --- JSON ---

PRIMAL = ["node", "name", "operation", "arguments", "formula", "substituted", "value"]
TANGENT = ["node", "wrt", "formula", "substituted", "value"]
ADJOINT = ["node", "from", "formula", "substituted", "upstream", "partial", "contribution", "total"]
WARNING = ["kind", "message", "node", "column"]


def strict(text: str) -> Any:
    """Return what strict JSON holds; every number in it is the shortest text of its double."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not in JSON")

    def shortest(number: str) -> float:
        assert number == repr(float(number)), number
        return float(number)

    return json.loads(text, parse_constant=refuse, parse_float=shortest)


def number(value: float | str) -> float:
    return float(value)


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@quick
@given(EXPRESSIONS, POINTS)
def test_json_adds_up(program: str, point: tuple[float, ...]) -> None:
    ran = asked(program, point, "--json", "--trace")
    if ran.status:
        assert list(strict(ran.stderr)) == ["error"]
        assert list(strict(ran.stderr)["error"]) == ["kind", "message", "column", "hint"]
        return
    assert ran.stdout.endswith("}\n") and ran.stdout.count("\n") == 1
    found = strict(ran.stdout)
    assert list(found) == [
        "schema",
        "command",
        "expression",
        "at",
        "wrt",
        "mode",
        "value",
        "gradient",
        "trace",
        "warnings",
    ]
    assert found["schema"] == "adcli/1" and found["expression"] == program
    assert list(found["gradient"]) == found["wrt"] == list(found["at"])
    assert list(found["trace"]) == ["primal", "adjoint"]
    values = {}
    for step in found["trace"]["primal"]:
        assert list(step) == PRIMAL
        values[step["node"]] = number(step["value"])
        if step["substituted"]:
            assert_is_value(step["substituted"], values[step["node"]])
    totals: dict[str, float] = {}
    seed, *steps = found["trace"]["adjoint"]
    assert (seed["from"], seed["partial"], seed["contribution"], seed["total"]) == (None, None, 1.0, 1.0)
    assert same(values.get(seed["node"], math.nan), number(found["value"])) or seed["node"] not in values
    totals[seed["node"]] = 1.0
    for step in steps:
        assert list(step) == ADJOINT
        upstream, partial, contribution, total = (number(step[key]) for key in ADJOINT[4:])
        assert same(upstream, totals[step["from"]])
        assert same(contribution, upstream * partial)
        assert same(total, totals[step["node"]] + contribution if step["node"] in totals else contribution)
        totals[step["node"]] = total
    for name, derivative in found["gradient"].items():
        assert same(number(derivative), totals.get(name, 0.0))
    assert all(list(warning) == WARNING for warning in found["warnings"])


@quick
@given(EXPRESSIONS, POINTS)
def test_json_of_the_forward_mode(program: str, point: tuple[float, ...]) -> None:
    ran = asked(program, point, "--json", "--trace", "--mode", "forward")
    if ran.status:
        return
    found = strict(ran.stdout)
    assert list(found["trace"]) == ["primal", "tangent"]
    output = found["trace"]["primal"][-1]["node"] if found["trace"]["primal"] else None
    tangents = {}
    for step in found["trace"]["tangent"]:
        assert list(step) == TANGENT
        tangents[step["node"], step["wrt"]] = number(step["value"])
        if step["substituted"]:
            assert_is_value(step["substituted"], tangents[step["node"], step["wrt"]])
    for name, derivative in found["gradient"].items():
        if (output, name) in tangents:
            assert same(number(derivative), tangents[output, name])
    plain = strict(asked(program, point, "--json", "--mode", "forward").stdout)
    assert "trace" not in plain
    assert plain == {key: value for key, value in found.items() if key != "trace"}


def assert_is_value(text: str, value: float) -> None:
    """Find that a text with numbers put in has a value, but for rounding."""
    computed = evaluate(text)
    if math.isfinite(value) and math.isfinite(computed.value):
        assert abs(computed.value - value) <= 1e-11 * max(abs(value), computed.scale), (
            f"{text} is {computed.value!r}, not {value!r}"
        )
