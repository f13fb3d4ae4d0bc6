"""The completion scripts are what the program writes, and the shells that are here complete with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[1]
SCRIPTS = {"bash": "adcli.bash", "zsh": "_adcli", "fish": "adcli.fish"}

ASK = {
    "bash": """
        source "$SCRIPT"
        COMP_WORDS=({words}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        $(complete -p adcli | sed 's/.*-F \\([^ ]*\\).*/\\1/') adcli
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """,
    "zsh": """
        compdef() {{ }}
        compadd() {{ shift 4; print -l -- ${{(P)1}} }}
        _describe() {{ print -l -- ${{${{(P)3}}%%:*}} }}
        source "$SCRIPT"
        words=({words}) CURRENT=$#words
        _adcli_completion
    """,
    "fish": "source $SCRIPT; complete --do-complete '{words}'",
}
"""How a shell is asked without a terminal; zsh's own completion needs one, so what it would show is printed. fish writes a
tab and a description behind each word."""


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_is_what_the_command_writes(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adcli", "completion", shell], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (ROOT / "completions" / SCRIPTS[shell]).read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize(
    ("words", "wanted"), [("adcli gr", ["grad"]), ("adcli grad --js", ["--json"]), ("adcli completion fi", ["fish"])]
)
@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_shell_completes(shell: str, words: str, wanted: list[str], tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    command = tmp_path / "adcli"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m adcli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SCRIPT": str(ROOT / "completions" / SCRIPTS[shell]),
    }
    done = subprocess.run(
        [program, "-c", ASK[shell].format(words=words)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == wanted


@pytest.mark.parametrize("option", ["--file", "--data", "--points"])
def test_file_names_are_left_to_the_shell(option: str) -> None:
    asked = {"_ADCLI_COMPLETE": "bash_complete", "COMP_WORDS": f"adcli grad {option} da", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "adcli"], cwd=ROOT, env=os.environ | asked, capture_output=True, text=True, check=True
    )
    assert done.stdout == "file,da\n"
