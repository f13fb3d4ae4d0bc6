"""The service: a line that asks something -> the line that answers it. Whatever is wrong with one is said in its answer."""

from __future__ import annotations

from adcli.answers import answer
from adcli.errors import Fault, in_line
from adcli.language.memory import MEMORY
from adcli.render.json import dumps, record
from adcli.requests import bad_id, exact_id, fields_of, id_in, request_of

BYTE_ORDER_MARK = "\ufeff"


def reply(line: bytes) -> tuple[str, bool]:
    """Return the answer to a request, both as one line of JSON without its end, and whether it is one and not an error."""
    given, column, hint = None, None, None
    try:
        text = decoded(line)
        fields = fields_of(text)
        given = id_of(exact_id(text, fields))
        request = request_of(fields)
        program = MEMORY.parsed(request.expression).at(request.at, request.max_steps)
        found = dumps(record(answer(request, program)))
        return f'{{"id": {given}, {found[1:]}', True
    except Fault as fault:
        kind, column, hint = fault.kind, fault.column, fault.hint
        message = in_line(fault.message, fault.text, fault.span)
    except MemoryError:
        kind, message = "limit", "the program needs more memory than there is"
    except Exception as error:
        kind, message = "internal", f"a fault in adcli itself: {type(error).__name__}: {error}"
        hint = "please report it"
    if given is None:
        given = id_of(id_in(line))
    described = dumps({"kind": kind, "message": message, "column": column, "hint": hint})
    return f'{{"id": {given}, "error": {described}}}', False


def decoded(line: bytes) -> str:
    """Return the text of a line."""
    try:
        return line.rstrip(b"\r\n").decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise Fault("request_json", reason=f"it is not UTF-8 at byte {error.start + 1}") from None


def id_of(found: object) -> str:
    """Return the JSON text of an id of any kind."""
    try:
        return dumps(found)
    except (ValueError, RecursionError):  # infinite as a double, or too deep
        raise bad_id() from None
