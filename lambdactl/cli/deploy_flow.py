"""The whole of ``lambdactl deploy``, from its words to its exit code.

Up to the question only the bucket and a change set exist; a no, a dry run or a Ctrl-C takes the
change set away again. After it, AWS goes on by itself whether anybody looks or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lambdactl.cli import deploying, state
from lambdactl.cli.auditing import noted
from lambdactl.cli.change import agreed, consent, shown_plan
from lambdactl.cli.config import project_file, shown
from lambdactl.cli.deploying import Order, Tell
from lambdactl.cli.included import STACK, included_template
from lambdactl.cli.options import Asked
from lambdactl.cli.permitting import require_writable
from lambdactl.cli.session import Session, entered, target_lines
from lambdactl.cli.target import Value, wanted
from lambdactl.errors import NotConfirmed, UsageError
from lambdactl.ops.deploy import CAPABILITIES, Prepared
from lambdactl.ops.stack_events import DeployEvent, StackOperationEnded
from lambdactl.ops.stacking import attach_deploy
from lambdactl.plan.actions import Plan
from lambdactl.render import document
from lambdactl.render.addressed import addressed
from lambdactl.render.columns import columns
from lambdactl.render.numbers import counted
from lambdactl.render.spans import Line
from lambdactl.render.stack_words import is_news
from lambdactl.render.visible import visible
from lambdactl.render.words import line

UNKNOWN = ""
"""For a template: which one a stack was deployed from is not known."""
OWN = ("template.yaml", "template.yml")
"""Where the SAM CLI looks for a template that nobody names."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stood on the command line."""

    template: str | None
    stack: str | None
    parameters: Mapping[str, str]
    bucket: str | None
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]
    attach: bool
    included: bool = False
    """The included stack is meant, whatever template lies here."""


def run(asked: Asked, words: Words) -> None:
    """Raises NotConfirmed, RolloutFailed, and what preparing and AWS raise."""
    chosen = _chosen_template(words)
    meant = wanted(asked, by="stack" if _goes_on(words, chosen) else None)
    if not (words.attach or words.included):
        _refuse_passed_over(chosen or meant.values.get("template"), meant.flags)
    with entered(asked, meant) as session:
        session.terminal.say(*target_lines(session, None, "stack"))
        if words.attach:
            _attach(session, words.stack or session.wanted.get("stack") or STACK)
            return
        # Not even a dry run: it uploads code and makes a change set, though it takes it away again.
        require_writable(session, "deploy", rehearsable=False)
        _refuse_unanswerable(session)
        _deploy(session, _order(session, words, chosen))


def _chosen_template(words: Words) -> Value | None:
    """The template that the command line or the project file names."""
    if words.included:
        if words.template is not None:
            raise UsageError(
                "--included and --template name two templates", hint="give one of them"
            )
        return None
    if words.template is not None:
        if not Path(words.template).exists():
            raise UsageError(
                f"there is no template {words.template}", hint="lambdactl deploy --template FILE"
            )
        return Value(words.template, "--template")
    project = project_file()
    named = project.text("template") if project else None
    if project is None or named is None:
        return None
    return Value(str(project.path.parent / named), shown(project.path))


def _goes_on(words: Words, chosen: Value | None) -> bool:
    """Whether the last deploy may say which stack: never for another template than it had."""
    last = state.current()
    if last is None:
        return False
    if words.stack is not None:
        # Only to look: a deploy goes where it is sent.
        return words.attach and words.stack == last.stack
    if words.included:
        return last.template is None
    if chosen is None:
        return last.template != UNKNOWN
    return str(Path(chosen.text).resolve()) == last.template


def _refuse_passed_over(meant: Value | None, flags: str) -> None:
    """Nobody who stands in a project of their own expects another stack from a bare ``deploy``."""
    here = next((path for path in map(Path, OWN) if path.is_file()), None)
    if here is None or here.resolve() == included_template().resolve():
        return
    if meant is not None and Path(meant.text).resolve() == here.resolve():
        return
    raise UsageError(
        f"{here} is here, and no template is named",
        why="the last deploy was not of it, so this would deploy "
        + (visible(meant.text) if meant else "the included stack"),
        hint=addressed(
            f"lambdactl deploy -t {here} --stack-name NAME   or   lambdactl deploy --included",
            flags,
        ),
    )


def _order(session: Session, words: Words, chosen: Value | None) -> Order:
    template = chosen or session.wanted.values.get("template")
    stack = words.stack or session.wanted.get("stack")
    if template is None:
        session.terminal.say("Template the included stack: no other one is named")
        path, stack = included_template(), stack or STACK
    else:
        session.terminal.say(f"Template {visible(template.text)} ← {template.origin}")
        path = Path(template.text)
    if stack is None:
        raise UsageError(
            f"no stack is named for {path}",
            hint=f"lambdactl deploy --template {path} --stack-name NAME",
        )
    capabilities = (*CAPABILITIES, *words.capabilities)
    return Order(path, stack, words.parameters, words.bucket, capabilities, words.tags)


def _refuse_unanswerable(session: Session) -> None:
    """Before anything is uploaded: nobody is there to say yes later."""
    if not (agreed(session) or session.asked.dry_run or session.terminal.interactive):
        raise NotConfirmed(
            "a deploy has to be confirmed, and nobody can be asked:"
            " stdin or stderr is not a terminal",
            hint="lambdactl deploy --yes   or   lambdactl deploy --dry-run",
        )


def _deploy(session: Session, order: Order) -> None:
    if session.asked.dry_run and (outline := deploying.outline(session.aws, order)) is not None:
        _show_outline(session, outline)
        return
    tell = _narrator(session)
    prepared = deploying.prepare(
        session.aws,
        order,
        make_bucket=lambda name: _may_make_bucket(session, name),
        tell=tell,
        sleep=session.sleep,
    )
    if not prepared.plan.actions or session.asked.dry_run:
        _show_only(session, order, prepared)
        return
    try:
        typed = _losing(session, prepared)
        consent(session, shown_plan(session, prepared.plan), order.stack, typed=typed)
    except BaseException:
        # Ctrl-C at the question is a no as well.
        deploying.discard(session.aws, prepared)
        raise
    _execute(session, order, prepared, tell)


def _losing(session: Session, prepared: Prepared) -> str | None:
    """What is typed where production loses something that cannot be had back."""
    lost = [c for c in prepared.plan.changes if c.action == "Remove" or c.replaced]
    if not session.production or not lost:
        return None
    return f"the stack's name to remove or replace {counted(len(lost), 'resource')} of production"


def _may_make_bucket(session: Session, name: str) -> bool:
    if session.asked.dry_run:
        return False
    if not agreed(session):
        session.terminal.confirm(
            f"Code goes into a bucket. Make {name} (private, encrypted) in {session.place.region}?"
        )
    return True


def _narrator(session: Session) -> Tell:
    def tell(event: DeployEvent) -> None:
        noted(session, event)
        if is_news(event):
            session.terminal.say(line(event, ascii=session.terminal.ascii))

    return tell


def _show_outline(session: Session, outline: Plan) -> None:
    if session.asked.structured:
        _told(session, document.plan(outline, applied=False), None)
    else:
        session.terminal.out(*shown_plan(session, outline))
    session.terminal.say("dry run: nothing was made, sent or changed")


def _show_only(session: Session, order: Order, prepared: Prepared) -> None:
    if session.asked.structured:
        _document(session, prepared, None)
    else:
        session.terminal.out(*shown_plan(session, prepared.plan))
    if prepared.plan.actions:
        deploying.discard(session.aws, prepared)
        session.terminal.say(
            f"dry run: the change set {prepared.change_set.name} was made and is discarded,"
            " no resource was changed;",
            f"         what was uploaded for it stays in the bucket {prepared.bucket}",
        )
    elif prepared.snapshots:
        deploying.remember(
            session, order.stack, deploying.template_name(order), prepared.plan.target
        )


def _execute(session: Session, order: Order, prepared: Prepared, tell: Tell) -> None:
    session.leaves(
        f"CloudFormation and CodeDeploy go on with stack {order.stack}; come back with"
        f" lambdactl deploy --attach --stack-name {order.stack}"
    )
    if prepared.plan.target in {s.target for s in prepared.snapshots.values()}:
        deploying.remember(
            session, order.stack, deploying.template_name(order), prepared.plan.target
        )
    ended = deploying.carry_out(session, prepared, tell=tell)
    _finish(session, deploying.template_name(order), prepared, ended)


def _attach(session: Session, stack: str) -> None:
    session.leaves(f"CloudFormation and CodeDeploy go on with stack {stack}")
    events = attach_deploy(session.aws, stack, interval_s=session.interval_s, sleep=session.sleep)
    ended = deploying.told_to_end(events, _narrator(session))
    _finish(session, _template_of(stack), None, ended)


def _template_of(stack: str) -> str | None:
    """What we know of the template of a stack that somebody else may have deployed."""
    last = state.current()
    if last is not None and last.stack == stack:
        return last.template
    return None if stack == STACK else UNKNOWN


def _finish(
    session: Session,
    template: str | None,
    prepared: Prepared | None,
    ended: StackOperationEnded,
) -> None:
    """Remember the target, say what there is now, and end as the stack did."""
    target = deploying.main_target(prepared, ended)
    if target is not None:
        deploying.remember(session, ended.stack, template, target)
        session.terminal.say(f"remembered {target} as the current target")
    if session.asked.structured:
        _document(session, prepared, ended)
    else:
        session.terminal.out(f"{ended.stack}  {ended.status}", *_outputs(ended))
    error = deploying.failure_of(ended)
    if error is not None:
        raise error


def _outputs(ended: StackOperationEnded) -> list[Line]:
    rows = [[name, visible(value)] for name, value in sorted(ended.outputs.items())]
    return columns(rows, indent=2) if rows else []


def _document(
    session: Session, prepared: Prepared | None, ended: StackOperationEnded | None
) -> None:
    data = document.plan(prepared.plan, applied=ended is not None) if prepared else {}
    _told(session, data, ended)


def _told(session: Session, data: document.Document, ended: StackOperationEnded | None) -> None:
    data["stack"] = document.event(ended) if ended else None
    told = document.envelope("Deploy", data, place=session.place)
    session.terminal.document(told, session.asked.output)
