"""The published worked examples: our numbers beside theirs, value, gradient, and every row of their tables.

examples.json holds program, point and truth (20 digits) of each, with its source. Where an example prints a table, NODES
says which of our nodes is which of its; nodes go by what they compute, and where we compute nothing of the kind (a copy of
the result, a product with 1 that the source writes out) it says so with None.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mpmath
import pytest
from running import run

pytestmark = pytest.mark.core

EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
BY_NAME = {example["name"]: example for example in EXAMPLES}

# source's node -> the formula of our node; an input stands for itself
BAYDIN = {
    "v_{-1}": "x1", "v_0": "x2", "v_1": "ln(x1)", "v_2": "x1*x2", "v_3": "sin(x2)", "v_4": "v1 + v2", "v_5": "v4 - v3",
}  # fmt: skip
NODES: dict[str, dict[str, str | None]] = {
    "baydin_table2_forward": {**BAYDIN, "y": "v4 - v3"},  # y is v_5 under another name
    "baydin_table3_reverse": BAYDIN,
    # Griewank shares v_4 = v_1 - v_3 by algebra; as the text has it, it is there for the second factor, and the first one
    # is added from the left: v_5 (theirs, the whole first factor) is our v6
    "griewank_walther_baby": {
        "v_{-1}": "x1", "v_0": "x2", "v_1": "x1/x2", "v_2": "sin(v1)", "v_3": "exp(x2)", "v_4": "v1 - v2", "v_5": "v5 - v2",
        "v_6": "v6*v4",
    },
    "cs231n_xyz": {"q": "x + y", "f": "v1*z"},
    "cs231n_sigmoid_neuron": {
        "g1": "w0*x0", "g2": "w1*x1", "g3": "v1 + v2", "g4": "v3 + w2", "g5": "-1*v4", "g6": "exp(v5)", "g7": "1 + v6", "g8": "1/v7",
    },
    "cs231n_max_gates": {"a": "x*y", "b": "max(z, w)", "c": "v1 + v2", "f": "v3*2"},
    "stats_se_224140": {"w1": "x1", "w2": "x2", "w3": "x1*x2", "w4": "sin(x1)", "w5": "v1 + v2"},
    "nocedal_wright_ch8": {
        "x4": "x1*x2", "x5": "sin(x3)", "x6": "exp(v1)", "x7": "v1*v2", "x8": "v3 + v4", "x9": "v5/x3",
    },
    "autoed_demo_sin_x_2y": {"X0": "x0", "X1": "x1", "V1": "2*x1", "V2": "x0 + v1", "f": "sin(v2)"},
    # the source adds v_3 = -v_2 to v_1, where our text subtracts v_2
    "harvard_cs107_ex1": {
        "x1": "x", "x2": "y", "v1": "sin(x)", "v2": "cos(y)", "v3": None, "v4": "v1 - v2", "v5": "v3^2", "v6": "-v4", "v7": "exp(v5)",
    },
    "cppad_exp_2": {"v1": "x", "v2": "1 + x", "v3": "x*x", "v4": "v2/2", "v5": "v1 + v3"},
    # the loop, written as straight text: term = 1*x/1 = x
    "cppad_exp_eps": {"v1": "x", "v2": None, "v3": None, "v4": "1 + x", "v5": "x*x", "v6": "v2/2", "v7": "v1 + v3"},
    "colah_graph": {"c": "a + b", "d": "b + 1", "e": "v1*v2"},
}  # fmt: skip


def answer(example: dict[str, Any], mode: str) -> dict[str, Any]:
    at = ",".join(f"{name}={value}" for name, value in example["point"].items())
    ran = run(["grad", example["program"], "--at", at, "--mode", mode, "--json", "--trace"])
    assert (ran.status, ran.stderr) == (0, "")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def exact(text: str) -> mpmath.mpf:
    """Return the number that a source prints or that was computed for it: 0.5, pi/2, -sqrt(3)/2*exp(-1/4)."""
    total = mpmath.mpf(1)
    operation = "*"
    for word in text.lstrip("-").replace("*", " * ").replace("/", " / ").replace("exp(-1 / 4)", "exp4").split():
        if word in "*/":
            operation = word
        else:
            known = {"pi": mpmath.pi, "sqrt(3)": mpmath.sqrt(3), "exp4": mpmath.exp(mpmath.mpf(-1) / 4)}
            factor = known[word] if word in known else mpmath.mpf(word)
            total = total * factor if operation == "*" else total / factor
    return -total if text.startswith("-") else total


def is_near(number: float, truth: str, example: dict[str, Any]) -> bool:
    """Say whether a number is the truth within 4 ulp; or within 1e-15, where the point itself is no double."""
    with mpmath.workdps(30):
        wanted = exact(truth)
        slack = 4 * mpmath.mpf(2) ** (-52) * abs(wanted)
        if any("pi" in value for value in example["point"].values()) or not all(
            exact(v) == float(v) for v in example["point"].values()
        ):
            slack = max(slack, mpmath.mpf("1e-15"))
        return bool(abs(mpmath.mpf(number) - wanted) <= slack)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_value_and_gradient(example: dict[str, Any], mode: str) -> None:
    found = answer(example, mode)
    assert is_near(found["value"], example["value"], example)
    assert list(found["gradient"]) == found["wrt"]
    assert set(found["gradient"]) == set(example["gradient"])
    for name, truth in example["gradient"].items():
        assert is_near(found["gradient"][name], truth, example), name


TABLES = [example for example in EXAMPLES if "rows" in example]


def node_of(example: dict[str, Any], row: dict[str, Any], found: dict[str, Any]) -> str | None:
    """Return the name of our node that computes what a row of the source's table does."""
    formula = NODES[example["name"]][row["node"]]
    nodes = {step["formula"] or step["node"]: step["node"] for step in found["trace"]["primal"]}
    if formula is None:
        return None
    assert formula in nodes, f"the trace has no {formula}, but {', '.join(nodes)}"
    return str(nodes[formula])


@pytest.mark.parametrize("example", TABLES, ids=[example["name"] for example in TABLES])
def test_every_row_is_mapped(example: dict[str, Any]) -> None:
    assert set(NODES[example["name"]]) == {row["node"] for row in example["rows"]}


@pytest.mark.parametrize("example", TABLES, ids=[example["name"] for example in TABLES])
def test_values_of_the_rows(example: dict[str, Any]) -> None:
    found = answer(example, "reverse")
    values = {step["node"]: step["value"] for step in found["trace"]["primal"]}
    for row in example["rows"]:
        node = node_of(example, row, found)
        if node is not None:
            assert is_near(values[node], row["value_true"], example), row["node"]


@pytest.mark.parametrize("example", TABLES, ids=[example["name"] for example in TABLES])
def test_tangents_of_the_rows(example: dict[str, Any]) -> None:
    """The dots are as the source prints them: exact, or rounded to the digits shown."""
    found = answer(example, "forward")
    tangents = {(step["node"], step["wrt"]): step["value"] for step in found["trace"]["tangent"]}
    for row in example["rows"]:
        node = node_of(example, row, found)
        for wrt, printed in row.get("dot", {}).items():
            if node is not None:
                assert is_printed(tangents[node, wrt], printed, example), (row["node"], wrt)


@pytest.mark.parametrize("example", TABLES, ids=[example["name"] for example in TABLES])
def test_adjoints_of_the_rows(example: dict[str, Any]) -> None:
    found = answer(example, "reverse")
    adjoints = {step["node"]: step["total"] for step in found["trace"]["adjoint"]}
    for row in example["rows"]:
        node = node_of(example, row, found)
        if "bar_true" in row and node is not None:
            assert is_near(adjoints[node], row["bar_true"], example), row["node"]
        if "bar" in row and node is not None:
            assert is_printed(adjoints[node], row["bar"], example), row["node"]


@pytest.mark.parametrize("name", ["baydin_table3_reverse", "cppad_exp_2"])
def test_partial_sums(name: str) -> None:
    """An input that is used twice has a row for each contribution, in the order of the source's table."""
    example = BY_NAME[name]
    found = answer(example, "reverse")
    for node, sums in example["partial_sums"].items():
        ours = NODES[name][node]
        totals = [step["total"] for step in found["trace"]["adjoint"] if step["node"] == ours]
        if len(totals) == len(sums):
            assert all(is_printed(total, printed, example) for total, printed in zip(totals, sums))
        else:  # x*x has two contributions, which the source adds up in one
            assert is_printed(totals[1], sums[0], example) and is_printed(totals[-1], sums[-1], example)


def is_printed(number: float, printed: str, example: dict[str, Any]) -> bool:
    """Say whether a number is what a source prints: exact where it is an expression or has many digits, else rounded."""
    digits = len(printed.partition(".")[2])
    if not printed.lstrip("-").replace(".", "").isdigit() or digits > 8:
        return is_near(number, printed, example)
    return abs(number - float(printed)) <= 0.5 * 10.0**-digits * (1 + 1e-9)


def test_griewank_shares_what_the_text_writes_twice() -> None:
    """x1/x2 and exp(x2) are written twice and computed once; v1 - v2 is there, as in Griewank's table."""
    found = answer(BY_NAME["griewank_walther_baby"], "reverse")
    formulas = [step["formula"] for step in found["trace"]["primal"]]
    assert formulas.count("x1/x2") == formulas.count("exp(x2)") == formulas.count("v1 - v2") == 1
