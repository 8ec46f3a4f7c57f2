"""``-``: the rollout that was open last; from that one, the one before it, as ``cd -`` does.

What lies above a rollout is left, and another is opened in its place: to go to and fro piles up no
pages, and esc leads where it led before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdactl.model import Target
from lambdactl.tui.screens.rollout import RolloutScreen

if TYPE_CHECKING:
    from lambdactl.tui.app import Console

KEPT = 2
"""One to be on, and one to go to."""
Opened = tuple[Target, ...]
"""The newest first."""


def noted(target: Target, before: Opened) -> Opened:
    return (target, *(other for other in before if other != target))[:KEPT]


def go(console: Console) -> None:
    rollouts = open_rollouts(console)
    here = console.page.target if console.page.target in rollouts else None
    target = next((one for one in console.last_opened if one != here), None)
    if target is None:
        console.say(f"no {'other ' if here else ''}rollout has been opened yet", "warning")
    elif not rollouts:
        console.open(target)
    else:
        turn(console, rollouts, target)


def turn(console: Console, rollouts: dict[Target, RolloutScreen], target: Target) -> None:
    """Back to the page of ``target`` where it is open below, else to it in place of the last."""
    below = rollouts.get(target, list(rollouts.values())[-1])
    while console.screen is not below:
        console.pop_screen()
    if target in rollouts:
        console.last_opened = noted(target, console.last_opened)
    else:
        console.switch_screen(console.rollout_of(target))


def open_rollouts(console: Console) -> dict[Target, RolloutScreen]:
    """From below to above; not those that are over, which are pages above them."""
    pages = [page for page in console.screen_stack if isinstance(page, RolloutScreen)]
    return {p.subject.target: p for p in pages if p.subject.watch.past is None}
