"""The traces of programs over arrays are true, and stay readable: what a row says is computed again from the text of the row,
every row has its shape, and large arrays are summarised."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from running import Ran, run

POINT: dict[str, Any] = {
    "A": [[4.0, 1.0], [0.5, 3.0]],
    "B": [[1.0, -2.0, 0.5], [0.25, 1.5, 2.0]],
    "b": [1.5, -0.5],
    "c": 2.0,
    "w": [0.3, 1.1, -0.7],
}
PROGRAMS = [
    "sum((A@b)^2)",
    "b@A@b",
    "sum(A@B)",
    "b@B@w",
    "sum(outer(b, w)*B)",
    "sum(B*w) + sum(B + c)",
    "sum(A*b + c*A[0:1, :])",
    "sum(A[:, 1]*b) + A[0, 0]*b[-1] + sum(B[:, 0:3:2])",
    "sum(mean(B, 0)*w) + mean(B)",
    "sum(sum(B, axis=1)*b) + sum(sum(B, 0)*w)",
    "sum(T(B)@b) + sum(T(A)*A)",
    "sum(reshape(B, 3, 2)@b)",
    "sum(concat(b, w)*2) + sum(concat(A, B, axis=1)^2)",
    "sum([c, c^2, b[0]]*w)",
    "sum([b, c*b]@b)",
    "trace(A)*c + det(A) + logdet(A)",
    "sum(inv(A)*A)",
    "b@solve(A, b)",
    "sum(solve(A, B)^2)",
    "norm(w) + max(w) + min(B)",
    "logsumexp(w) + sum(logsumexp(B, 1)*b)",
    "sum(softmax(w)*w) + sum(softmax(B, 1)*B) + sum(softmax(B, 0)*B)",
    "sum(where(B > 0, B, 0)*c)",
    "sum(where(w > 0, w, 0) + w[0])",
    "sum(where(c > 1, w, 2*w))",
    "sum(b + c + [1, 2]*A) + sum(cholesky(A@T(A)))",
    "sum(softplus(B@w) - b*(B@w)) + 0.5*sum(w^2)",
    "sum(zeros(2) + b) + sum(eye(2)*A)",
    "var(w) + prod(w)",
    "t = b; for k in 0..1 { t = A@t + b[k]*c }; sum(t)",
    "sum(erf(w)*exp(-w^2))",
]
NO_TEXT = re.compile(r" at \[|phi\(")
"""What has no ordinary expression."""


def adcli(*words: str, at: dict[str, Any] | None = None) -> Ran:
    """Run a command at a point."""
    return run([*words, "--at", ",".join(f"{name}={value}" for name, value in (POINT if at is None else at).items())])


def computed(text: str, at: dict[str, Any]) -> Any:
    """Return the value of an expression of adcli's language."""
    used = {name: value for name, value in at.items() if re.search(rf"\b{name}\b", text)}
    words = ["eval", text, "--json"]
    ran = adcli(*words, at=used) if used else run(words)
    assert ran.status == 0, (text, ran.stderr)
    return np.array(json.loads(ran.stdout)["value"])


def trace_of(program: str, mode: str) -> dict[str, Any]:
    ran = adcli("grad", program, "--json", "--trace", "--mode", mode)
    assert ran.status == 0, ran.stderr
    trace: dict[str, Any] = json.loads(ran.stdout)["trace"]
    return trace


def says(text: str, at: dict[str, Any], value: Any) -> None:
    """Check that a text has this value, its broadcasting left unsaid."""
    value = np.array(value)
    assert np.allclose(np.broadcast_to(computed(text, at), value.shape), value, rtol=1e-7, atol=1e-9), (text, at)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_formulas_of_an_adjoint_trace_read_back_and_give_its_numbers(program: str) -> None:
    trace = trace_of(program, "reverse")
    known = {row["node"]: row["value"] for row in trace["primal"]}
    for row in trace["primal"]:
        says(row["formula"], known, row["value"])
    for row in trace["adjoint"]:
        if not NO_TEXT.search(row["formula"]):
            says(row["formula"], known, row["total"])
            says(row["substituted"], {}, row["total"])
        if row["partial"] is not None:
            assert np.allclose(np.multiply(row["upstream"], row["partial"]), row["contribution"])
        known[f"{row['node']}_bar"] = row["total"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_formulas_of_a_tangent_trace_read_back_and_give_its_numbers(program: str) -> None:
    trace = trace_of(program, "forward")
    known = {row["node"]: row["value"] for row in trace["primal"]}
    for wrt in list(dict.fromkeys(row["wrt"] for row in trace["tangent"]))[:3]:
        dots = dict(known)
        for row in trace["tangent"]:
            if row["wrt"] == wrt:
                if not NO_TEXT.search(row["formula"]):
                    says(row["formula"], dots, row["value"])
                dots[f"{row['node']}_dot"] = row["value"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_last_totals_are_the_gradient(program: str) -> None:
    found = json.loads(adcli("grad", program, "--json", "--trace").stdout)
    totals = {row["node"]: row["total"] for row in found["trace"]["adjoint"]}
    for name, derivative in found["gradient"].items():
        assert np.array_equal(totals.get(name, np.zeros(np.shape(derivative))), derivative)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_reading_reads_back(program: str) -> None:
    names = {name: value for name, value in POINT.items() if re.search(rf"\b{name}\b", program)}
    once = adcli("eval", program, "--ascii", at=names).stdout
    reading, value = once.rsplit("\n\n", 1)
    again = adcli("eval", reading, "--ascii", at=names)
    assert (again.stdout, again.status) == (once, 0), again.stderr
    assert value


ROW = re.compile(r"(?:.*\| )?(\S+) +(\([\d, ]*\)) +(= .*)")


@pytest.mark.parametrize("program", [program for program in PROGRAMS if not re.search("softplus|erf|exp", program)])
def test_the_numbers_put_in_give_the_number_at_the_end_of_the_row(program: str) -> None:
    ran = adcli("grad", program, "--ascii", "--trace")
    rows = [row.groups() for line in ran.stdout.splitlines() if (row := ROW.fullmatch(line))]
    assert rows
    for name, shape, rest in rows:
        *_, numbers, result = re.split(r" *(?<![=<>!])= (?!=)", rest)
        if "..." in result:
            continue
        value = computed(result, {})
        assert str(value.shape).replace(" ", "") == shape.replace(" ", ""), name
        if numbers and not re.search(r"[A-Za-z]\w*(_bar|\b(?!\())| at \[", numbers):
            shown = np.vectorize(lambda number: f"{number:.6g}")
            assert np.array_equal(shown(computed(numbers, {})), shown(value)) or np.allclose(
                computed(numbers, {}), value, rtol=1e-5, atol=1e-12
            ), rest


def test_the_adjoint_of_a_product_is_an_outer_product_and_a_product_with_the_transpose() -> None:
    out = adcli("grad", "sum(A@b)").stdout
    assert "Ā  (2, 2) = outer(v̄₁, b)" in out
    assert "b̄  (2,)   = T(A)@v̄₁" in out


def test_large_arrays_are_summarised_and_never_a_wall_of_numbers() -> None:
    at = "x=arange(1,101),c=2"
    ran = run(["grad", "c*sum(x^2) + sum(outer(x, x))", "--at", at])
    assert "[1, 2, ..., 99, 100]" in ran.stdout
    assert "[10104, 10108, 10112, ..., 10492, 10496, 10500]  shape (100,)" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) < 120
    ran = run(["hessian", "sum(x^3)", "--at", at])
    assert len(ran.stdout) < 2000
    assert max(map(len, ran.stdout.splitlines())) < 120


MATRICES = "A=[[0.123456,1.2345,3.141],[1.1,2.2,3.3],[1.7,2.8,9.1]],B=[[1.5,2.5,3.5],[1,2,3],[4,5,6.25]]"


def test_small_matrices_and_vectors_are_in_full_and_so_are_the_numbers_put_in() -> None:
    out = run(["grad", "sum(A@B)", "--at", MATRICES]).stdout
    given, other = (
        "[[0.123456, 1.2345, 3.141], [1.1, 2.2, 3.3], [1.7, 2.8, 9.1]]",
        "[[1.5, 2.5, 3.5], [1, 2, 3], [4, 5, 6.25]]",
    )
    assert f"= A@B     = {given}@{other} = [[13.9837," in out
    assert "..." not in out
    assert "..." not in run(["grad", "sum(sin(a)^2)", "--at", "a=linspace(0,1,9)"]).stdout
    whole = run(["grad", "sum(sin(a))", "--at", "a=linspace(0,1,9)"], terminal=120).stdout
    assert "..." not in whole
    assert f"= {given}" in run(["grad", "sum(A@B)", "--at", MATRICES], terminal=90).stdout
    narrow = run(["grad", "sum(A@B)", "--at", MATRICES, "--color", "never"], terminal=70).stdout
    assert "[[0.123456, ..., 3.141], ..., [1.7, ..., 9.1]]" in narrow
    assert max(map(len, narrow.splitlines())) <= 80


def test_long_lines_of_a_result_are_broken_and_lose_nothing() -> None:
    for at in ("linspace(0,1,30)", "reshape(linspace(0,1,36),2,18)", "reshape(linspace(0,1,36),1,1,36)"):
        out = run(["eval", "sin(a)*1", "--at", f"a={at}", "--digits", "17"]).stdout
        assert max(map(len, out.splitlines())) <= 80
        text = out[out.index("f = ") + 4 :]
        wanted = json.loads(run(["eval", "sin(a)*1", "--at", f"a={at}", "--json"]).stdout)["value"]
        assert json.loads(text) == wanted
    assert "shape (30,)" in run(["jacobian", "sin(a)*x", "--at", "a=linspace(0,1,30),x=1", "--wrt", "x"]).stdout


def test_json_has_large_arrays_in_full() -> None:
    ran = run(["grad", "sum(x^2)", "--at", "x=arange(0,500)", "--json", "--trace"])
    trace = json.loads(ran.stdout)["trace"]
    assert [len(row["value"]) for row in trace["primal"][:2]] == [500, 500]
    assert [row["substituted"] for row in trace["primal"]] == [None, None, None]


def test_digits_apply_to_the_elements() -> None:
    assert "f = [0.333, 0.667]" in run(["eval", "x/3", "--at", "x=[1,2]", "--digits", "3"]).stdout
    assert "f = [0.3333, 0.6667]" in run(["eval", "x/3", "--at", "x=[1,2]", "--decimals", "4"]).stdout


def test_nothing_is_lost_on_a_narrow_terminal() -> None:
    words = ["grad", "sum((A@b)^2)", "--at", "A=[[1,2],[3,4]],b=[1,1]", "--color", "never"]
    narrow = run(words, terminal=40).stdout
    assert all(text in narrow for text in ("[[6, 6], [14, 14]]", "[48, 68]", "(2, 2)"))
