"""adcli completion: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click

from adcli.cli.command import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    cls=Command,
    examples=[
        "adcli completion bash > ~/.local/share/bash-completion/completions/adcli",
        "adcli completion fish > ~/.config/fish/completions/adcli.fish",
    ],
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """The completion script for bash, zsh or fish."""
    click.echo(script(shell), nl=False)


def script(shell: str) -> str:
    """Return the completion script of a shell, which is click's."""
    from click.shell_completion import ShellComplete, get_completion_class

    from adcli.cli import adcli

    kind = get_completion_class(shell)
    assert kind is not None
    complete = kind(adcli, {}, "adcli", "_ADCLI_COMPLETE")
    return ShellComplete.source(complete).rstrip("\n") + "\n"  # bash's own source() would run bash to ask its version
