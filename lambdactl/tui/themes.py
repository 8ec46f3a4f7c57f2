"""The themes: dark, light, and one without colour of its own, for NO_COLOR and dumb terminals."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="lambdactl-dark",
    primary="#7aa2f7",
    secondary="#9ece6a",
    accent="#56c8d8",
    success="#8fce6a",
    warning="#e8b65c",
    error="#ff6b74",
    foreground="#d5d9e4",
    background="#12151c",
    surface="#171b24",
    panel="#1e2430",
    dark=True,
)
LIGHT = Theme(
    name="lambdactl-light",
    primary="#2f5fb3",
    secondary="#3f6b1f",
    accent="#00707f",
    success="#2f6b1f",
    warning="#8a5a00",
    error="#b3202c",
    foreground="#1c2027",
    background="#fbfbf9",
    surface="#f3f3f0",
    panel="#e6e6e1",
    dark=False,
)
MONO = Theme(
    name="lambdactl-mono",
    ansi=True,
    primary="ansi_default",
    secondary="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    accent="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
    },
)
"""Every variable of the built-in ansi themes must be here: the console does not start without."""

ALL = (DARK, LIGHT, MONO)
