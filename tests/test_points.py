"""Many points: a row is answered as the same point alone, whatever the block, the thread and the format; files are read and
written as they come, and what is written is whole lines."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from math import inf, isfinite, isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run
from test_sweeps import BRANCHES, EXPRESSIONS, FAST, NAMES

from adcli import answers
from adcli.answers import Request
from adcli.batch import lines, memory
from adcli.batch.decimals import joined
from adcli.batch.engine import KINKS, engine
from adcli.batch.memory import at_points
from adcli.batch.numerals import Cells
from adcli.errors import Fault
from adcli.rules import TABLE

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
PROGRAM = "exp(-x^2)*sin(y*z) + log(1 + z^2)/(1 + x^2*y^2)"

# --- A row is the point alone ---


def numbers(results: Mapping[str, Any], wrt: list[str]) -> list[float]:
    """Return the numbers of an answer in the order of the columns."""
    found = [results["value"]] if isinstance(results["value"], float) else list(results["value"])
    if "tangent" in results:
        found += results["tangent"] if isinstance(results["tangent"], list) else [results["tangent"]]
    if "jacobian" in results:
        rows = [results["jacobian"][name] for name in wrt]
        found += [row for row in rows] if isinstance(rows[0], float) else [n for part in zip(*rows) for n in part]
    if "gradient" in results:
        found += [results["gradient"][name] for name in wrt]
    if "hessian" in results:
        found += [results["hessian"][a][b] for k, a in enumerate(wrt) for b in wrt[k:]]
    return found


def alike(one: float, other: float, size: float) -> bool:
    """Say whether two numbers are the same but for rounding."""
    if not (isfinite(one) and isfinite(other)):
        return one == other or isnan(one) and isnan(other)
    return abs(one - other) <= size


def rows_that_differ(request: Request, columns: Mapping[str, list[float]], close: float = 1e-10) -> list[str]:
    """Return where a batch is not what its points are alone: in its numbers, or in what is said of them."""
    used = {name: np.array(column) for name, column in columns.items()}
    batch = at_points(request, used, workers=1)
    whole = engine(request, list(used), "points")
    arrays = [used[name] for name in whole.used]
    whole.begin(dict(zip(whole.used, row)) for row in zip(*arrays))
    count = len(next(iter(used.values())))
    with np.errstate(all="ignore"):
        outcome = whole.rows(arrays, [np.empty(count) for _ in whole.titles])
    found = []
    for row in range(count):
        at = {name: column[row] for name, column in columns.items()}
        one = Request(request.command, request.expression, {**request.at, **at}, tangent=request.tangent, wrt=request.wrt)
        got = [float(column[row]) for column in batch.values()]
        try:
            answer = answers.answer(one)
            wanted = numbers(answer.results, list(answer.wrt or ()))
            kinds = {finding.kind for finding in answer.findings} - {"unused"}
        except Fault as fault:
            assert fault.kind in ("domain", "overflow", "not_finite"), fault.message
            wanted, kinds = [nan] * len(got), {"undefined"}
        size = close * max([1.0, *(abs(n) for n in wanted if isfinite(n))])
        if not all(alike(a, b, size) for a, b in zip(got, wanted, strict=True)):
            found.append(f"{request.command} {request.expression} at {at}: {got}, alone {wanted}")
        told = {"undefined"} if row in outcome.undefined else set()
        told |= {"kink"} if row in outcome.bent else set()
        told |= {"infinite"} if row in outcome.infinite else set()
        alone = {"kink" if kind in KINKS else kind if kind == "undefined" else "infinite" for kind in kinds}
        if told != alone:
            found.append(f"{request.command} {request.expression} at {at}: {told}, alone {kinds}")
    return found


SPECIAL = st.sampled_from((0.0, 1.0, -1.0, 0.5, 2.0, -0.0))
COORDINATE = st.one_of(SPECIAL, st.floats(-2, 2).map(lambda x: round(x, 3)))
COLUMNS = st.lists(st.tuples(*[COORDINATE] * len(NAMES)), min_size=1, max_size=6)


@pytest.mark.parametrize("command", ["eval", "grad", "jvp", "jacobian", "hessian"])
def test_random_programs(command: str) -> None:
    @FAST
    @given(EXPRESSIONS, EXPRESSIONS, COLUMNS)
    def explore(expression: str, other: str, points: list[tuple[float, ...]]) -> None:
        if command == "jacobian":
            expression = f"[{expression}, {other}]"
        columns = dict(zip(NAMES, map(list, zip(*points))))
        names = [name for name in NAMES if name in expression.replace("exp", "").replace("max", "")]
        if not names:
            return
        columns = {name: columns[name] for name in names}
        tangent = {name: 0.5 + k for k, name in enumerate(names)} if command == "jvp" else None
        try:
            answers.answer(Request(command, expression, {name: column[0] for name, column in columns.items()}, tangent=tangent))
        except Fault as fault:
            if fault.kind == "unknown_input":  # a name that is folded away
                return
        close = 1e-7 if command == "hessian" else 1e-10
        assert rows_that_differ(Request(command, expression, {}, tangent=tangent), columns, close) == []

    explore()
