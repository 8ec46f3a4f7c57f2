"""``lambdactl hook approve`` and ``hook fail``: a person's answer in a waiting hook's stead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lambdactl.cli.app import SETTINGS
from lambdactl.cli.options import Asked, before_command, shared

if TYPE_CHECKING:
    from lambdactl.plan.hook import Answer

app = typer.Typer(no_args_is_help=True, **SETTINGS)

ExecutionId = Annotated[
    str | None,
    typer.Option(metavar="ID", help="LifecycleEventHookExecutionId, where no log tells it."),
]


@app.callback()
@before_command
def hook() -> None:
    """Approve or fail a hook that CodeDeploy waits for.

    \b
    lambdactl hook approve  the rollout goes on, unchecked by its hook
    lambdactl hook fail     the deployment fails, and is rolled back
    lambdactl hook approve --execution-id ID
                            where the hook's log does not tell the id

    A hook that does not call back holds its deployment for an hour and then fails it. Only the hook
    is told the id that an answer must name: it is found in the hook's log, where it logs its event.
    """


@app.command()
@shared
def approve(asked: Asked, execution_id: ExecutionId = None) -> None:
    """Let the rollout go on, in the hook's stead.

    \b
    lambdactl hook approve -f checkout:live
    lambdactl hook approve -n    only show for which hook
    """
    give(asked, "approve", execution_id)


@app.command()
@shared
def fail(asked: Asked, execution_id: ExecutionId = None) -> None:
    """Fail the deployment, in the hook's stead.

    \b
    lambdactl hook fail -f checkout:live
    """
    give(asked, "fail", execution_id)


def give(asked: Asked, answer: Answer, execution_id: str | None) -> None:
    from lambdactl.cli.change import change
    from lambdactl.ops.reporting import learn_answer

    change(asked, learn=lambda aws, target: learn_answer(aws, target, answer, execution_id))
