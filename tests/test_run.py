"""adcli run: one answer a line, in order and at once, whatever the lines hold and however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import run

from adcli import service
from adcli.answers import answer
from adcli.errors import EVALUATE, EXIT_STATUS, FINE, INTERRUPTED
from adcli.language import memory
from adcli.language import syntax as reader
from adcli.language.memory import Memory, Parsed
from adcli.requests import KEYS, NEEDED, fields_of, request_of

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
GRAD = {"command": "grad", "expression": "sin(x)*y", "at": {"x": 1, "y": 2}}


def asked(*requests: Any) -> list[dict[str, Any]]:
    """Return the answers to requests, of which each is an object or the text of a line."""
    lines = [request if isinstance(request, str) else json.dumps(request) for request in requests]
    ran = run(["run"], "\n".join(lines).encode("utf-8", "surrogatepass"))
    assert ran.stderr == ""
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(requests)
    assert all(next(iter(answer)) == "id" for answer in answers)
    assert ran.status == (EVALUATE if any("error" in answer for answer in answers) else FINE)
    return answers


def kind(request: Any) -> str:
    """Return the kind of error that a request is answered with."""
    (answer,) = asked(request)
    return str(answer["error"]["kind"])


# --- Answers ---


COMMANDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "eval": ({}, []),
    "grad": ({"mode": "forward", "trace": True}, ["--mode", "forward", "--trace"]),
    "jvp": ({"tangent": {"x": 1, "y": 0.5}}, ["--tangent", "x=1,y=0.5"]),
    "vjp": ({"cotangent": [2], "wrt": ["y"]}, ["--cotangent", "2", "--wrt", "y"]),
    "jacobian": ({"mode": "reverse", "kinks": "error"}, ["--mode", "reverse", "--kinks", "error"]),
    "hessian": ({"wrt": ["y", "x"]}, ["--wrt", "y,x"]),
    "hvp": ({"tangent": {"y": 1}, "trace": False}, ["--tangent", "y=1"]),
    "taylor": ({"wrt": ["x"], "order": 3}, ["--wrt", "x", "--order", "3"]),
    "diff": ({"wrt": ["x", "x", "y"]}, ["--wrt", "x,x,y"]),
    "check": ({"claim": "x=-0.7701,y=-0.4161"}, ["--claim", "x=-0.7701,y=-0.4161"]),
}


@pytest.mark.parametrize("command", KEYS)
def test_an_answer_is_that_of_the_command(command: str) -> None:
    options, words = COMMANDS[command]
    program = "x*cos(y)*exp(x*y)"
    (answer,) = asked({"id": 0, "command": command, "expression": program, "at": {"x": 0.5, "y": 2.0}, **options})
    alone = run([command, program, "--at", "x=0.5,y=2", "--json", *words])
    assert answer == {"id": 0, **json.loads(alone.stdout)}


def test_arrays_come_and_go_as_nested_lists() -> None:
    A, x = [[1, 2], [3, 4]], [0.5, -1]
    (answer,) = asked({"command": "grad", "expression": "sum((A@x)^2)", "at": {"A": A, "x": x}})
    residual = np.array(A) @ np.array(x)
    assert answer["gradient"]["A"] == pytest.approx(2 * np.outer(residual, x))
    assert answer["at"] == {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [0.5, -1.0]}
    (answer,) = asked(
        {"command": "vjp", "expression": "A@x", "at": {"A": A, "x": x}, "cotangent": [1, 2], "wrt": ["x"]}
    )
    assert answer["cotangent_product"] == {"x": [7.0, 10.0]}


@pytest.mark.parametrize(
    "id_",
    ["0", "-17", "12345678901234567890123", "1.5", "-2.5e-3", "true", "false", "null", '""', '"a"', '"\\"\\u00e9 \\u2028"',
     "[]", "[1, [2.5, null]]", "{}", '{"a": {"b": 98765432109876543210}}', '"\\ud800"', '"\x7f"', '"σ"'],
)  # fmt: skip
@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("rest", ['"command": "eval", "expression": "2"', '"command": "eval"'])
def test_an_id_of_any_kind_comes_back(id_: str, place: str, rest: str) -> None:
    line = f'{{"id": {id_}, {rest}}}' if place == "first" else f'{{{rest}, "id": {id_}}}'
    (answer,) = asked(line)
    assert answer["id"] == json.loads(id_) and type(answer["id"]) is type(json.loads(id_))


def test_without_an_id_it_is_null() -> None:
    assert asked(GRAD)[0]["id"] is None


# --- Errors ---


def test_an_error_is_an_answer_and_the_next_line_is_served() -> None:
    answers = asked({"id": 1, **GRAD}, {"id": 2, **GRAD, "expression": "sin(x)*z"}, "{", {"id": 4, **GRAD})
    assert [answer["id"] for answer in answers] == [1, 2, None, 4]
    assert answers[1]["error"] == {
        "kind": "missing_value", "message": "no value for z", "column": None, "hint": "add it with --at z=...",
    }  # fmt: skip
    assert answers[0]["gradient"] == answers[3]["gradient"]


def test_an_error_tells_the_column() -> None:
    assert asked({**GRAD, "expression": "x + sen(x)"})[0]["error"]["column"] == 5
    assert asked({**GRAD, "expression": "q = x\nq + 1/(x - 1)"})[0]["error"]["column"] == 5


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("nonsense", "data"),
        ("[" * 100_000, "data"),
        ('{"id": 3, "at": ' + "[" * 100_000 + "1" + "]" * 100_000 + "}", "data"),
        ('{"id": ' + "[" * 900 + "]" * 900 + ', "command": "eval", "expression": "("}', "syntax"),
        ({**GRAD, "expression": "(" * 100_000 + "x" + ")" * 99_999}, "syntax"),
        ('"\ud800"', "data"),
        ({**GRAD, "expression": "\ud800"}, "syntax"),
        ('{"command": "eval", "expression": "1", "id": ' + "9" * 5000 + "}", "usage"),
        ({**GRAD, "at": {"x": 1, "y": None}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": "2"}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": True}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": {}}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": []}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": [[1], [2, 3]]}}, "data"),
        ({**GRAD, "at": {"x": 1, "y": [1, False]}}, "data"),
        ({**GRAD, "at": {"x": 10**400, "y": 1}}, "data"),
        ({**GRAD, "at": {"x₁": 1, "x1": 1}}, "data"),
        ('{"command": "eval", "expression": "x", "at": {"x": 1, "x": 2}}', "data"),
        ({**GRAD, "at": None}, "usage"),
        ({**GRAD, "wrt": []}, "usage"),
        ({**GRAD, "wrt": [1]}, "usage"),
        ({**GRAD, "wrt": ["z"]}, "unknown_input"),
        ({**GRAD, "trace": "yes"}, "usage"),
        ({**GRAD, "data": "columns.csv"}, "usage"),
        ({**GRAD, "command": "jvp", "tangent": {"x": [1, 2]}}, "shape"),
        ({**GRAD, "command": "vjp", "cotangent": []}, "usage"),
        ({**GRAD, "command": "vjp", "cotangent": [1, 2]}, "shape"),
        ({**GRAD, "command": "vjp", "cotangent": [[1]]}, "shape"),
        ({**GRAD, "command": "vjp", "cotangent": [[1], [2, 3]]}, "data"),
        ({**GRAD, "command": "taylor", "wrt": ["x"], "order": 1e300}, "bad_order"),
        ({**GRAD, "command": "taylor", "wrt": ["x"], "order": True}, "usage"),
        ({**GRAD, "command": "__init__"}, "usage"),
        ({**GRAD, "expression": "@point.json"}, "syntax"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_is_wrong_is_told(request_: Any, expected: str) -> None:
    assert kind(request_) == expected


def test_nothing_in_a_request_names_a_file(tmp_path: Path) -> None:
    (tmp_path / "point.json").write_text('{"x": 1, "y": 2}')
    for at in ("@point.json", f"@{tmp_path}/point.json", ["@point.json"]):
        assert kind({**GRAD, "at": at}) == "usage"
    assert kind({"command": "eval", "file": str(tmp_path / "point.json")}) == "usage"


@pytest.mark.slow
def test_a_megabyte_in_a_line() -> None:
    expression = " + ".join(f"x*{k}" for k in range(110_000))
    assert len(expression) > 1_000_000
    numbers = [float(k) for k in range(100_000)]
    answers = asked(
        {"id": 1, "command": "grad", "expression": expression, "at": {"x": 1}},
        {"id": 2, "command": "eval", "expression": "sum(x)", "at": {"x": numbers}},
        '{"id": 3, "command": "' + "x" * 1_000_000,
    )
    assert answers[0]["gradient"] == {"x": sum(range(110_000))}
    assert answers[1]["value"] == sum(numbers)
    assert answers[2]["error"]["kind"] == "data" and answers[2]["id"] == 3


def test_an_internal_fault_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unforeseen(Exception):
        pass

    def broken(*_: Any) -> None:
        raise Unforeseen("this was not foreseen")

    monkeypatch.setattr(service, "answer", broken)
    text, fine = service.reply(json.dumps({"id": 5, **GRAD}).encode())
    error = json.loads(text)["error"]
    assert json.loads(text)["id"] == 5 and not fine
    assert error["kind"] == "internal" and "this was not foreseen" in error["message"]
    monkeypatch.undo()
    assert service.reply(json.dumps({"id": 5, **GRAD}).encode())[1]


def test_blank_lines_and_a_byte_order_mark() -> None:
    """Every line has its answer, so that whoever counts them does not wait for ever."""
    line = json.dumps({"id": 1, **GRAD}).encode()
    ran = run(["run"], b"\xef\xbb\xbf" + line + b"\r\n\r\n  \t\n" + line)
    assert [json.loads(text)["id"] for text in ran.stdout.splitlines()] == [1, None, None, 1]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"command":"eval","id":12,"at":{"x":1}', 12),
        ('{"id": "é", "command"', "é"),
        ('{"id": "a\\"b]", ', 'a"b]'),
        ('{"at": {"id": 3, "y": [1, {"id": 4}]}, "id" : -1.5e3 , x', -1500.0),
        ('{"id":123456789012345678901234567890,', 123456789012345678901234567890),
        ('{"id": true, "id', True),
        ('{"id": 7', None),
        ('{"at": {"id": 3}, "x', None),
        ('{"x": "id", "y": ":", 5', None),
        ('{"id": 1e999, ', None),
        ('{"id": NaN, ', None),
        ('{"id": [1], ', None),
        ('["id": 1, ', None),
        ("", None),
    ],
)
def test_the_id_in_a_broken_line(line: str, known: object) -> None:
    answer = json.loads(service.reply(line.encode())[0])
    assert answer["error"]["message"].startswith("the line is no JSON")
    assert answer["id"] == known


def test_an_id_that_is_not_utf_8_is_not_guessed() -> None:
    answer = json.loads(service.reply(b'{"id": "\xff", "x"')[0])
    assert answer["id"] is None


NUMBERS = st.integers() | st.floats() | st.sampled_from([0, 1, 2, -1, 0.5, 1e300])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz") | st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
SIMPLE = st.sampled_from([0, 1, 2, -1, 0.5, 3])
POINT = st.fixed_dictionaries({"x": SIMPLE | st.lists(SIMPLE, min_size=1, max_size=3), "y": SIMPLE})
EXPRESSIONS = ["sin(x)*y", "[x, y]", "x@x", "sum(x)/y", "t = x; if t > y { t = y }; t^2", "abs(x) + max(x, y)", "x[y]"]
LIKELY = {
    "id": ANYTHING,
    "at": POINT,
    "expression": st.sampled_from(EXPRESSIONS),
    "wrt": st.lists(st.sampled_from("xy"), min_size=1, max_size=2),
    "mode": st.sampled_from(["reverse", "forward"]),
    "tangent": POINT,
    "cotangent": st.lists(SIMPLE, min_size=1, max_size=3),
    "order": st.integers(-1, 6),
    "trace": st.booleans(),
    "claim": st.sampled_from(["x=1", "2*x", "1,2", "[1]", "2 x", ""]),
    "kinks": st.sampled_from(["subgradient", "left", "right", "error"]),
}


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Draw a request that is right or nearly so."""
    command = draw(st.sampled_from([*KEYS]))
    keys = draw(st.lists(st.sampled_from(["id", *KEYS[command]]), max_size=4))
    request: dict[str, Any] = {"command": command}
    for key in ["expression", "at", *keys, *NEEDED.get(command, "").split()]:
        request[key] = draw(ANYTHING if draw(st.integers(0, 15)) == 15 else LIKELY[key])
    line = json.dumps(request).encode()
    return line[: draw(st.integers(0, len(line)))] if draw(st.integers(0, 15)) == 15 else line


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(line=lines() | st.binary(max_size=30))
def test_no_line_is_too_much(line: bytes) -> None:
    text, fine = service.reply(line)
    answer_ = json.loads(text, parse_constant=pytest.fail)
    assert fine == ("error" not in answer_) and "\n" not in text
    assert fine or answer_["error"]["kind"] in {*EXIT_STATUS} - {"internal"}, answer_


# --- What is kept ---


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed, and a memory of its own."""
    texts: list[str] = []
    parse = reader.parse

    def counted(text: str, start: str = "program") -> Any:
        texts.append(text)
        return parse(text, start)

    monkeypatch.setattr(reader, "parse", counted)
    monkeypatch.setattr(service, "MEMORY", Memory())
    return texts


def test_a_second_text_is_not_parsed_again(parses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked(GRAD)
    assert parses == ["sin(x)*y"]
    elaborate = memory.elaborate
    elaborated: list[Any] = []
    monkeypatch.setattr(memory, "elaborate", lambda *args: elaborated.append(args) or elaborate(*args))
    first, second = asked(GRAD, {**GRAD, "at": {"y": -3.5, "x": 0.25}})
    assert parses == ["sin(x)*y"] and elaborated == []
    assert first["gradient"]["x"] == pytest.approx(2 * np.cos(1)) and second["gradient"]["y"] == np.sin(0.25)
    asked({"command": "hessian", "expression": "sin(x)*y", "at": {"x": 1, "y": 2}})
    assert parses == ["sin(x)*y"] and elaborated == []


ANEW = {
    "if x > 0 { y = x } else { y = 3*x }; y": [{"x": 1}, {"x": -1}],
    "t = x; while t < 10 { t = 2*t }; t": [{"x": 1}, {"x": 7}],
    "sum(k=1..n, x^k)": [{"n": 2, "x": 3}, {"n": 4, "x": 3}],
    "root(x, n)": [{"n": 2, "x": 16}, {"n": 4, "x": 16}],
    "sum(x)*len(x)": [{"x": [1, 2]}, {"x": [1, 2, 3]}],
    "x[i]": [{"x": [1, 2], "i": 0}, {"x": [1, 2], "i": 1}],
    "sum(y)*x": [{"x": 2, "y": [1, 2]}, {"x": 2, "y": 5.0}],
    "s = 0; for k in 1..2 { if a > 0 { s = s + b } }; s": [{"a": 1, "b": 2}, {"a": -1}, {"a": -1, "b": 3}],
    "s = 0; for k in 1..0 { s = s + b }; s": [{}, {"b": 3}, {}],
    "prod(x, 0)[0]": [{"x": [[1, 2], [3, 4]]}, {"x": [[1, 2]]}],
    "deriv(x^n, x)*n": [{"x": 2, "n": 3}, {"x": 3, "n": 2}],
}
KEPT = ["sin(x)*y", "s = 0; for k in 1..3 { s = s + x^k }; s*y", "sum(A@[x, y])", "f(t) = t^2; f(x)*y", "max(x, y, 1)"]


@pytest.mark.parametrize("expression", ANEW)
def test_what_a_point_decides_is_decided_anew(expression: str) -> None:
    """A program that has just been asked at another point answers as one that has not."""
    points = [*ANEW[expression], *ANEW[expression]]
    requests = [{"id": 1, "command": "eval", "expression": expression, "at": at} for at in points]
    alone = []
    for request in requests:
        service.MEMORY.programs.clear()
        alone += asked(request)
    assert asked(*requests) == alone
    assert "value" in alone[0]


@pytest.mark.parametrize("expression", KEPT)
def test_what_no_point_decides_is_kept(expression: str) -> None:
    parsed = Parsed(expression, lambda: None)
    A = np.eye(2)
    given = {"x": 1.0, "y": 2.0, **({"A": A} if "A" in expression else {})}
    assert parsed.at(given) is parsed.at({**given, "x": -7.0, "y": 1e300})
    if "A" in expression:
        assert parsed.at(given) is not parsed.at({**given, "A": np.ones((3, 2))})


def test_no_command_changes_a_graph_that_is_kept() -> None:
    program = Parsed("x*cos(y)*exp(x*y)", lambda: None).at({"x": 0.5, "y": 2.0})
    graph = program.graph

    def state() -> list[Any]:
        return [graph.arrays, *(copy(part) for part in (graph.nodes, graph.sources, graph.names, program.inputs))]

    before = state()
    for command, (options, _) in COMMANDS.items():
        line = json.dumps({"command": command, "expression": "", "at": {"x": 0.5, "y": 2.0}, **options})
        answer(request_of(fields_of(line)), program)
        assert state() == before, command


def test_the_memory_has_bounds() -> None:
    kept = Memory(most=3, room=1_000)
    programs = [kept.parsed(f"x + {k}") for k in range(3)]
    assert kept.parsed("x + 0") is programs[0]
    kept.parsed("x + 3")
    assert list(kept.programs) == ["x + 2", "x + 0", "x + 3"]
    assert kept.parsed("x + 1") is not programs[1]
    for text in ("sum(k=1..2_000, x^k)", "x" + " + x" * 500):
        assert kept.parsed(text).at({"x": 1.0}).outputs
        kept.parsed("y")
        assert text not in kept.programs and "y" in kept.programs
    assert sum(program.size for program in kept.programs.values()) <= 1_000


def test_graphs_that_are_kept_later_count_too() -> None:
    kept = Memory(room=2_000)
    text = "t = 0; for k in 0..len(x)-1 { t = t + x[k]*c }; t"
    programs = [kept.parsed(f"{text} + {number}") for number in range(5)]
    for program in programs:
        program.at({"x": np.ones(2), "c": 1.0})
    assert len(kept.programs) == 5
    for program in programs:
        program.at({"x": np.ones(200), "c": 1.0})
        assert sum(one.size for one in kept.programs.values()) <= 2_000
    assert len(kept.programs) < 5


# --- The process ---


@contextmanager
def started(unbuffered: str = "", **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start ``adcli run`` with pipes; see to it that it ends."""
    words = [sys.executable, "-m", "adcli", "run"]
    options = {"stdout": subprocess.PIPE, "env": {**os.environ, "PYTHONUNBUFFERED": unbuffered}, **options}
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(BrokenPipeError):
                if stream:
                    stream.close()


def tell(process: subprocess.Popen[bytes], request: Any) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()


def test_another_program_can_talk_to_it() -> None:
    """Each answer is there before the next request is asked."""
    with started() as process:
        assert process.stdin and process.stdout
        for x in (0.5, 1.5, 2.5):
            tell(process, {"id": x, "command": "grad", "expression": "x^3", "at": {"x": x}})
            answer = json.loads(process.stdout.readline())
            assert answer["id"] == x and answer["gradient"] == {"x": pytest.approx(3 * x * x)}
        process.stdin.close()
        assert process.stdout.read() == b"" and process.wait(10) == FINE


def feed(process: subprocess.Popen[bytes], request: Any) -> None:
    """Tell the process the same again and again, for as long as it listens."""
    with suppress(BrokenPipeError):
        while True:
            tell(process, request)


@pytest.mark.parametrize(
    ("number", "status", "expression"),
    [
        (signal.SIGINT, INTERRUPTED, "sin(x)*y"),
        (signal.SIGINT, INTERRUPTED, "x*y*linspace(0, 1, 20_000)"),
        (signal.SIGKILL, -signal.SIGKILL, "sin(x)*y"),
    ],
)
def test_whole_lines_are_left_behind(number: signal.Signals, status: int, expression: str, tmp_path: Path) -> None:
    request = {"command": "eval", "expression": expression, "at": {"x": 1, "y": 2}}
    file = tmp_path / "answers"
    with file.open("wb") as stdout, started(stdout=stdout, stderr=subprocess.PIPE) as process:
        feeding = Thread(target=feed, args=(process, request))
        feeding.start()
        wait(lambda: file.stat().st_size > 200_000)
        process.send_signal(number)
        assert process.wait(20) == status
        feeding.join(20)
        assert process.stderr and process.stderr.read().strip() == b""
    content = file.read_bytes()
    assert content.endswith(b"\n")
    lines = content.splitlines()
    assert len({*lines}) == 1 and "value" in json.loads(lines[0])


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_control_c_waits_for_the_end_of_a_line_that_a_slow_reader_takes(unbuffered: str) -> None:
    request = {"command": "eval", "expression": "x*linspace(0, 1, 200_000)", "at": {"x": 1}}
    with started(unbuffered) as process:
        assert process.stdout
        tell(process, request)
        head = process.stdout.read(1)  # and now the pipe is full
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        line = head + process.stdout.read()
        assert process.wait(20) == INTERRUPTED
    assert line.endswith(b"\n") and len(json.loads(line)["value"]) == 200_000


@pytest.mark.parametrize(("bad", "status"), [(False, FINE), (True, EVALUATE)])
def test_a_closed_pipe_ends_quietly(bad: bool, status: int) -> None:
    with started(stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        tell(process, "not an object" if bad else GRAD)
        process.stdout.readline()
        process.stdout.close()
        with pytest.raises(BrokenPipeError):
            for _ in range(1000):
                tell(process, GRAD)
                time.sleep(0.01)
        assert process.wait(10) == status
        assert process.stderr.read() == b""


def wait(ready: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.005)
