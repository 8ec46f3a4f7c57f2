"""``lambdactl deploy``: package, show the change set, ask, execute, follow."""

from __future__ import annotations

from typing import Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, shared
from lambdactl.errors import UsageError

app = typer.Typer(**SETTINGS)

Template = Annotated[
    str | None,
    typer.Option(
        "--template", "-t", metavar="FILE", help="Default: the last one, or the included."
    ),
]
StackName = Annotated[str | None, typer.Option(metavar="NAME", help="The stack.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="May be given again."),
]
Bucket = Annotated[str | None, typer.Option(metavar="NAME", help="For code; it must exist.")]
Capabilities = Annotated[
    list[str] | None, typer.Option("--capability", metavar="NAME", help="CAPABILITY_NAMED_IAM.")
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="NAME=VALUE", help="Of the stack.")
]
Included = Annotated[
    bool, typer.Option("--included", help="The included stack, though a template is here.")
]
Attach = Annotated[bool, typer.Option("--attach", help="Follow the operation that is under way.")]


@app.command()
@shared
def deploy(
    asked: Asked,
    template: Template = None,
    stack_name: StackName = None,
    parameter: Parameters = None,
    bucket: Bucket = None,
    capability: Capabilities = None,
    tag: Tags = None,
    included: Included = False,
    attach: Attach = False,
) -> None:
    """Deploy a stack and follow the rollout that it starts.

    \b
    lambdactl deploy           the included stack, or the last one again
                               (in a folder with a template: only that one)
    lambdactl deploy -t template.yml --stack-name shop
    lambdactl deploy --parameter FailurePercent=50
                               rehearse a bad release
    lambdactl deploy -n        show the change set, execute nothing; for that it
                               uploads the code, makes a change set, discards it
    lambdactl deploy --attach  come back after a Ctrl-C

    What it deploys becomes the target of the commands that name none.
    """
    from lambdactl.cli.deploy_flow import Words, run

    words = Words(
        template=template,
        stack=stack_name,
        parameters=pairs("--parameter", parameter),
        bucket=bucket,
        capabilities=tuple(capability or ()),
        tags=pairs("--tag", tag),
        attach=attach,
        included=included,
    )
    run(asked, words)


def pairs(option: str, words: list[str] | None) -> dict[str, str]:
    """``NAME=VALUE`` words as a mapping. Raises UsageError."""
    found: dict[str, str] = {}
    for word in words or ():
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(
                f"{option} {word!r} has no value", hint=f"{option} {name or 'NAME'}=VALUE"
            )
        found[name] = value
    return found
