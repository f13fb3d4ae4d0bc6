"""Data files: their columns as vectors, against numpy and Python's own readers."""

from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import run

from adcli import data
from adcli.errors import Fault

pytestmark = pytest.mark.core

PROGRAMS = Path(__file__).parent / "programs"


def grad(*words: str, stdin: bytes = b"") -> dict[str, Any]:
    ran = run(["grad", *words, "--json"], stdin)
    assert ran.stderr == ""
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def csv_of(columns: dict[str, Any]) -> str:
    rows = (",".join(map(repr, row)) for row in zip(*(np.asarray(column).tolist() for column in columns.values())))
    return ",".join(columns) + "\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_least_squares(tmp_path: Path, mode: str) -> None:
    """At numpy's solution the gradient vanishes, and the value is numpy's sum of squares; elsewhere it is 2 Aᵀ(A p - y)."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    y = 3 * x - 1 + rng.normal(size=200) / 10
    file = tmp_path / "line.csv"
    file.write_text(csv_of({"x": x, "idle": x, "y": y}), encoding="utf-8")
    matrix = np.stack([x, np.ones(200)], axis=1)
    best, (squares,), *_ = np.linalg.lstsq(matrix, y)
    for a, b in (tuple(best), (0.5, 2.0)):
        found = grad(
            "sum((a*x + b - y)^2)",
            "--data",
            str(file),
            f"--at=a={a!r},b={b!r}".replace("np.float64", ""),
            "--mode",
            mode,
        )
        assert found["wrt"] == ["a", "b"]
        assert found["at"] == {"a": a, "b": b}
        expected = 2 * matrix.T @ (matrix @ [a, b] - y)
        assert [*found["gradient"].values()] == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-11)
    found = grad("sum((a*x + b - y)^2)", "--data", str(file), f"--at=a=({best[0]}),b=({best[1]})", "--mode", mode)
    assert found["value"] == pytest.approx(squares, rel=1e-12)


def test_a_nonlinear_model() -> None:
    """The Michaelis-Menten fit of Bates and Watts (1988) to the treated Puromycin cells: V = 212.7, K = 0.06412, 1195.4."""
    words = ("sum((rate - V*conc/(K + conc))^2)", "--data", str(PROGRAMS / "puromycin.csv"))
    found = grad(*words, "--at", "V=212.683743,K=0.0641212817")
    assert found["value"] == pytest.approx(1195.449, abs=1e-3)
    assert abs(found["gradient"]["V"]) < 1e-4
    assert abs(found["gradient"]["K"]) < 1e-1


def test_data_is_constant_unless_it_is_named() -> None:
    words = ("sum((a*x - y)^2)", "--at", "a=2", "--data", "-")
    assert grad(*words, stdin=b"x,y\n1,2\n3,4\n")["gradient"] == {"a": 12.0}
    found = grad(*words, "--wrt", "y,a", stdin=b"x,y\n1,2\n3,4\n")
    assert found["gradient"] == {"y": [0.0, -4.0], "a": 12.0}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [0, 1, 3])
def test_ends_of_lines(end: str, last: int) -> None:
    found = data.read_data([("f.csv", end.join(["x,y", "1,2", "3,4"]) + last * end)])
    assert {name: column.tolist() for name, column in found.items()} == {"x": [1.0, 3.0], "y": [2.0, 4.0]}


def spelled(rng: random.Random) -> str:
    """Return a cell: mostly a number as someone may spell it, sometimes what is none."""
    whole, part = str(rng.randrange(1000)), str(rng.randrange(1000))
    number = rng.choice(
        [whole, f"{whole}.", f".{part}", f"{whole}.{part}", f"{whole}.{part}e{rng.randrange(-320, 300)}"]
    )
    number = rng.choice(["", "", "-", "+"]) + number
    if rng.random() < 0.02:
        number = rng.choice(["", "nan", "inf", "1e999", "1_0", "x", "1 2", '1"2', "0x1", "1d2", "--1", "1,1", "1e"])
    return rng.choice(["{}", "{}", " {}", "{} ", '"{}"', ' "{}" ', "\t{}"]).format(number)


def test_what_is_read_quickly_is_what_is_read_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """numpy's reader and ours take the same files, and read the same doubles from them."""
    rng = random.Random(2)
    taken = 0

    def outcome(text: str) -> Any:
        try:
            return {name: column.tolist() for name, column in data.read_data([("f.csv", text)]).items()}
        except Fault as fault:
            return fault.message

    for _ in range(500):
        wide = rng.randrange(1, 4)
        rows = [",".join(spelled(rng) for _ in range(wide)) for _ in range(rng.randrange(1, 6))]
        text = "\n".join([",".join("xyz"[:wide]), *rows]) + "\n"
        quick = outcome(text)
        with monkeypatch.context() as patch:
            patch.setattr(data, "from_rows", lambda *_: None)
            assert outcome(text) == quick, text
        taken += isinstance(quick, dict)
    assert 100 < taken < 490


def test_json_is_read_as_python_reads_it() -> None:
    rng = random.Random(3)
    for _ in range(300):
        columns: dict[str, Any] = {
            "x": [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-300, 300) for _ in range(rng.randrange(1, 6))],
            "A": [[rng.randrange(-9, 9) for _ in range(3)] for _ in range(2)],
            "s": rng.choice([0, -1.5, 1e300]),
        }
        text = json.dumps(columns, indent=rng.choice([None, 0, 2]))
        found = data.read_data([("f.json", text)])
        assert {name: getattr(value, "tolist", lambda value=value: value)() for name, value in found.items()} == columns


@pytest.mark.parametrize(
    "items", ["1, 02", "1, .5", "1., 2", "+1", "1,, 2", "1 2", "-", "1e", ",", "-01", "1, 2,", "1e+", "1\n2"]
)
def test_lists_that_are_no_json(items: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(f"[{items}]")
    with pytest.raises(Fault) as raised:
        data.read_data([("f.json", f'{{"x": [{items}]}}')])
    assert raised.value.name == "point_json"


@pytest.mark.slow
def test_a_million_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A million rows of three columns are read; how long it took is shown, not asserted."""
    rows = 10**6
    columns = {name: np.arange(rows) / k for name, k in (("x", 3.0), ("y", 7.0), ("z", 11.0))}
    lists = {name: column.tolist() for name, column in columns.items()}
    for suffix, text in (("csv", csv_of(columns)), ("json", json.dumps(lists))):
        start = time.perf_counter()
        found = data.read_data([(f"f.{suffix}", text)])
        seconds = time.perf_counter() - start
        with capsys.disabled():
            print(f"\n{rows:,} rows of {suffix}: {seconds:.2f} s", end="")
        assert all(np.array_equal(found[name], columns[name]) for name in columns)
    lines = "".join(f'{{"x": {k}, "y": 2.5}}\n' for k in range(rows // 10))
    assert math.fsum(data.read_data([("f.jsonl", lines)])["x"]) == sum(range(rows // 10))
