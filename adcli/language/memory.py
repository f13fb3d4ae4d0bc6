"""What is kept of a program between two questions about it: its parsed text, and its graph where another point has the same."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Mapping
from typing import Any

from adcli.language import MAX_STEPS, Program, elaborate, parse

MOST = 256
"""Programs that are kept, those asked for last."""

ROOM = 500_000
"""Characters of text and nodes of graphs that are kept in all, at some 250 bytes each."""


class Parsed:
    """A parsed text, and the last of its graphs that no value of the point decided about. That graph is the one of every point
    with the same names and shapes. Threads may share it: what is kept changes by a single assignment."""

    __slots__ = ("_kept", "grown", "syntax", "text")

    def __init__(self, text: str, grown: Callable[[], None]) -> None:
        self.text, self.grown = text, grown
        self.syntax = parse(text)
        self._kept: tuple[dict[str, Any], int, Program] | None = None

    def at(self, point: Mapping[str, Any], max_steps: int = MAX_STEPS) -> Program:
        """Return the program at a point; raise Fault as elaboration does."""
        shapes = {name: None if value.__class__ is float else value.shape for name, value in point.items()}
        kept = self._kept
        if kept is not None and kept[0] == shapes and kept[1] == max_steps:
            return kept[2]
        program = elaborate(self.syntax, point, max_steps)
        if not program.local and len(program.graph.nodes) <= ROOM // 2:
            self._kept = shapes, max_steps, program
            self.grown()
        return program

    @property
    def size(self) -> int:
        """The characters of the text and the nodes of the graph."""
        return len(self.text) + (len(self._kept[2].graph.nodes) if self._kept else 0)


class Memory:
    """The programs asked for last, by their text: at most ``most``, and no more than there is ``room`` for."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self.most, self.room = most, room
        self.programs: dict[str, Parsed] = {}  # in the order in which they were asked for
        self.lock = allocate_lock()

    def parsed(self, text: str) -> Parsed:
        """Return a program by its text; raise Fault if that does not parse."""
        with self.lock:
            found = self.programs.pop(text, None)
            if found is not None:
                self.programs[text] = found
                return found
        found = Parsed(text, self.trim)
        with self.lock:
            self.programs[text] = found
        self.trim()
        return found

    def trim(self) -> None:
        """Forget the programs that there is no room for."""
        with self.lock:
            size = sum(program.size for program in self.programs.values())
            while len(self.programs) > self.most or size > self.room:
                size -= self.programs.pop(next(iter(self.programs))).size


MEMORY = Memory()
"""That of this process."""
