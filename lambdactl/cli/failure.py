"""Errors as an operator reads them: what happened, why, what to type next; or as JSON.

They go to stderr, the way out last, where the eye is.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from lambdactl.errors import LambdactlError, PermissionDenied, UsageError
from lambdactl.render.folding import fold
from lambdactl.render.spans import plain, spans
from lambdactl.render.visible import visible

if TYPE_CHECKING:
    import typer


def report(error: LambdactlError, *, as_json: bool = False) -> int:
    """Print ``error`` on stderr and answer its exit code."""
    text = json.dumps(as_document(error)) if as_json else "\n".join(read(as_lines(error)))
    print(text, file=sys.stderr)  # noqa: T201
    return error.exit_code


def read(lines: list[str]) -> list[str]:
    """``lines`` broken between words where a person reads them."""
    if not sys.stderr.isatty():
        return lines
    width = shutil.get_terminal_size().columns
    return [plain(part) for line in lines for part in fold(spans(line), width)]


def as_lines(error: LambdactlError) -> list[str]:
    """Three lines, always; where an error gives no cause of its own its exit code says the kind."""
    return [
        f"error: {visible(str(error))}",
        f"  why: {visible(error.why or _kind(error))}",
        f"  try: {visible(error.hint or 'lambdactl help exit-codes')}",
    ]


def _kind(error: LambdactlError) -> str:
    from lambdactl.cli.topics import EXIT_CODES

    if isinstance(error, UsageError):
        return "the command line, a file or a setting has to be corrected first"
    return f"exit {error.exit_code}: {EXIT_CODES[error.exit_code]}"


def as_document(error: LambdactlError) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": error.code,
        "exit_code": error.exit_code,
        "message": str(error),
        "why": error.why,
        "hint": error.hint,
        "aws": None,
    }
    if error.aws_code or error.request_id:
        told["aws"] = {"code": error.aws_code, "request_id": error.request_id}
    if isinstance(error, PermissionDenied):
        told["action"] = error.action
    return {"error": told}


def report_usage(error: typer.TyperException, *, as_json: bool = False) -> int:
    """What the parser of the command line has to say, in the same three lines."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        print(context.get_help(), file=sys.stderr)  # noqa: T201
        return UsageError.exit_code
    path = context.command_path if context is not None else "lambdactl"
    message = error.format_message().rstrip(".")
    return report(UsageError(message, hint=f"{path} --help"), as_json=as_json)
