"""How the console is opened: with a terminal or not at all, and with colour where it is wanted."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from lambdactl.errors import UsageError
from lambdactl.tui import Settings, console, run
from tests.tui import builders
from tests.tui.stage import Script, connecting, seen, settle

SETTINGS = Settings()


def test_without_a_terminal_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="needs a terminal") as raised:
        run(connecting(Script()), SETTINGS)
    assert raised.value.hint == "lambdactl status --watch"


@pytest.mark.parametrize(
    ("no_color", "term", "theme"),
    [
        (None, "xterm-256color", "lambdactl-dark"),
        ("", "xterm-256color", "lambdactl-dark"),
        ("1", "xterm-256color", "lambdactl-mono"),
        (None, "dumb", "lambdactl-mono"),
    ],
)
async def test_colour_is_taken_away_by_no_color_and_by_a_dumb_terminal_only(
    monkeypatch: pytest.MonkeyPatch, no_color: str | None, term: str, theme: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    settings = replace(SETTINGS, theme="lambdactl-dark")
    app = console(connecting(Script([builders.failing()])), settings, os.environ)
    assert app.theme == theme
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "✖ FAILING" in seen(app)
        coloured = {
            segment.style.color.name
            for line in app.screen._compositor.render_strips()
            for segment in app._filters[-1].apply(list(line), app.screen.background_colors[0])
            if segment.style is not None and segment.style.color is not None
        }
    assert (coloured <= {"default"}) == (theme == "lambdactl-mono")
