"""What may follow the words on a command line, for a shell that asks: from the program itself and
from the cache, never from AWS.

Commands and options are those of the parser. Values are functions, aliases, versions and contexts
as far as they are known; where they are not, nothing is offered, at once. A name that a shell could
read as more than a name is not offered at all.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType
from typing import Any, NamedTuple

from lambdactl.errors import LambdactlError

DEADLINE_S = 0.25
"""Of the 300 ms that a key press may last, the interpreter's own start comes before this."""
SAFE = re.compile(r"[A-Za-z0-9$_][A-Za-z0-9$_.:/@-]*")


class Offer(NamedTuple):
    word: str
    about: str = ""


class TooLate(Exception):
    """The answer would come later than anybody waits for it."""


def offers(words: Sequence[str], current: str) -> list[Offer]:
    """What may stand instead of ``current`` after ``words``, which begin behind the program's name.

    Empty where nothing is known within 300 ms.
    """
    try:
        with deadline(DEADLINE_S):
            return [o for o in _offers(words, current) if o.word.startswith(current)]
    except (TooLate, LambdactlError):
        return []


@contextmanager
def deadline(limit_s: float) -> Iterator[None]:
    """Raises TooLate inside. Where there is no such timer, what is read are small files anyway."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TooLate

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _offers(words: Sequence[str], current: str) -> list[Offer]:
    command, rest = _command(words)
    waiting = _option_before(command, rest)
    if waiting is not None:
        return _values(waiting, words)
    if current.startswith("-"):
        return [
            Offer(name, (p.help or "").partition("\n")[0])
            for p in command.params
            for name in getattr(p, "opts", ())
            if name.startswith("--")
        ]
    if hasattr(command, "list_commands"):
        return _commands(command)
    return _arguments(command, words)


def _command(words: Sequence[str]) -> tuple[Any, list[str]]:
    """The command that the words have come to, and the words since."""
    from lambdactl.cli.app import command

    here = command()
    rest: list[str] = []
    for word in words:
        waiting = _option_before(here, rest)
        within = None if waiting or word.startswith("-") else _within(here, word)
        here, rest = (within, []) if within is not None else (here, [*rest, word])
    return here, rest


def _within(group: Any, word: str) -> Any:
    return group.get_command(None, word) if hasattr(group, "get_command") else None


def _option_before(command: Any, words: Sequence[str]) -> str | None:
    """The long name of an option that waits for its value, if the last word is one."""
    for parameter in command.params:
        names = getattr(parameter, "opts", ())
        takes = names and names[0].startswith("-") and not getattr(parameter, "is_flag", False)
        if takes and words and words[-1] in names:
            return str(max(names, key=len))
    return None


def _commands(group: Any) -> list[Offer]:
    from lambdactl.cli.app import COMMANDS

    names = group.list_commands(None)
    return [Offer(name, COMMANDS.get(name, "")) for name in names]


def _values(option: str, words: Sequence[str]) -> list[Offer]:
    from lambdactl.cli.options import COLORS, FORMATS

    known: dict[str, Callable[[], list[Offer]]] = {
        "--output": lambda: [Offer(f) for f in FORMATS],
        "--color": lambda: [Offer(c) for c in COLORS],
        "--function": lambda: _functions(words),
        "--alias": lambda: _aliases(words),
        "--to": lambda: _versions(words),
        "--version": lambda: _versions(words),
        "--context": _contexts,
    }
    return known[option]() if option in known else []


def _arguments(command: Any, words: Sequence[str]) -> list[Offer]:
    """By the command's own name: what its positional words are."""
    match command.name:
        case "diff":
            return _versions(words)
        case "use" | "remove":
            return _contexts()
        case "completion":
            return [Offer(shell) for shell in ("bash", "zsh", "fish")]
        case "help":
            from lambdactl.cli.app import COMMANDS
            from lambdactl.cli.topics import TOPICS

            return [*(Offer(topic) for topic in TOPICS), *(Offer(c) for c in COMMANDS)]
    return []


def _meant(words: Sequence[str]) -> Any:
    """The target that these words mean so far, by the rules of every command."""
    from lambdactl.cli.options import Run, asked
    from lambdactl.cli.target import wanted

    flags = {
        "-f": "function",
        "--function": "function",
        "-a": "alias",
        "--alias": "alias",
        "--context": "context",
        "--profile": "profile",
        "--region": "region",
        "--endpoint-url": "endpoint_url",
    }
    said = {flags[word]: value for word, value in pairwise(words) if word in flags}
    return wanted(asked(Run(), said))


def _functions(words: Sequence[str]) -> list[Offer]:
    from lambdactl.cli import completion_cache

    return _safe(completion_cache.functions(_meant(words)))


def _aliases(words: Sequence[str]) -> list[Offer]:
    from lambdactl.cli import completion_cache

    meant = _meant(words)
    return _safe(completion_cache.aliases(meant, meant.get("function") or ""))


def _versions(words: Sequence[str]) -> list[Offer]:
    """Newest first, each with its age and what it says of itself."""
    from lambdactl.cli import completion_cache
    from lambdactl.render.numbers import duration
    from lambdactl.render.visible import visible

    meant, now = _meant(words), time.time()
    found = []
    for row in completion_cache.versions(meant, meant.get("function") or ""):
        age = f"{duration(now - row['published'])} ago" if row["published"] else ""
        said = "  ".join(x for x in (age, visible(row["description"])) if x)
        found.append(Offer(str(int(row["version"])), said))
    return found


def _contexts() -> list[Offer]:
    from lambdactl.cli import config
    from lambdactl.cli.target import AWS, SANDBOX

    return _safe([AWS, SANDBOX, *config.contexts(config.user_file())])


def _safe(names: Sequence[str]) -> list[Offer]:
    return [Offer(name) for name in names if SAFE.fullmatch(name)]
