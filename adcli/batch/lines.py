"""Lines in and lines out: whole lines only, as they come, in memory that does not grow with the file."""

from __future__ import annotations

import re
import select
from collections.abc import Iterator
from typing import Any

BLOCK = 1 << 22
"""Bytes that are read and answered at a time, if there are so many: with fewer, threads wait for each other more often."""

SMALL = 1 << 14
"""The same where each row takes long."""

ATOM = 4096
"""Bytes that are written at a time: as many as a pipe takes whole or not at all (POSIX asks for 512, Linux has 4096)."""


BOM = b"\xef\xbb\xbf"

LONE = re.compile(rb"\r[^\r\n]")
"""A carriage return that ends a line by itself, as on old Macs."""


class Lines:
    """The lines of a stream of bytes, in blocks: as many as there are, up to four megabytes."""

    def __init__(self, stream: Any) -> None:
        self.stream = getattr(stream, "raw", stream)
        self.block = BLOCK
        self.rest = b""
        self.number = 1  # of the next line
        self.ended = self.returns = False

    def header(self) -> bytes:
        """Return the first line; empty at the end of the file."""
        line = self.peek()
        self.rest = self.rest[len(line) + 1 :]
        self.number += 1
        return line.removesuffix(b"\r")

    def peek(self) -> bytes:
        """Return the first line, which is read again."""
        while b"\n" not in self.rest and not LONE.search(self.rest) and not self.ended:
            self._more()
        if LONE.search(self.rest.partition(b"\n")[0]):
            self.returns = True
            self.rest = self.rest.replace(b"\r", b"\n")
        self.rest = self.rest.removeprefix(BOM)
        return self.rest.partition(b"\n")[0]

    def blocks(self) -> Iterator[tuple[int, bytes] | None]:
        """Yield lines and the number of the first, without the end of the last one; None before there is a wait for more.
        Empty lines at the end of the file are none."""
        while self.rest or not self.ended:
            while not self.ended and len(self.rest) < self.block and self._ready():
                self._more()
            whole = self._whole()
            lines = whole.rstrip(b"\r\n")
            if lines:
                self.rest = self.rest[len(lines) :].removeprefix(b"\r").removeprefix(b"\n")
                first, self.number = self.number, self.number + lines.count(b"\n") + 1
                yield first, lines.replace(b"\r\n", b"\n") if b"\r" in lines else lines
            elif self.ended:
                return
            else:
                yield None
                self._more()

    def _whole(self) -> bytes:
        """Return whole lines of what has been read, about as many as make a block."""
        most = 2 * self.block
        if len(self.rest) > most:
            stop = self.rest.rfind(b"\n", 0, most) + 1 or self.rest.find(b"\n") + 1
        else:
            stop = len(self.rest) if self.ended else self.rest.rfind(b"\n") + 1
        if self.ended and not self.rest[:stop].rstrip(b"\r\n"):  # all is read, and there may be more behind empty lines
            stop = len(self.rest)
        return self.rest[:stop]

    def _ready(self) -> bool:
        """Say whether reading does not wait."""
        try:
            return bool(select.select([self.stream], [], [], 0)[0])
        except (OSError, ValueError):  # no file of the system's, or a system that cannot tell
            return True

    def _more(self) -> None:
        """Read what there is, waiting for it."""
        piece = self.stream.read(self.block)
        if piece is None:  # a stream that does not wait by itself
            select.select([self.stream], [], [])
            return
        self.ended = not piece
        self.rest += piece.replace(b"\r", b"\n") if self.returns else piece


class Sink:
    """Where lines go. What is written is whole lines at any time, also when the program is stopped in the middle; an
    interruption waits until the line at hand has been written."""

    def __init__(self, stream: Any) -> None:
        stream.flush()
        self.stream = getattr(stream, "raw", stream)
        self.writing = self.interrupted = False

    def write(self, text: bytes) -> None:
        """Write lines."""
        self.writing = True
        start = 0
        while start < len(text):
            stop = text.rfind(b"\n", start, start + ATOM) + 1 or text.find(b"\n", start) + 1 or len(text)
            while start < stop:
                start += self.stream.write(text[start:stop]) or 0
            if self.interrupted:
                raise KeyboardInterrupt
        self.writing = False

    def interrupt(self, *_: Any) -> None:
        """Handle an interruption: at once, or behind the line that is being written; a second one does not wait."""
        if self.writing and not self.interrupted:
            self.interrupted = True
        else:
            raise KeyboardInterrupt
