"""The screen as files, for a report: a picture, and the same as text to search and to quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdactl.tui.app import Console


def save(console: Console) -> None:
    """Both files beside where the console was started; says where, or why not."""
    stem = console.settings.save_to / f"lambdactl-{console.page.file_name}"
    files = {".svg": console.export_screenshot(), ".txt": text(console)}
    try:
        for ending, content in files.items():
            stem.with_name(stem.name + ending).write_text(content, encoding="utf-8")
    except OSError as error:
        console.say(f"the screen was not saved: {error}", "error")
        return
    console.say(f"saved {stem}.svg and .txt")


def text(console: Console) -> str:
    """What is on the screen, a line for each row of it, without colour."""
    strips = console.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines).rstrip() + "\n"
