"""Every key of the console, once. The footer, the help and the palette read the live bindings.

An id is the key's name for remapping. No ctrl+letter changes anything: those that exist save a
picture, open the palette, or leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.keys import format_key

EVERYWHERE = [
    Binding("question_mark", "help", "help", id="help", key_display="?"),
    Binding("colon,ctrl+p", "command_palette", "command", id="palette", key_display=":"),
    Binding("r", "refresh_now", "refresh", id="refresh"),
    Binding("y", "copy_row", "copy", id="copy"),
    Binding("Y", "copy_command", "as CLI", id="copy_command", key_display="Y"),
    Binding("ctrl+s", "save_screen", "save screen", id="save", key_display="ctrl+s"),
    Binding("q", "leave", "quit", id="quit"),
    Binding("C", "switch('context')", "context", id="context", key_display="C"),
    Binding("P", "switch('profile')", "profile", id="profile", key_display="P"),
    Binding("R", "switch('region')", "region", id="region", key_display="R"),
    Binding("A", "switch('alias')", "alias", id="alias", key_display="A"),
    Binding("exclamation_mark", "session_errors", "errors", id="session_errors", key_display="!"),
    Binding("at", "session_log", "changes", id="session_log", key_display="@"),
    Binding("b", "console_page", "AWS console", id="aws_console"),
    Binding("w", "stop_guard", "stop the guard", id="guard"),
]
LIST = [
    Binding("down,j", "move(1)", "down", id="down", show=False),
    Binding("up,k", "move(-1)", "up", id="up", show=False),
    Binding("pagedown", "page(1)", "page down", id="page_down", show=False),
    Binding("pageup", "page(-1)", "page up", id="page_up", show=False),
    Binding("home,g", "move(-100000)", "first", id="first", show=False),
    Binding("end,G", "move(100000)", "last", id="last", show=False),
]
LAST_VIEW = Binding("minus", "app.last_view", "last view", id="last_view", key_display="-")
"""For every screen where minus has no meaning of its own; the palette has it on the others."""
HINDERED = [
    Binding("x", "to_sandbox", "to the sandbox", id="to_sandbox"),
]
"""Where there is nothing to show yet: the way into an account that is at hand."""
SESSION = [
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]
FILTER = Binding("slash", "filter", "filter", id="filter", key_display="/")
"""For every screen with a FilterLine that is a list; of the rollout only one pane is filtered."""
ROLLOUT = [
    Binding("s", "shift", "shift…", id="shift"),
    Binding("o", "promote", "promote…", id="promote"),
    Binding("a", "abort", "ABORT…", id="abort"),
    Binding("u", "rollback", "rollback…", id="rollback"),
    Binding("H", "answer_hook", "hook…", id="answer_hook", key_display="H"),
    Binding("w", "guard", "guard…", id="guard"),
    Binding("v", "versions", "versions", id="versions"),
    Binding("D", "prune", "prune…", id="prune", key_display="D"),
    Binding("W", "why", "why", id="why", key_display="W"),
    Binding("1", "pane('events')", "events", id="events"),
    Binding("2", "pane('alarms')", "alarms", id="alarms"),
    Binding("3", "pane('hooks')", "hooks", id="hooks"),
    Binding("4", "pane('diff')", "diff", id="diff_pane"),
    Binding("5", "pane('logs')", "logs", id="logs_pane"),
    Binding("slash", "filter", "filter", id="filter_pane", key_display="/"),
    Binding("e", "wrong_only", "errors only", id="wrong_only"),
    Binding("tab", "app.focus_next", "next pane", id="next_pane", show=False),
    Binding("shift+tab", "app.focus_previous", "previous pane", id="previous_pane", show=False),
    Binding("enter", "open_row", "details", id="details", key_display="enter"),
    Binding("h", "deployments", "history", id="deployments"),
    Binding("d", "diff", "diff", id="diff"),
    Binding("l", "logs", "logs", id="logs"),
    Binding("L", "tail", "full log", id="tail", key_display="L"),
    Binding("t", "window", "window", id="window"),
    Binding("m", "metric", "metric", id="metric"),
    Binding("z", "zoom", "zoom", id="zoom"),
    Binding("p", "pause", "pause", id="pause"),
    Binding("plus,equals_sign", "slower(-1)", "faster", id="faster", key_display="+"),
    Binding("minus", "slower(1)", "slower", id="slower", key_display="-"),
    Binding(
        "right_square_bracket", "app.neighbour(1)", "next", id="next_function", key_display="]"
    ),
    Binding(
        "left_square_bracket",
        "app.neighbour(-1)",
        "previous",
        id="previous_function",
        key_display="[",
    ),
    Binding("escape", "back", "back", id="back", key_display="esc"),
]
FLEET = [
    Binding("enter", "open", "open", id="open", key_display="enter"),
    FILTER,
    Binding("s", "do('shift')", "shift…", id="shift"),
    Binding("o", "do('promote')", "promote…", id="promote"),
    Binding("a", "do('abort')", "ABORT…", id="abort"),
    Binding("u", "do('rollback')", "rollback…", id="rollback"),
    Binding("H", "do('answer_hook')", "hook…", id="answer_hook", key_display="H"),
    Binding("v", "versions", "versions", id="versions"),
    Binding("D", "prune", "prune…", id="prune", key_display="D"),
    Binding("W", "do('why')", "why", id="why", key_display="W"),
    Binding("h", "do('deployments')", "history", id="deployments"),
    Binding("d", "do('diff')", "diff", id="diff"),
    Binding("l", "do('logs')", "logs", id="logs"),
    Binding("L", "do('tail')", "full log", id="tail", key_display="L"),
    Binding("space", "mark", "mark", id="mark", key_display="space"),
    Binding("less_than_sign", "sort(-1)", "sort by", id="sort_left", key_display="<"),
    Binding("greater_than_sign", "sort(1)", "sort by", id="sort_right", key_display=">"),
    Binding("full_stop", "reverse", "reverse", id="reverse", key_display="."),
    Binding("p", "pause", "pause", id="pause"),
    LAST_VIEW,
    Binding("escape", "back", "clear", id="back", key_display="esc", show=False),
]
VERSIONS = [
    Binding("space", "mark", "mark", id="mark_version", key_display="space"),
    Binding("D", "prune", "prune…", id="prune", key_display="D"),
    Binding("plus,equals_sign", "keep(1)", "keep more", id="keep_more", key_display="+"),
    Binding("minus", "keep(-1)", "fewer", id="keep_fewer", key_display="-"),
    Binding("e", "export_plan", "export", id="export_plan"),
    Binding("enter", "open", "details", id="version_details", key_display="enter"),
    Binding("r", "survey", "refresh", id="refresh"),
    Binding("escape", "back", "back", id="back", key_display="esc"),
]

DEPLOYMENTS = [
    Binding("enter", "open", "open", id="open", key_display="enter"),
    FILTER,
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]
DIFF = [
    Binding("left_square_bracket", "choose(0, -1)", "from older", id="from_older",
            key_display="["),
    Binding("right_square_bracket", "choose(0, 1)", "from newer", id="from_newer",
            key_display="]"),
    Binding("left_curly_bracket", "choose(1, -1)", "to older", id="to_older", key_display="{"),
    Binding("right_curly_bracket", "choose(1, 1)", "to newer", id="to_newer", key_display="}"),
    FILTER,
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]  # fmt: skip
LOGS = [
    Binding("L", "tail", "full log", id="tail", key_display="L"),
    Binding("left_square_bracket", "version(-1)", "older", id="older_version", key_display="["),
    Binding("right_square_bracket", "version(1)", "newer", id="newer_version", key_display="]"),
    FILTER,
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]
TAIL = [
    Binding("p", "pause", "pause", id="pause_tail"),
    Binding("e", "errors_only", "errors only", id="errors_only"),
    FILTER,
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]
HOOK = [
    FILTER,
    LAST_VIEW,
    Binding("escape", "back", "back", id="back", key_display="esc"),
]

WRITES = frozenset(
    ("shift", "promote", "abort", "rollback", "answer_hook", "approve", "fail", "guard", "prune")
)
"""The ids whose keys are dimmed, with the reason, where nothing may be changed; verbs of plans."""

FOOTER = (
    "to_sandbox", "open", "filter", "shift", "promote", "abort", "answer_hook", "guard",
    "mark_version", "keep_more", "keep_fewer", "versions", "logs", "why", "prune", "export_plan",
    "version_details", "rollback", "diff", "deployments", "tail", "details", "from_older",
    "from_newer", "to_older", "to_newer", "older_version", "newer_version", "pause_tail",
    "errors_only", "window", "metric", "zoom", "filter_pane", "wrong_only", "mark", "sort_left",
    "sort_right",
    "reverse", "copy", "copy_command", "back", "context", "profile", "region", "alias", "refresh",
    "pause", "events", "alarms", "hooks", "diff_pane", "logs_pane", "next_function",
    "previous_function", "last_view", "faster", "slower", "session_errors", "session_log",
    "aws_console", "save", "palette", "quit",
)  # fmt: skip
"""From the most to the least important: a narrow footer drops the last. Help is always there."""

SAID = {
    "help": "help: the keys of this screen",
    "shift": "shift…: set a version's share of the traffic",
    "promote": "promote…: all traffic to the canary at once, not one step more",
    "abort": "ABORT…: all traffic back to the stable version",
    "rollback": "rollback…: all traffic to the last good version before this one",
    "answer_hook": "hook…: approve or fail the hook that CodeDeploy waits for",
    "guard": "guard…: abort by itself on FAIL, an alarm or a limit; again: stop that",
    "prune": "prune…: delete versions that nothing needs",
    "mark_version": "mark the version: D and e take only what is marked and may go",
    "export_plan": "export plan: write what D would do to a file for prune --apply",
    "version_details": "everything that is known of the version",
    "keep_more": "keep one version more",
    "keep_fewer": "keep one version fewer",
    "versions": "versions, what uses them, and code storage",
    "diff_pane": "diff of the two versions, in a pane",
    "logs_pane": "errors of the new version, in a pane",
    "next_pane": "the next pane",
    "previous_pane": "the pane before it",
    "details": "what the row is about: a hook's log, the whole diff, the errors",
    "deployments": "past rollouts and shifts by hand: how each ended and why; opens them",
    "diff": "what differs between two versions",
    "logs": "errors of the new version, grouped",
    "tail": "the full log of the version, as it comes",
    "from_older": "compare from an older version",
    "from_newer": "compare from a newer version",
    "to_older": "compare with an older version",
    "to_newer": "compare with a newer version",
    "older_version": "an older version",
    "newer_version": "a newer version",
    "pause_tail": "stop following, or go on",
    "errors_only": "errors only, or every line",
    "back": "one screen up; from the first one to the fleet",
    "open": "open the row under the cursor",
    "filter": "filter the rows as you type: words, -word, state:failing; esc clears it",
    "filter_pane": "filter the pane that has the focus as you type; esc clears it",
    "wrong_only": "events: only what went wrong, or all again",
    "mark": "mark the row for y and Y, or take the mark away",
    "sort_left": "sort by the column at the left",
    "sort_right": "sort by the column at the right",
    "reverse": "sort the other way round",
    "next_function": "the next alias in the order of the fleet",
    "previous_function": "the one before it",
    "last_view": "the rollout that was open last; from that one, the one before it",
    "window": "how far back the charts go: 15 min, 30 min, 1 h, 3 h",
    "metric": "what the charts show: errors, p95, p99, throttles, calls",
    "zoom": "the pane that has the focus alone, or all of them again",
    "why": "why this verdict: every number",
    "copy": "copy the row under the cursor",
    "copy_command": "copy the command line that tells the same; again: the ARN, the JSON",
    "refresh": "look at AWS now",
    "pause": "stop looking by itself, or go on",
    "events": "events: what happened",
    "alarms": "alarms, and what CodeDeploy does about them",
    "hooks": "hooks and the deployment",
    "faster": "look more often",
    "slower": "look less often",
    "context": "another context: search it, or type its name",
    "profile": "another AWS profile",
    "region": "another AWS region",
    "alias": "another alias of this function",
    "session_errors": "every failure of this session, with its call and what to do",
    "session_log": "what this session has changed and how often it read",
    "aws_console": "open the AWS console's page of this; without a browser, copy its address",
    "to_sandbox": "go to the sandbox that runs on this machine",
    "down": "one row down",
    "up": "one row up",
    "page_down": "a page down",
    "page_up": "a page up",
    "first": "the first row",
    "last": "the last row",
    "save": "save the screen as an SVG picture and as text",
    "palette": "every command, searched by name; also ctrl+p",
    "quit": "quit; asks only while something is being applied, or a guard is on",
}
"""What help says of each key; the others are told by their description."""


def every() -> Iterator[tuple[str, Binding]]:
    """Each binding with the name of its screen, in the order of the lists above."""
    for name, bindings in globals().items():
        if name.isupper() and isinstance(bindings, list):
            for binding in bindings:
                if isinstance(binding, Binding):
                    yield name.lower(), binding


def spelled(keys: str) -> str:
    """``plus,equals_sign`` as it is shown: ``+ =``."""
    return " ".join(format_key(key.strip()) for key in keys.split(","))


SHOWN = {b.id: b.key_display or spelled(b.key) for _, b in every() if b.id}
"""How the key of each id is shown, where nobody has moved it."""
