"""The Typer app: one module to each command, imported when that command runs.

:data:`COMMANDS` is all that the root's ``--help`` needs to know of them; a test holds its lines to
the modules' own help.
"""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lambdactl import __version__
from lambdactl.cli.options import before_command

COMMANDS = {
    "deploy": "Deploy a stack and follow the rollout that it starts.",
    "list": "The fleet: every function with an alias, the neediest first.",
    "status": "Show one rollout: state, split, error rates, alarms.",
    "watch": "Follow one rollout to its end, or until its verdict decides.",
    "plan": "Say what a rollout would see of a bad canary, and which preset would.",
    "deployments": "Past rollouts: how each ended, and what a judge says of it.",
    "alarms": "The alarms of a rollout: their state, their history, an audit.",
    "events": "What happened to a rollout: versions, deployments, alarms, stack.",
    "logs": "What one version logged; follow it, or group its errors.",
    "versions": "List the versions of a function and who routes to them.",
    "aliases": "List the aliases of a function and where they route.",
    "diff": "What differs between two versions: code, settings, layers, environment.",
    "shift": "Give one version a share of the alias's traffic.",
    "promote": "Give the canary all traffic.",
    "abort": "Give the stable version all traffic; stop the deployment that runs.",
    "rollback": "Give all traffic back to the last good version.",
    "hook": "Approve or fail a hook that CodeDeploy waits for.",
    "prune": "Delete versions that nothing needs.",
    "storage": "Show who holds the account's code storage, and when it is full.",
    "tui": "Open the console.",
    "demo": "A live canary, from nothing, in the sandbox.",
    "sandbox": "Run an AWS account on localhost.",
    "context": "Named targets: list, show, use, add, remove.",
    "config": "What is set and by whom: show, get, set, validate, schema, init.",
    "doctor": "Say what is wrong around an alias, with the evidence and a way to mend it.",
    "iam-policy": "Print the least IAM policy for read-only, operator, pruner or deployer.",
    "audit": "What was changed from this machine, by whom, and how it ended.",
    "completion": "Print the script that completes commands, options and names in a shell.",
    "keys": "The keys of the console.",
    "help": "Explain a topic: exit-codes, formatting, safety, keys, environment, targets.",
    "version": "Print the version.",
}

SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class Lazy(TyperGroup):
    """A group whose commands are modules of :mod:`lambdactl.cli.commands`."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        return load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def load(name: str) -> Any:
    """The command ``name``, with its options."""
    module = importlib.import_module(f"lambdactl.cli.commands.{name.replace('-', '_')}")
    return typer.main.get_command(module.app)


def command() -> Any:
    """The root command, ready to parse."""
    return typer.main.get_command(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lambdactl {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
]

app = typer.Typer(cls=Lazy, no_args_is_help=True, **SETTINGS)


@app.callback()
@before_command
def root(version: Version = False) -> None:
    """The operator's console for AWS Lambda rollouts.

    \b
    lambdactl demo                      a live canary from nothing
    lambdactl deploy                    deploy, and follow the rollout
    lambdactl status --watch            how is it going
    lambdactl shift --to 2 --weight 10  ten per cent to version 2
    lambdactl abort                     all traffic back to the stable version
    """
