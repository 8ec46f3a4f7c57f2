"""The palette: every key that works here, by name, and the themes. It is made of live bindings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from lambdactl.tui import themes
from lambdactl.tui.keys import FOOTER, SAID


class KeyCommands(Provider):
    """What ``:`` and ctrl+p search. The key that does the same is shown beside each."""

    async def discover(self) -> Hits:
        for name, run in self._commands():
            yield DiscoveryHit(name, run)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, run in self._commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, text=name)

    def _commands(self) -> Iterator[tuple[str, Callable[[], object]]]:
        order = {name: i for i, name in enumerate(("help", *FOOTER)) if name != "palette"}
        found = [a for a in self.screen.active_bindings.values() if a.binding.id in order]
        for active in sorted(found, key=lambda a: order[a.binding.id or ""]):
            binding = active.binding
            name = SAID.get(binding.id or "", binding.description)
            run = partial(self.app.run_action, binding.action, active.node)
            yield f"{name}  ({self.app.get_key_display(binding)})", run
        for theme in themes.ALL:
            name = theme.name.removeprefix("lambdactl-")
            yield f"theme {name}", partial(setattr, self.app, "theme", theme.name)
