"""Golden cases: what the program prints, kept in the files under cases/.

A file is about one feature or one message, and holds one run or more:

    # words about what follows
    --- file point.json            (before a run: a file that it finds, what its standard input holds, and the width of the
    {"x": 1}                        terminal that it seems to write to; a file stays for the runs below it)
    --- stdin
    x^2
    --- terminal 80
    $ NO_COLOR=1 adcli grad - --at @point.json
    --- stdout
    ...
    --- stderr
    ...
    --- exit 0

␛ stands for an escape, ␤ in a command for the end of a line, and � for a byte that is no UTF-8. ``python tests/test_cases.py --write`` runs every command and writes what it prints; read the diff.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from running import Ran, run

from adcli import cli, errors, findings

pytestmark = pytest.mark.core

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.txt"))
MARK = re.compile(r"--- (file|stdin|terminal|stdout|stderr|exit) ?(.*)\n")


TABLES = "adcli.batch.tables"
"""The module that needs pyarrow, an extra: cases are played as if that were not installed."""


class Case(NamedTuple):
    """A run: what stands before it (kept as it is), its surroundings, its command, and what came back."""

    before: str
    files: dict[str, str]
    stdin: str
    terminal: int | None
    command: str
    expected: Ran


def read(text: str) -> list[Case]:
    """Return the runs of a file."""
    cases: list[Case] = []
    files: dict[str, str] = {}
    before, command, terminal = "", "", None
    parts: dict[str, str] = {}
    part = ""
    for line in text.splitlines(keepends=True):
        mark = MARK.fullmatch(line)
        if mark and mark[1] == "exit":
            expected = Ran(parts.get("stdout", ""), parts.get("stderr", ""), int(mark[2] or "-1"))
            cases.append(Case(before, dict(files), parts.get("stdin", ""), terminal, command, expected))
            before, command, terminal, parts, part = "", "", None, {}, ""
            continue
        if mark and mark[1] == "terminal":
            terminal = int(mark[2])
        elif mark and mark[1] == "file":
            part = "file " + mark[2]
            files[mark[2]] = ""
        elif mark:
            part = mark[1]
        elif line.startswith("$ ") and not command:
            command, part = line[2:].rstrip("\n"), ""
        elif part.startswith("file "):
            files[part[5:]] += line
        elif part:
            parts[part] = parts.get(part, "") + line
        if not command:
            before += line
    assert not command, "a run has no --- exit"
    return cases


def play(case: Case) -> Ran:
    """Run a case in a folder of its own, and return what came back."""
    words = shlex.split(case.command.replace("␛", "\x1b").replace("␤", "\n").replace("�", "\udcff"))
    environment = {}
    while "=" in words[0]:
        name, _, environment[name] = words.pop(0).partition("=")
    assert words[0] == "adcli", f"not a command of adcli: {case.command}"
    home = os.getcwd()
    tables = sys.modules.get(TABLES)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case.files.items():
            Path(folder, name).write_bytes(encoded(content))
        os.chdir(folder)
        sys.modules[TABLES] = None  # type: ignore[assignment]
        try:
            ran = run(words[1:], encoded(case.stdin), environment, case.terminal)
        finally:
            os.chdir(home)
            del sys.modules[TABLES]
            if tables is not None:
                sys.modules[TABLES] = tables
    assert all(text[-1:] in ("", "\n") for text in ran[:2]), "the last line has no end"
    return Ran(ran.stdout.replace("\x1b", "␛"), ran.stderr.replace("\x1b", "␛"), ran.status)


def encoded(text: str) -> bytes:
    return text.encode().replace("�".encode(), b"\xff")


def written(case: Case, ran: Ran) -> str:
    """Return a case as its file holds it."""
    streams = [f"--- {name}\n{text}" for name, text in zip(("stdout", "stderr"), ran) if text]
    return f"{case.before}$ {case.command}\n{''.join(streams)}--- exit {ran.status}\n"


def every_case() -> Iterator[tuple[Path, Case]]:
    for file in FILES:
        for case in read(file.read_text(encoding="utf-8")):
            yield file, case


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(CASES).with_suffix("")) for file in FILES])
def test_case(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    cases = read(text)
    assert cases
    assert "".join(written(case, play(case)) for case in cases) == text


# --- Nothing is left out ---


def blank(sentence: str) -> str:
    """Return a pattern for a sentence of the catalogue, with anything in its blanks."""
    return re.sub(r"\\{\w+\\}", "(?s:.*)", re.escape(sentence).replace(r"\{\{", "{").replace(r"\}\}", "}"))


def is_service(case: Case) -> bool:
    """Say whether a case is of a program whose answers are lines, errors too."""
    return case.command == "adcli run"


def is_message_of(name: str, case: Case) -> bool:
    """Say whether a case shows the message of a row of the catalogue, as text or as JSON."""
    kind, sentence, remedy = errors.CATALOGUE[name]
    told = case.expected.stdout if is_service(case) else case.expected.stderr
    if told.startswith("{"):
        error = json.loads(told)["error"]
        texts = (sentence, error["message"]), (remedy or "", error["hint"] or "")
        return error["kind"] == kind and all(re.fullmatch(blank(wanted), text) for wanted, text in texts)
    message = f"error: {blank(sentence)}\n(  .*\n)*" + (f"  {blank(remedy)}\n" if remedy else "")
    return bool(re.fullmatch(message, case.expected.stderr))


@pytest.mark.parametrize("name", errors.CATALOGUE)
def test_every_row_of_the_catalogue_has_a_case(name: str) -> None:
    file = CASES / "errors" / f"{name}.txt"
    assert file.exists(), f"cases/errors/{name}.txt is missing"
    for case in read(file.read_text(encoding="utf-8")):
        assert is_message_of(name, case), case.command
        kind = errors.CATALOGUE[name][0]
        told = kind == "disagreement" or is_service(case) or "--points" in case.command  # there are results, too
        assert told or case.expected.stdout == ""
        assert case.expected.status == (errors.EVALUATE if is_service(case) else errors.EXIT_STATUS[kind])


def test_every_case_of_an_error_is_of_a_row() -> None:
    assert {file.stem for file in FILES if file.parent.name == "errors"} <= {*errors.CATALOGUE, "usage"}


def test_every_kind_has_a_case() -> None:
    kinds = {kind for kind, *_ in errors.CATALOGUE.values()} | {"usage"}
    shown = "".join(case.expected.stderr for _, case in every_case() if "--json" in case.command)
    assert {kind for kind in kinds if f'"kind": "{kind}"' not in shown} == set()
    assert kinds <= set(errors.EXIT_STATUS)


def test_no_case_shows_a_fault_of_adcli_itself() -> None:
    assert [case.command for _, case in every_case() if case.expected.status == errors.INTERNAL] == []


def test_every_warning_has_a_case() -> None:
    kinds = {*findings.SENTENCES, "kink", "boundary", "unused"}
    shown = "".join(case.expected.stdout for _, case in every_case())
    assert {kind for kind in kinds if f'"kind": "{kind}"' not in shown} == set()


def test_every_option_has_a_case() -> None:
    """Every option, and every choice that an option offers."""
    seen = set()
    for _, case in every_case():
        words = shlex.split(case.command)
        words = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
        seen |= {*words, *itertools.pairwise(words)}
    wanted: set[object] = set()
    for name in cli.COMMANDS:
        command = cli.adcli.get_command(click.Context(cli.adcli), name)
        for option in command.get_params(click.Context(command)):
            choices = option.type.choices if isinstance(option.type, click.Choice) else ()
            if isinstance(option, click.Option):
                wanted |= {*option.opts, *option.secondary_opts, *((option.opts[0], choice) for choice in choices)}
    assert wanted - seen == set()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_cases.py --write")
    for file in FILES:
        old = file.read_text(encoding="utf-8")
        new = "".join(written(case, play(case)) for case in read(old))
        if new != old:
            file.write_text(new, encoding="utf-8")
            print(file.relative_to(CASES))
