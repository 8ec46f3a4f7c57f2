"""The events of a prune of many functions, in words."""

from __future__ import annotations

from lambdactl.ops import events as ev
from lambdactl.render import glyphs
from lambdactl.render.glyphs import Mark
from lambdactl.render.numbers import counted, duration, size

PruneEvent = (
    ev.StorageMeasured
    | ev.FunctionPruned
    | ev.FunctionSkipped
    | ev.PruneProgressed
    | ev.AccountRead
    | ev.LayerVersionDeleted
)


def prune_words(event: PruneEvent) -> tuple[Mark, str, str]:
    match event:
        case ev.StorageMeasured():
            return glyphs.NOTE, "storage", storage_text(event)
        case ev.FunctionPruned():
            kept = f", kept {event.kept} against the plan" if event.kept else ""
            deleted = f"{event.function}: deleted {counted(event.deleted, 'version')}{kept}"
            text = f"{deleted}  frees up to {size(event.freed)}"
            return glyphs.LIFECYCLE["Succeeded"], "prune", text
        case ev.FunctionSkipped():
            return glyphs.ATTENTION, "skipped", f"{event.function}: {event.reason}"
        case ev.PruneProgressed():
            return glyphs.LIFECYCLE["InProgress"], "prune", progress_text(event)
        case ev.AccountRead():
            of = f" of {event.total:,}" if event.total is not None else ""
            return glyphs.NOTE, "read", f"{event.done:,}{of} {event.what}"
        case ev.LayerVersionDeleted():
            text = f"layer {event.layer}:{event.version} deleted  frees {size(event.code_size)}"
            return glyphs.LIFECYCLE["Succeeded"], "layer", text


def storage_text(event: ev.StorageMeasured) -> str:
    freed = event.before - event.after
    return (
        f"code storage {size(event.before)} → {size(event.after)}"
        f"  freed {size(freed)} of at most {size(event.estimated)}"
    )


def progress_text(event: ev.PruneProgressed) -> str:
    text = f"{event.done:,} of {event.total:,} deleted  {size(event.freed)}"
    if event.rate is None or event.left_s is None:
        return text
    return f"{text}  {event.rate:.1f}/s  {duration(event.left_s)} left"
