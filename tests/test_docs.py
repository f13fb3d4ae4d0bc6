"""The README says what the program does: its commands are run, its options are those there are, its tables come from the rows.

A block that begins with ```console holds lines ``$ adcli ...``, ``$ echo "..." | adcli ...`` or ``$ printf FORMAT LINE ... | adcli ...``,
each with what it prints below it: standard output, then standard error (which may be left out beside an output). What stands between
``<!-- generated: NAME -->`` and ``<!-- end -->`` is what the function NAME of GENERATED returns.

    python tests/test_docs.py --write    writes both anew

The blocks that begin with ```pycon are Python sessions, which doctest runs.
"""

from __future__ import annotations

import doctest
import re
import shlex
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from running import Ran, run

from adcli import cli, reference
from adcli.cli import completion
from adcli.language import words

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
GENERATED_PART = re.compile(r"(?<=^<!-- generated: )(\w+)( -->\n)(.*?)(?=^<!-- end -->$)", re.MULTILINE | re.DOTALL)


def text() -> str:
    return README.read_text(encoding="utf-8")


def examples(block: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what the block shows below it."""
    assert block.startswith("$ "), f"this block does not begin with a command:\n{block}"
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def played(command: str) -> Ran:
    """Run a command of the README."""
    stdin = b""
    words_ = shlex.split(command)
    if words_[0] == "echo" and words_[2] == "|":
        stdin, words_ = words_[1].encode() + b"\n", words_[3:]
    if words_[:2] == ["printf", "%s\\n"]:
        end = words_.index("|")
        stdin, words_ = "".join(f"{line}\n" for line in words_[2:end]).encode(), words_[end + 1 :]
    assert words_[0] == "adcli", f"not a command of adcli: {command}"
    return run(words_[1:], stdin)


def kinks() -> str:
    """The rows that have a kink: where, and what is taken there."""
    lines = ["| function | where | taken |", "|---|---|---|"]
    for entry in reference.entries():
        if entry.kink:
            many = " (1/k each where k tie)" if entry.name in ("min", "max") else ""
            lines.append(f"| `{entry.called}` | `{entry.kink}` | {entry.chosen}{many} |")
    return "\n".join(lines) + "\n"


GENERATED = {"kinks": kinks}

EXAMPLES = [example for block in BLOCK.findall(text()) for example in examples(block)]


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_the_readme_shows_what_a_command_prints(command: str, output: str) -> None:
    ran = played(command)
    assert output in (ran.stdout + ran.stderr, ran.stdout or ran.stderr)


SESSIONS = re.findall(r"^```pycon\n(.*?)^```$", text(), re.MULTILINE | re.DOTALL)


def test_the_readme_shows_what_python_prints() -> None:
    """The sessions are one: what one defines the next may use; what needs a library that is not there is left out."""
    known: dict[str, object] = {}
    assert SESSIONS
    for number, session in enumerate(SESSIONS):
        libraries = {library for library in ("scipy",) if library in session}
        if all(find_spec(library) for library in libraries):
            parsed = doctest.DocTestParser().get_doctest(session, known, f"session {number}", str(README), 0)
            runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
            runner.run(parsed, clear_globs=False)
            known = parsed.globs
            assert runner.summarize(verbose=False).failed == 0


def test_the_readme_has_examples() -> None:
    shown = " ".join(command for command, _ in EXAMPLES)
    assert len(EXAMPLES) >= 5
    assert all(f"adcli {name}" in shown for name in ("eval", "grad"))


def test_generated_parts_are_fresh() -> None:
    parts = GENERATED_PART.findall(text())
    assert {name for name, *_ in parts} <= set(GENERATED)
    assert "kinks" in {name for name, *_ in parts}
    for name, _, content in parts:
        assert content == GENERATED[name](), f"python tests/test_docs.py --write makes {name} anew"
    assert text().count("<!-- generated: ") == len(parts), "a generated part has no end"


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in cli.COMMANDS:
        command = cli.adcli.get_command(click.Context(cli.adcli), name)
        assert command is not None
        yield name, command


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"adcli {name}" in text()


def test_every_option_is_in_the_readme() -> None:
    known = {option for _, command in commands() for option in options(command)}
    mentioned = set(re.findall(r"--[a-z][a-z-]*", prose()))
    assert known - mentioned == set()


def test_the_readme_has_no_option_that_there_is_not() -> None:
    known = {option for _, command in commands() for option in options(command)} | {"--help", "--version"}
    said = {
        option
        for line in prose().splitlines()
        if "adcli" in line or line.startswith("| `--")
        for option in re.findall(r"(?<!\S)`?(--[a-z][a-z-]*)", line)
    }
    assert said - known - {"--write", "--quick"} == set()


def test_every_choice_is_in_the_readme() -> None:
    for name, command in commands():
        for param in command.get_params(click.Context(command)):
            if isinstance(param.type, click.Choice):
                missing = [choice for choice in param.type.choices if not re.search(rf"\b{choice}\b", prose())]
                assert missing == [], (name, param.name)


def prose() -> str:
    """Return the README without the outputs of its examples."""
    return BLOCK.sub(lambda match: "\n".join(command for command, _ in examples(match[1])), text())


def options(command: click.Command) -> list[str]:
    params = command.get_params(click.Context(command))
    return [
        name for param in params if isinstance(param, click.Option) for name in [*param.opts, *param.secondary_opts]
    ]


def test_every_function_is_in_the_reference() -> None:
    """The README sends its reader to ``adcli functions``, which has every function that may be called."""
    assert "`adcli functions`" in text() or all(f"`{name}" in text() for name in words.FUNCTIONS)
    shown = run(["functions"]).stdout
    for name, row in words.FUNCTIONS.items():
        if row not in words.ARRAY_FUNCTIONS and row not in words.SERIES:
            assert re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", shown), name


@pytest.mark.parametrize(("shell", "file"), [("bash", "adcli.bash"), ("zsh", "_adcli"), ("fish", "adcli.fish")])
def test_completions_are_fresh(shell: str, file: str) -> None:
    assert (ROOT / "completions" / file).read_text(encoding="utf-8") == completion.script(shell)


def test_paths_in_the_readme_exist() -> None:
    for path in re.findall(r"`((?:adcli|tests|grammars|completions)/[\w./]*|\.ci/run)`", text()):
        assert (ROOT / path).exists(), path


def test_every_help_has_examples_that_run() -> None:
    """The examples of a command's help are commands that work."""
    for name in cli.COMMANDS:
        lines = re.findall(r"^  (.*adcli .*)$", run([name, "--help"]).stdout.partition("Usage:")[0], re.MULTILINE)
        assert lines, name
        for line in lines:
            assert played(line.partition(" >")[0] if name == "completion" else line).status == 0, line


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_docs.py --write")

    def shown(command: str) -> str:
        ran = played(command)
        return f"$ {command}\n{ran.stdout}{ran.stderr}"

    new = BLOCK.sub(lambda match: "".join(shown(command) for command, _ in examples(match[1])), text())
    new = GENERATED_PART.sub(lambda match: f"{match[1]}{match[2]}{GENERATED[match[1]]()}", new)
    README.write_text(new, encoding="utf-8")
