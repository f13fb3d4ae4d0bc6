"""Lines of output that are whole whatever happens."""

from __future__ import annotations

import signal
from typing import IO, Any


class Lines:
    """A stream that gets its lines one by one, each at once. Ctrl-C waits until the line is whole that is being written; a second
    one does not, since the reader may be at rest."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.writing = self.interrupted = False

    def __enter__(self) -> Lines:
        self.handler: Any = signal.getsignal(signal.SIGINT)
        if self.handler is signal.default_int_handler:  # and not ignored, as in the background
            signal.signal(signal.SIGINT, self.interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.handler)

    def write(self, text: str) -> None:
        """Write a line."""
        rest = memoryview(text.encode() + b"\n")
        self.writing = True
        try:
            while rest:  # a signal cuts short what an unbuffered stream writes
                rest = rest[self.stream.write(rest) :]
            self.stream.flush()
        finally:
            self.writing = False
        if self.interrupted:
            raise KeyboardInterrupt

    def interrupt(self, *_: object) -> None:
        """Stop, or see to it that this happens after the line."""
        if not self.writing or self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
