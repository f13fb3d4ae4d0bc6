"""Notes: what a check says of single derivatives, so that it can be told once of many."""

from __future__ import annotations

from collections.abc import Sequence


class Note(str):
    """A sentence about one derivative: ``by`` is the input, or the result and the input, "f2 by x"; ``before`` and ``after`` are
    the rest of it, which may be the same of another derivative. Without ``by`` it is about all."""

    before: str
    by: str
    after: str

    def __new__(cls, before: str, by: str = "", after: str = "") -> Note:
        """Make the sentence of its parts."""
        note = super().__new__(cls, f"{before}{said(by)}{after}")
        note.before, note.by, note.after = before, by, after
        return note

    def about(self, by: str) -> Note:
        """Return the same sentence about another derivative."""
        return Note(self.before, by, self.after)


class Reason(str):
    """Why a method has no number for some derivatives: ``notes`` joined."""

    notes: tuple[Note, ...]

    @classmethod
    def of(cls, notes: Sequence[Note], count: int) -> Reason:
        """Return the reason of notes on some of so many derivatives; one that holds for all of them is said once."""
        if len(notes) == count and not notes[0].before and len({note.after for note in notes}) == 1:
            notes = [Note(notes[0].after.removeprefix(": "))]
        reason = cls("; ".join(notes))
        reason.notes = tuple(notes)
        return reason


def said(by: str) -> str:
    """Return how a sentence names a derivative, or several: "by x", "by x, y", "of f2 by x"."""
    return f"{'of' if ' by ' in by else 'by'} {by}" if by else ""
