"""click, with two changes: a formula may begin with a minus, and help shows examples first."""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Sequence
from typing import Any

import click

from adcli.errors import Fault

SETTINGS: dict[str, Any] = {"max_content_width": 100}


class _Examples(click.Command):
    """A command whose help begins with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        kwargs["context_settings"] = SETTINGS | kwargs.get("context_settings", {})
        super().__init__(*args, **kwargs)
        self.examples = examples

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """Return --help. click's own looks for a translation of its help, which takes longer than parsing a formula."""
        return click.Option(
            ["--help"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help="Show this message and exit.",
            callback=_show_help,
        )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what click writes."""
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {example}\n" for example in self.examples))
            formatter.write_paragraph()
        super().format_help(ctx, formatter)


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(ctx.get_help())
        ctx.exit()


class Usage(click.UsageError):
    """A mistake on the command line, with its remedy where that is not the help."""

    def __init__(self, message: str, ctx: click.Context | None, remedy: str | None = None) -> None:
        super().__init__(message, ctx)
        if remedy is not None:
            self.remedy = remedy


class NoSuchOption(click.NoSuchOption):
    """An option that there is not, with a remedy for when none is like it."""

    def __init__(self, name: str, near: Sequence[str], ctx: click.Context, remedy: str) -> None:
        super().__init__(name, possibilities=near, ctx=ctx)
        self.remedy = remedy


class Command(_Examples):
    """A command that takes a formula, which may begin with a minus: there are no short options, and the exact word ``-h``
    asks for help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the words into options and the rest, which goes behind a ``--``, and parse them."""
        if ctx.resilient_parsing:  # a shell asks how the line might go on
            return super().parse_args(ctx, args)
        flags = {name: getattr(param, "is_flag", False) for param in self.get_params(ctx) for name in _names(param)}
        options: list[str] = []
        others: list[str] = []
        once = {
            name for param in self.get_params(ctx) if not getattr(param, "multiple", True) for name in _names(param)
        }
        words = iter(args)
        for word in words:
            name, equals, _ = word.partition("=")
            if name in once and not flags[name] and any(seen.partition("=")[0] == name for seen in options):
                raise Usage(f"{name} is given twice", ctx)
            if word == "--":
                others += words
            elif word == "-h":
                options.append("--help")
            elif name in flags:
                options.append(word)
                if not flags[name] and not equals:
                    value = next(words, None)
                    if value is None or value in flags:
                        raise Usage(f"{name} needs a value", ctx)
                    options.append(value)
            elif word.startswith("--") and word[2:3].isascii() and word[2:3].isalpha():
                raise _no_such(name, ctx, flags)
            else:
                others.append(word)
        room = sum(isinstance(param, click.Argument) for param in self.params)
        if len(others) > room == 1:
            raise Usage(f"one formula or name is wanted, not {len(others)}", ctx, _remedy(others))
        return super().parse_args(ctx, [*options, "--", *others])


class Group(_Examples, click.Group):
    """The group of commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let ``-h`` ask for help."""
        if args[:1] == ["-h"]:
            args = ["--help", *args[1:]]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if self.get_command(ctx, args[0]) is None:
            if args[0].startswith("-"):
                raise NoSuchOption(args[0], [], ctx, "options go after the command")
            near = _near(args[0], self.list_commands(ctx))
            remedy = f"did you mean {' or '.join(near)}?" if near else "write adcli eval or adcli grad before a formula"
            raise Usage(f"no such command {args[0][:80]!r}", ctx, remedy)
        return super().resolve_command(ctx, args)


def standard_input() -> Any:
    """Return the bytes of standard input; raise Fault if it is closed."""
    if sys.stdin is None:
        raise Fault("unreadable_file", file="standard input", reason="it is closed")
    return sys.stdin.buffer


def _remedy(words: Sequence[str]) -> str:
    """Say what was probably meant by more than one formula."""
    if any(re.match("-[A-Za-z]$", word) for word in words):
        return "there are no short options: --mode, --at"
    if any(re.match(r"\w+=", word) for word in words[1:]):
        return "the values of a point are separated by commas: --at x=1,y=2"
    return 'put a formula in quotes, "x * y", and join a point with = and commas, --at x=1,y=2'


def _no_such(name: str, ctx: click.Context, flags: Container[str]) -> NoSuchOption:
    """Return the fault of an option that a command has not, with the commands that have it, or what is like it."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    commands = {other: group.get_command(ctx, other) for other in group.list_commands(ctx)}
    having = [
        other
        for other, command in commands.items()
        if command and any(name in _names(param) for param in command.params)
    ]
    if having:
        return NoSuchOption(name, [], ctx, f"{', '.join(having)} {'has' if len(having) == 1 else 'have'} it")
    remedy = f"{ctx.command_path} --help lists its options; a formula that begins like one goes after --"
    return NoSuchOption(name, _near(name, flags), ctx, remedy)


def _names(param: click.Parameter) -> list[str]:
    return [*param.opts, *param.secondary_opts] if isinstance(param, click.Option) else []


def _near(word: str, known: Any) -> list[str]:
    from difflib import get_close_matches  # only a mistake needs it

    return get_close_matches(word, list(known), n=2)
