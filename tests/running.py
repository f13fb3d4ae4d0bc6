"""Running the program in a test: in this process, which is quick, with streams, environment and terminal of its own."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from unittest import mock

from adcli import cli

ENVIRONMENT = {"TERM": "xterm", "COLUMNS": "80", "LANG": "C.UTF-8"}
"""What the program sees of the environment, but for PATH and HOME; a test adds to it."""


class Ran(NamedTuple):
    """What came back."""

    stdout: str
    stderr: str
    status: int


class Stream(io.TextIOWrapper):
    """A standard stream that keeps what is written, and says that it is a terminal if told so."""

    def __init__(self, encoding: str, errors: str, terminal: bool, content: bytes = b"") -> None:
        self.bytes = io.BytesIO(content)
        self.terminal = terminal
        super().__init__(self.bytes, encoding, errors, newline="\n", write_through=True)

    def isatty(self) -> bool:
        return self.terminal

    def fileno(self) -> int:
        return 1

    def kept(self) -> str:
        self.flush()
        return self.bytes.getvalue().decode(self.encoding)


def run(
    words: Sequence[str],
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    terminal: int | None = None,
) -> Ran:
    """Run ``adcli`` with these words; ``terminal`` is the width of the terminal that standard output seems to be."""
    environment = {**ENVIRONMENT, **(environment or {})}
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    streams = {
        "stdin": Stream("utf-8", "surrogateescape", False, stdin),
        "stdout": Stream(encoding, "strict", terminal is not None),
        "stderr": Stream(encoding, "backslashreplace", False),
    }
    with contextlib.ExitStack() as stack:
        for name, stream in streams.items():
            stack.enter_context(mock.patch.object(sys, name, stream))
        stack.enter_context(mock.patch.object(sys, "argv", ["adcli", *words]))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        stack.enter_context(mock.patch.dict(os.environ, {**kept, **environment}, clear=True))
        if terminal is not None:
            size = os.terminal_size((terminal, 24))
            stack.enter_context(mock.patch.object(os, "get_terminal_size", lambda *_: size))
        try:
            cli.main()
            status = 0
        except SystemExit as exit:
            status = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
    return Ran(streams["stdout"].kept(), streams["stderr"].kept(), status)
