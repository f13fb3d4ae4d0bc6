"""The manners of the program: exit statuses, one bounded message on standard error for whatever is wrong, pipes, signals."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from running import ENVIRONMENT, Ran, run

from adcli import cli
from adcli.errors import EXIT_STATUS

LONGEST = 2_000
ADCLI = [sys.executable, "-m", "adcli"]
ENV = {**ENVIRONMENT, "PATH": os.environ["PATH"], "PYTHONPATH": str(Path(cli.__file__).parents[2])}


def is_plain(text: str) -> bool:
    """Say whether a terminal shows a text and does nothing else with it."""
    return all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


def assert_refused(ran: Ran, *statuses: int) -> None:
    """Find one bounded message on standard error, nothing on standard output, and one of these exit statuses."""
    assert ran.status in statuses, ran
    assert ran.stdout == ""
    assert len(ran.stderr) <= LONGEST
    assert ran.stderr.endswith("\n")
    assert is_plain(ran.stderr), ran.stderr
    assert "Traceback" not in ran.stderr
    if ran.stderr.startswith("{"):
        error = json.loads(ran.stderr)["error"]
        assert list(error) == ["kind", "message", "column", "hint"]
        assert EXIT_STATUS[error["kind"]] == ran.status
        assert error["message"].strip() == error["message"] != ""
    else:
        assert re.match(r"error: \S", ran.stderr)
        assert len(re.findall("^error: ", ran.stderr, re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["grad", "sin(x)*y", "--at", "x=1,y=2"], 0),
        (["eval", "2"], 0),
        (["grad", "abs(x)", "--at", "x=0"], 0),
        (["grad", "sqrt(x)", "--at", "x=0"], 0),
        (["--help"], 0),
        (["--version"], 0),
        (["functions"], 0),
        (["completion", "bash"], 0),
        ([], 2),
        (["grad"], 2),
        (["grad", "x", "--frob"], 2),
        (["frob"], 2),
        (["grad", "x", "--mode", "up"], 2),
        (["grad", "x", "--at", "x=1", "--wrt", "y"], 2),
        (["grad", "x +"], 3),
        (["grad", "x^2y"], 3),
        (["grad", "sen(x)"], 3),
        (["grad", "sin(x, x)"], 3),
        (["grad", "pi = 3; pi"], 3),
        (["grad", "f(t) = f(t); f(x)", "--at", "x=1"], 3),
        (["grad", "x", "--at", "x=1,x=1"], 3),
        (["grad", "x*y", "--at", "x=1"], 4),
        (["grad", "ln(x)", "--at", "x=-1"], 4),
        (["grad", "exp(x)", "--at", "x=1000"], 4),
        (["grad", "abs(x)", "--at", "x=0", "--kinks", "error"], 4),
        (["grad", "sqrt(x)", "--at", "x=0", "--strict"], 4),
        (["grad", "sum(k=1..x, k)", "--at", "x=1.5"], 4),
        (["grad", "sum(k=1..n, k)", "--at", "n=1e9", "--max-steps", "1000"], 4),
        (["grad", "x*y", "--at", "x=0,y=inf"], 4),
    ],
)  # fmt: skip
@pytest.mark.parametrize("json_too", [False, True], ids=["text", "json"])
def test_exit_status(words: list[str], status: int, json_too: bool) -> None:
    json_too = json_too and words[:1] in (["grad"], ["eval"])
    ran = run([*words, "--json"] if json_too else words)
    assert ran.status == status
    if status and words:
        assert_refused(ran, status)
        assert ran.stderr.startswith("{") == json_too


ESCAPE = "\x1b[31mred\x1b]0;title\x07"
HUGE = 100_000
WRONG = {
    "empty": "",
    "blank": " \n\t ",
    "comment": "# x",
    "unclosed": "(" * HUGE,
    "unclosed square": "[" * HUGE,
    "unclosed calls": "sin(" * HUGE,
    "unclosed bars": "|" * (HUGE + 1),
    "closed": ")" * HUGE,
    "mixed": "([{" * HUGE,
    "minus": "-" * HUGE,
    "powers": "x^" * HUGE,
    "huge literal": "9" * HUGE,
    "huge exponent": "1e999999999",
    "long name as function": "a" * HUGE + "(x)",
    "long name": "a" * HUGE,
    "long line": "x + " * HUGE + "?",
    "long wide line": "β + " * HUGE + "?",
    "many lines": "x;\n" * HUGE,
    "escape": f"x + {ESCAPE}",
    "bell": "x\x07",
    "nul": "x\x00",
    "c1": "x\x9b31m",
    "right to left": "x + \u202e1",
    "zero width": "x\u200b",
    "line separator": "x\u2028 y",
    "byte order mark": "x \ufeff",
    "surrogate": "x + \udcff",
    "other digits": "１ + x",
    "import": "__import__('os').system('id')",
    "attribute": "x.__class__.__mro__",
    "lambda": "(lambda: 1)()",
    "comprehension": "[x for x in y]",
    "string": "'a' * 1000000000",
    "f-string": 'f"{x}"',
    "eval": "eval('1')",
    "walrus": "(x := 2)",
    "statement": "import os",
    "semicolon": "x; import os; os.system('id')",
    "format": "{0.__class__}",
    "backslash": "x\\ny",
    "shell": "$(id) `id`",
    "percent": "%s%n",
}


@pytest.mark.parametrize("way", ["argument", "stdin", "json"])
@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read(name: str, way: str) -> None:
    text = WRONG[name]
    if way == "stdin":
        ran = run(["eval", "-", "--at", "x=1"], text.encode(errors="surrogateescape"))
    else:
        ran = run(["eval", text, "--at", "x=1", *(["--json"] if way == "json" else [])])
    assert_refused(ran, 3, 4)
    assert (way == "json") == ran.stderr.startswith("{")


POINTS = [
    "x", "x=", "=1", ",x=1", "x=1,,y=2", "x=1 y=2", "x=y", "x=nan", "x=0/0", "x=1,x=2", "x=(", "x=" + "(" * HUGE, "x=" + "9" * 400,
    f"x={ESCAPE}", f"{ESCAPE}=1", "x='1'", "x=1;y=2", "x==1", "2=x", "x=1e+", "x=sin", "pi=3", "x=__import__('os')", "x=\udcff", "x=\x00", "@", "@.",
    "@no such file", f"@{ESCAPE}", "@" + "a" * 5000, "@\x00", "x=[1, [2]]", "x=1, x₁=2, x1=3", "f(x)=1", "@/dev/null",
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS, ids=range(len(POINTS)))
def test_points_that_cannot_be_read(point: str) -> None:
    for extra in ([], ["--json"]):
        assert_refused(run(["eval", "x + 1", "--at", point, *extra]), 3, 4)


JSON_POINTS = [
    "", "x=1", "[1]", "1", "null", '{"x": }', '{"x": 1, "x": 2}', '{"x": null}', '{"x": "1"}', '{"x": true}', '{"x": [1, [2]]}', '{"x": NaN}',
    '{"x": Infinity}', '{"x": 1e}', '{"x": 1} {', "[" * HUGE, '{"x": ' * HUGE, '{"x": 1' + "0" * 400 + "}", '{"x": 1' + "0" * 5000 + "}",
    '{"\\u001b[31mx": null}', '{"x\\u001b[31m": 1, "x\\u001b[31m": 1}', "\ufeff", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("content", JSON_POINTS, ids=range(len(JSON_POINTS)))
def test_files_of_points_that_cannot_be_read(content: str, tmp_path: Path) -> None:
    file = tmp_path / "point.json"
    file.write_text(content, encoding="utf-8")
    for extra in ([], ["--json"]):
        assert_refused(run(["eval", "x + 1", "--at", f"@{file}", *extra]), 3, 4)


def test_a_point_that_is_no_utf8(tmp_path: Path) -> None:
    file = tmp_path / "point.json"
    file.write_bytes(b'{"x": 1, "\xff": 2}')
    assert_refused(run(["eval", "x", "--at", f"@{file}"]), 3)


@pytest.mark.parametrize("content", [b"x + \xff", b"\xff\xfex\x00", b"x\n\n+ \xc3", b"\x80" * HUGE])
def test_a_program_that_is_no_utf8(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "program.txt"
    file.write_bytes(content)
    assert_refused(run(["eval", "-"], content), 3)
    assert_refused(run(["eval", "--file", str(file)]), 3)


@pytest.mark.parametrize("file", ["", ".", "no such file", ESCAPE, "a" * 5000, "/dev/null"])
def test_a_file_that_cannot_be_read(file: str) -> None:
    assert_refused(run(["eval", "--file", file]), 3)


@pytest.mark.parametrize(
    "words",
    [
        [ESCAPE], ["--" + ESCAPE], ["a" * HUGE], ["grad", "--a" + ESCAPE], ["grad", "--" + "a" * HUGE], ["grad", "x", "--mode", ESCAPE],
        ["grad", "x", "--digits", ESCAPE], ["grad", "x", "--digits", "9" * 5000], ["grad", "x", "--wrt", ESCAPE], ["grad", "x", ESCAPE],
        ["grad", "x", "a" * HUGE], ["functions", ESCAPE], ["functions", "a" * HUGE], ["completion", ESCAPE], ["grad", "x", "--at"],
        ["grad", "x", "--wrt"], ["grad", "x", "--at=1", "--json=1"], ["grad", "x", "--format", "json", "--at"], ["grad", "x", "--wrt", "x,x", "--at", "x"],
        ["grad", "x", "--max-steps", "-1"], ["grad", "--file"], ["grad", "x", "--trace=1"], ["completion"], ["completion", "csh"],
        ["eval", "x", "--mode", "forward"], ["grad", "x", "--decimals", "-1"], ["grad", "x", "--decimals", "1.5"], ["grad", "--file", "x", "-"],
    ],
    ids=range(28),
)  # fmt: skip
def test_words_that_make_no_command(words: list[str]) -> None:
    ran = run(words)
    assert_refused(ran, 2, 3, 4)
    assert "\\x0a" not in ran.stderr and "\\x09" not in ran.stderr


def test_warnings_are_plain_too(tmp_path: Path) -> None:
    file = tmp_path / "point.json"
    file.write_text(json.dumps({"x": 1, ESCAPE: 2, "b" * HUGE: 3}), encoding="utf-8")
    ran = run(["eval", "x", "--at", f"@{file}"])
    assert ran.status == 0
    assert is_plain(ran.stderr) and len(ran.stderr) <= LONGEST
    ran = run(["eval", "x", "--at", f"@{file}", "--json"])
    assert is_plain(ran.stdout)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_of_every_command(name: str) -> None:
    for word in ("--help", "-h"):
        ran = run([name, word])
        assert (ran.status, ran.stderr) == (0, "")
        assert re.match(r"Examples:\n  (echo .* \| )?adcli ", ran.stdout)
        assert f"Usage: adcli {name}" in ran.stdout
    assert run([name, "--help"]).stdout == run([name, "-h"]).stdout


@pytest.mark.parametrize(
    "text",
    ["x*x + " * 170_000 + "x", "x" + "*sin(x)" * 145_000, "(" * 300_000 + "x" + ")" * 300_000],
    ids=["sum", "product", "brackets"],
)
def test_a_megabyte(text: str) -> None:
    ran = run(["grad", "-", "--at", "x=0.5", "--json"], text.encode())
    assert ran.status == 0 and ran.stderr == ""
    assert "Infinity" not in ran.stdout and '"gradient": {"x": ' in ran.stdout


def test_a_long_program_is_not_written_out() -> None:
    ran = run(["grad", "-", "--at", "x=0.5"], b"x*x + " * 20_000 + b"x")
    assert ran.status == 0
    assert len(ran.stdout + ran.stderr) < LONGEST


# --- Anything at all ---

SNIPPETS = [
    "x", "sin(x)*y", "x^2y", "1/0", "x +", "-x", "--x", "-h", "--", "-", "=", "x=1", "x=1,y=2", "@x", "sum(k=1..3, k*x)", "abs(x)", "\x1b[2J", "\udcff", "β", "",
    "f(t)=t^2; f(x)", "inf", "nan", "1e400", "0", "17", "-1", "json", "table", "left", "reverse", "bash",
]  # fmt: skip
OPTIONS = ["--at", "--wrt", "--mode", "--kinks", "--strict", "--format", "--json", "--digits", "--decimals", "--trace", "--no-trace", "--names",
           "--ascii", "--color", "--max-steps", "--file", "--help", "--version", "--at=x=1", "--json=1", "--wat"]  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(SNIPPETS), st.sampled_from(OPTIONS), st.text(st.characters(exclude_characters="\0"), max_size=12)
)
ARGUMENTS = st.tuples(st.one_of(st.sampled_from(cli.COMMANDS), WORDS), st.lists(WORDS, max_size=7))


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(ARGUMENTS, st.binary(max_size=20))
@example(("grad", ["x", "--at"]), b"")
def test_any_words_at_all(arguments: tuple[str, list[str]], stdin: bytes) -> None:
    ran = run([arguments[0], *arguments[1]], stdin)
    assert ran.status in (0, 2, 3, 4), ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    assert len(ran.stderr) <= LONGEST
    assert is_plain(ran.stderr)
    assert is_plain(ran.stdout.replace("\x1b", "") if "always" in arguments[1] else ran.stdout.replace("\t", ""))
    if ran.status and arguments[0] != "run":  # whose errors are answers
        assert ran.stdout == ""


# --- Processes: pipes, devices, signals, terminals ---


def shell(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], env={**ENV, "ADCLI": " ".join(ADCLI)}, capture_output=True, text=True, timeout=60
    )


def test_python_m_adcli() -> None:
    done = subprocess.run([*ADCLI, "eval", "2 - 5"], env=ENV, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "f = 2 - 5\n\nf = -3\n", "")
    assert subprocess.run([*ADCLI, "eval", "2 -"], env=ENV, capture_output=True).returncode == 3


LONG = "grad 'prod(k=1..500, x - k/1000)' --at x=1.0005 --trace"


@pytest.mark.parametrize("command", ["functions", LONG, LONG + " --json", "--help", "completion bash"])
@pytest.mark.parametrize("reader", ["true", "head -c 1"])
def test_a_closed_pipe_is_quiet(command: str, reader: str) -> None:
    done = shell(f"$ADCLI {command} | {reader} > /dev/null; echo ${{PIPESTATUS[0]}}")
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "command", ["eval 2", "grad x --at x=1 --json", "functions", "--help", "--version", "completion bash", LONG]
)
def test_a_full_disk_is_told(command: str) -> None:
    done = shell(f"$ADCLI {command} > /dev/full")
    assert done.returncode == 1
    assert re.fullmatch(r'(error: |\{"error": ).*No space left on device.*\n(  .*\n)?', done.stderr), done.stderr


def test_a_closed_output_is_no_traceback() -> None:
    for redirection in (">&-", "2>&-", ">&- 2>&-", "<&-"):
        done = shell(f"$ADCLI grad - --at x=1 <<< 'x^2' {redirection}")
        assert "Traceback" not in done.stderr + done.stdout
        assert done.returncode in (0, 1, 3)


@pytest.mark.parametrize(
    "words",
    [["eval", "-"], ["grad", "sum(k=1..2e6, sin(k*x)*cos(k*x))", "--at", "x=1", "--max-steps", "999999999"]],
    ids=["reading", "computing"],
)
def test_control_c(words: list[str]) -> None:
    # The run of the tests may itself have been started with SIGINT ignored, which children inherit.
    listening = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from adcli.cli import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", listening, *words],
        env=ENV,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.8)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGINT)
    assert out == ""
    assert "Traceback" not in err and len(err) <= LONGEST


def on_terminal(words: list[str], columns: int, **environment: str) -> str:
    """Return what the program prints on a terminal."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*ADCLI, *words], env={**ENV, **environment}, stdin=follower, stdout=follower, stderr=subprocess.PIPE
    ):
        os.close(follower)
        content = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            content += piece
    os.close(leader)
    return content.decode()


GRAD = ["grad", "ln(x1) + x1*x2 - sin(x2)", "--at", "x1=2,x2=5", "--mode", "forward"]


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_a_real_terminal(columns: int) -> None:
    colored = on_terminal(GRAD, columns)
    assert "\x1b[" in colored
    plain = re.sub(r"\x1b\[[0-9;]*m", "", colored).replace("\r\n", "\n")
    assert max(map(len, plain.splitlines())) <= columns + 40  # the combining dots take no cells
    seeming = run([*GRAD, "--color", "never"], terminal=columns).stdout
    assert [line.rstrip() for line in plain.splitlines()] == seeming.splitlines()


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_a_terminal_without_colour(environment: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(GRAD, 80, **environment)


@pytest.mark.parametrize(
    "environment", [{}, {"FORCE_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}, {"PY_COLORS": "1"}, {"COLUMNS": "20"}]
)
def test_a_pipe_has_no_colour(environment: dict[str, str]) -> None:
    done = subprocess.run([*ADCLI, *GRAD], env={**ENV, **environment}, capture_output=True, text=True)
    assert done.stdout == run(GRAD).stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_locales(locale: str) -> None:
    done = subprocess.run([*ADCLI, "grad", "√β", "--at", "β=4"], env={**ENV, "LC_ALL": locale}, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[-1].endswith("= 0.25")
