"""Which resource waits for which, and the proof that nothing waits for itself.

Edges come from Ref, Fn::GetAtt and Fn::Sub in properties and update policies, and from DependsOn.
A circle is found before anything is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lambdactl.sandbox.cloudformation.references import depends_on, of_resource
from lambdactl.sandbox.cloudformation.template import invalid

Graph = Mapping[str, frozenset[str]]
"""Each logical id with the logical ids that it needs."""


def dependencies(
    resources: Iterable[tuple[str, Mapping[str, Any]]],
    conditions: Mapping[str, bool] | None = None,
) -> dict[str, frozenset[str]]:
    """The graph of ``resources``. What is not among them (a parameter, say) is not in it."""
    listed = dict(resources)
    return {
        logical_id: frozenset(name for name in _needs(definition, conditions) if name in listed)
        for logical_id, definition in listed.items()
    }


def _needs(definition: Mapping[str, Any], conditions: Mapping[str, bool] | None) -> Iterator[str]:
    yield from depends_on(definition)
    for reference in of_resource(definition, conditions):
        yield reference.target


def ordered(graph: Graph) -> list[str]:
    """Every logical id after all that it needs. Raises ValidationError where there is a circle."""
    done: dict[str, None] = {}
    waiting = dict(graph)
    while waiting:
        ready = [name for name, needs in waiting.items() if needs <= done.keys()]
        if not ready:
            raise invalid(f"Circular dependency between resources: [{', '.join(_circle(waiting))}]")
        for name in ready:
            done[name] = None
            del waiting[name]
    return list(done)


def _circle(waiting: Graph) -> list[str]:
    """Those that are on a circle or between two; who only waits for a circle is left out."""
    left = dict(waiting)
    while True:
        needed = {name for needs in left.values() for name in needs}
        idle = [name for name in left if name not in needed]
        if not idle:
            return sorted(left)
        for name in idle:
            del left[name]


def reverse(graph: Graph) -> dict[str, frozenset[str]]:
    """The graph for removals: each logical id with those that must be gone before it."""
    return {
        name: frozenset(other for other, needs in graph.items() if name in needs) for name in graph
    }
