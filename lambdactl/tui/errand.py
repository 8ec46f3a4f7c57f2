"""Work that blocks goes to a thread, and comes back as messages.

The threads are daemons: quitting never waits for a connection that hangs. What a thread says is
posted to whoever sent it; nothing on the screen is touched from here.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from contextvars import copy_context

from textual.message import Message
from textual.message_pump import MessagePump

from lambdactl.errors import LambdactlError, Mistake
from lambdactl.state_home import crash_log
from lambdactl.tui.messages import ErrorMet

Work = Callable[[], Iterator[Message]]
Failed = Callable[[LambdactlError], Message]


def send(pump: MessagePump, work: Work, failed: Failed) -> None:
    """Run ``work`` in a thread and post each message it yields to ``pump``.

    If it raises, the last message is what ``failed`` makes of the error.
    """
    context = copy_context()
    threading.Thread(target=context.run, args=(run, pump, work, failed), daemon=True).start()


def run(pump: MessagePump, work: Work, failed: Failed) -> None:
    try:
        for message in work():
            pump.post_message(message)
    except LambdactlError as error:
        tell(pump, error, failed)
    except Exception as error:  # noqa: BLE001
        # A thread has nobody above it: what it does not tell is lost, and the screen would wait on.
        tell(pump, unexpected(error), failed)


def tell(pump: MessagePump, error: LambdactlError, failed: Failed) -> None:
    """To the session's list, and to whoever waits."""
    error.without_frames()
    pump.app.post_message(ErrorMet(error))
    pump.post_message(failed(error))


def unexpected(error: Exception) -> Mistake:
    """A mistake of ours, told like any other failure: the console stays up, and says so."""
    text = "".join(traceback.format_exception(error))
    return Mistake(
        f"unexpected {type(error).__name__}: {error}",
        why=f"this is a mistake in lambdactl; its traceback is in {crash_log(text)}",
        hint="please report it with what you did",
    )
