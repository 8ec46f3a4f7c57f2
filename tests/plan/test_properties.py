"""What holds for every plan, whatever the account looks like."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdactl.errors import Refused
from lambdactl.model import Alias, Routing, Snapshot, VersionUse
from lambdactl.plan import DeleteVersion, Plan, UpdateAlias, plan_abort, plan_prune, plan_shift
from tests.plan.samples import NOW, alias, inventory, snapshot, version

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason for a property not to hold."""
numbers = st.sets(st.integers(1, 60), min_size=2, max_size=30)
weights = st.floats(0.0, 100.0).map(lambda w: round(w, 3))


@st.composite
def routings(draw: st.DrawFn, among: list[int]) -> Routing:
    stable = draw(st.sampled_from(among))
    others = [n for n in among if n != stable]
    canary = draw(st.one_of(st.none(), st.sampled_from(others)))
    weight = draw(st.floats(0.0, 99.0).map(lambda w: round(w, 3))) if canary else 0.0
    return Routing(stable, canary, weight)


@st.composite
def looks(draw: st.DrawFn) -> Snapshot:
    """A function with gaps in its numbers, several aliases, uses, and versions of any age."""
    among = sorted(draw(numbers))
    others: list[Alias] = [
        alias(name, draw(routings(among))) for name in draw(st.sets(st.sampled_from("abc")))
    ]
    uses = tuple(VersionUse(n, "something") for n in draw(st.sets(st.sampled_from(among))))
    days = draw(st.lists(st.integers(0, 90), min_size=len(among), max_size=len(among)))
    versions = tuple(
        version(n, published=NOW - timedelta(days=d)) for n, d in zip(among, days, strict=True)
    )
    return snapshot(
        draw(routings(among)),
        others=others,
        versions=versions,
        inventory=inventory(among, uses=uses),
    )


def deleted(plan: Plan) -> set[int]:
    return {a.version for a in plan.actions if isinstance(a, DeleteVersion)}


@patient
@given(looks(), st.integers(2, 8), st.booleans())
def test_no_prune_deletes_what_is_routed_to_used_newest_or_young(
    looked: Snapshot, keep: int, allow_unreleased: bool
) -> None:
    gone = deleted(plan_prune(looked, keep, allow_unreleased=allow_unreleased))
    there = sorted(v.number for v in looked.versions)
    routed = {n for a in looked.aliases for n in a.routing.versions}
    assert not gone & routed
    assert not gone & set(there[-keep:])
    assert looked.inventory is not None
    assert not gone & {u.version for u in looked.inventory.uses}
    for target in routed:
        older = [n for n in there if n < target]
        assert not older or max(older) not in gone
    for number in gone:
        found = looked.version(number)
        assert found is not None and found.published is not None
        assert NOW - found.published >= timedelta(days=1)


@patient
@given(looks(), st.integers(2, 8))
def test_every_version_has_exactly_one_verdict_and_the_deletes_are_those(
    looked: Snapshot, keep: int
) -> None:
    plan = plan_prune(looked, keep)
    assert sorted(v.version for v in plan.verdicts) == sorted(v.number for v in looked.versions)
    assert deleted(plan) == {v.version for v in plan.verdicts if v.fate == "delete"}


@patient
@given(looks(), st.data(), weights)
def test_a_shift_ends_where_it_was_told_and_says_so_in_one_call(
    looked: Snapshot, data: st.DataObject, weight: float
) -> None:
    to = data.draw(st.sampled_from([v.number for v in looked.versions]))
    try:
        plan = plan_shift(looked, to, weight)
    except Refused:
        return
    assert plan.after is not None
    assert abs(plan.after.share(to) - weight) < 1e-6
    assert len(plan.after.versions) <= 2
    assert plan.after.canary is None or 0.0 <= plan.after.weight <= 100.0
    assert plan.after.canary != plan.after.stable
    assert looked.alias is not None
    for action in plan.actions:
        assert isinstance(action, UpdateAlias)
        assert action.after == plan.after
        assert action.revision_id == looked.alias.revision_id


@patient
@given(looks(), st.data(), weights)
def test_the_undo_of_a_shift_gives_every_version_its_share_back(
    looked: Snapshot, data: st.DataObject, weight: float
) -> None:
    to = data.draw(st.sampled_from([v.number for v in looked.versions]))
    try:
        plan = plan_shift(looked, to, weight)
    except Refused:
        return
    if not plan.actions:
        return
    assert plan.undo is not None and plan.before is not None
    words = plan.undo.split()
    back_to = int(words[words.index("--to") + 1])
    back_weight = float(words[words.index("--weight") + 1].removesuffix("%"))
    back = plan_shift(snapshot(plan.after, versions=looked.versions), back_to, back_weight).after
    assert back is not None
    for number in (v.number for v in looked.versions):
        assert abs(back.share(number) - plan.before.share(number)) < 1e-6


@patient
@given(looks())
def test_an_abort_leaves_the_stable_version_alone_on_the_alias(looked: Snapshot) -> None:
    assert looked.alias is not None
    assert plan_abort(looked).after == Routing(looked.alias.routing.stable)
