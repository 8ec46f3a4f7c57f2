"""What the console knows of a fleet: rows by identity, what is asked next, what stays when a read
fails. Nothing is drawn and nothing is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdactl.errors import LambdactlError, PermissionDenied, Throttled, Unreachable
from lambdactl.model import Target, Unread
from lambdactl.model_configuration import Listed
from lambdactl.model_history import Ending
from lambdactl.ops.fleet import ALARMS, ENDED, RUNNING, Around
from lambdactl.tui.fleet_order import COLUMNS, Sorting
from lambdactl.tui.fleet_reads import Failed, FunctionRead, LaneEnded, Measurement, Named, News
from lambdactl.tui.fleet_watch import FleetWatch
from lambdactl.tui.matching import filter_of
from tests.tui import builders, fleet_stage
from tests.tui.fleet_stage import FleetScript, many, of, red, story

NOW = 1000.0


def watching(script: FleetScript, at: float = NOW) -> FleetWatch:
    """Listed and looked around, and not one function read."""
    watch = FleetWatch()
    for page in script.names():
        watch.take(Named(page), at)
    watch.take(Named((), last=True), at)
    watch.take(script.around(), at)
    return watch


def lanes(watch: FleetWatch, script: FleetScript, at: float = NOW) -> Iterator[tuple[str, ...]]:
    """Lane after lane, each asked to its end, until nothing is due."""
    while lane := watch.next_functions(at):
        yield lane
        asking = watch.asking(None)
        assert watch.around is not None
        for function in lane:
            found = tuple(script.members(function, watch.around, asking))
            watch.take(FunctionRead(function, found), at)
        watch.take(LaneEnded(lane), at)


def read(script: FleetScript, at: float = NOW) -> FleetWatch:
    watch = watching(script, at)
    list(lanes(watch, script, at))
    return watch


def test_rows_are_there_as_soon_as_they_are_listed_and_say_that_they_were_not_read() -> None:
    watch = watching(many(3))
    assert watch.order == ("fleet-0000", "fleet-0001", "fleet-0002")
    assert {row.mark.word for row in watch.rows.values()} == {"reading"}
    assert watch.to_read == 3


def test_what_moves_and_what_is_red_is_asked_first_then_what_is_seen() -> None:
    script = replace(many(40), running=(builders.deployment(function="fleet-0030"),),
                     red=(red("5xx", "fleet-0020"),))  # fmt: skip
    watch = watching(script)
    watch.see(("fleet-0010", "fleet-0011"), NOW)
    assert set(watch.order[:2]) == {"fleet-0020", "fleet-0030"}, "red ones stand first, unread"
    list(lanes(watch, script))
    assert set(script.order[:2]) == {"fleet-0020", "fleet-0030"}
    assert script.order[2:4] == ["fleet-0010", "fleet-0011"]
    assert len(script.order) == 40


def test_only_a_few_functions_are_asked_at_once() -> None:
    watch = watching(many(40))
    given = [watch.next_functions(NOW) for _ in range(5)]
    assert [len(lane) for lane in given] == [4, 4, 4, 0, 0]
    watch.take(LaneEnded(given[0]), NOW)
    assert watch.next_functions(NOW)


def test_what_begins_while_every_lane_is_busy_has_one_of_its_own() -> None:
    script = many(40)
    watch = watching(script)
    assert all(watch.next_functions(NOW) for _ in range(3))
    assert not watch.next_functions(NOW)
    script.running = (builders.deployment(function="fleet-0030"),)
    watch.take(script.around(), NOW)
    assert watch.next_functions(NOW) == ("fleet-0030",)
    assert not watch.next_functions(NOW)


def test_by_need() -> None:
    script = story()
    watch = watching(script)
    watch.see(watch.order, NOW)
    list(lanes(watch, script))
    watch.see(watch.order, NOW)
    list(lanes(watch, script))
    assert [(r.name, r.mark.word) for r in (watch.rows[n] for n in watch.order)][:5] == [
        ("checkout:live", "FAILING"),
        ("payments-hook:live", "ALARM"),
        ("search-api:live", "SHIFTING"),
        ("nightly-report:live", "NO DATA"),
        ("inventory-sync:live", "PAUSED"),
    ]
    assert watch.order[-1] == "legacy-import"


def test_a_rollout_that_has_just_ended_does_not_turn_green() -> None:
    over = builders.rolled_back()
    running = (builders.deployment(function="b"),)
    script = FleetScript(("a", "b", "c"), of("b", builders.shifting()), running)
    watch = read(script)
    assert watch.rows["b:live"].mark.word == "SHIFTING"
    script.running, script.ended = (), (fleet_stage.ended("b", over),)
    script.snapshots = of("b", over)
    watch.take(script.around(), NOW + 15)
    list(lanes(watch, script, NOW + 15))
    row = watch.rows["b:live"]
    assert (row.mark.word, row.needy, row.close) == ("ROLLED BACK", True, False)
    assert row.changed == builders.at("14:07:05")
    assert watch.order == ("b:live", "a:live", "c:live")
    assert [line.text for line in watch.lines] == ["b:live SHIFTING → ROLLED BACK"]


def test_what_ended_is_looked_at_closely_on_the_screen_only_and_within_the_hour() -> None:
    over = builders.rolled_back()
    script = FleetScript(("a", "b"), {**of("a", over), **of("b", over)})
    script.ended = (fleet_stage.ended("a", over), fleet_stage.ended("b", over))
    watch = watching(script)
    watch.see(("a",), NOW)
    list(lanes(watch, script))
    assert [watch.rows[n].close for n in ("a:live", "b:live")] == [True, False]
    watch.see(("b:live",), NOW)
    list(lanes(watch, script))
    assert watch.rows["b:live"].close, "it is read again as soon as it is seen"
    script.ended = ()
    watch.take(script.around(), NOW + 15)
    list(lanes(watch, script, NOW + 15))
    assert {row.mark.word for row in watch.rows.values()} == {"STABLE"}
    assert watch.next_functions(NOW + 15) == ()


def test_what_ended_stays_within_the_hour_where_it_could_not_be_read() -> None:
    over = builders.rolled_back()
    script = FleetScript(("a", "b"), {**of("a", over), **of("b", over)})
    script.ended = (fleet_stage.ended("a", over), fleet_stage.ended("b", over))
    watch = read(script)
    script.unread = (ENDED,)
    watch.take(script.around(), NOW + 15)
    assert watch.next_functions(NOW + 15) == ()
    watch.renew()
    list(lanes(watch, script, NOW + 15))
    assert [watch.rows[n].mark.word for n in ("a:live", "b:live")] == ["ROLLED BACK"] * 2
    assert [u.part for u in watch.unread] == [ENDED]
    script.now += timedelta(hours=1)
    watch.take(script.around(), NOW + 30)
    list(lanes(watch, script, NOW + 30))
    assert {row.mark.word for row in watch.rows.values()} == {"STABLE"}
    assert watch.lines[0].text.endswith("ROLLED BACK → STABLE")


def test_an_ending_that_was_found_counts_though_others_could_not_be_read() -> None:
    over = builders.rolled_back()
    script = FleetScript(("a", "b"))
    script.ended = (fleet_stage.ended("a", over), fleet_stage.ended("b", over))
    before = script.around()
    now = Ending(builders.deployment(id="d-new", function="a"))
    found = Around((), (), (Unread(ENDED, "1 more"),), builders.NOW, (now,)).after(before)
    assert [e.deployment.id for e in found.ended] == ["d-new", "d-b"]


def test_what_runs_and_what_is_red_stays_where_it_could_not_be_read() -> None:
    shifting = builders.shifting()
    running = (builders.deployment(function="b"),)
    script = FleetScript(("a", "b"), of("b", shifting), running, red=(red("a-5xx", "a"),))
    watch = read(script)
    before = watch.around
    assert before is not None
    script.unread = (RUNNING, ALARMS)
    watch.take(script.around(), NOW + 15)
    assert watch.around is not None
    assert (watch.around.running, watch.around.red) == (before.running, before.red)
    list(lanes(watch, script, NOW + 15))
    assert watch.rows["b:live"].mark.word == "SHIFTING"
    script.ended = (Ending(replace(running[0], completed=builders.NOW)),)
    watch.take(script.around(), NOW + 30)
    assert watch.around.running == (), "one that is known to have ended does not run"


def test_a_split_is_looked_at_closely_on_the_screen_only() -> None:
    script = FleetScript(("a", "b"), {**of("a", builders.by_hand()), **of("b", builders.by_hand())})
    watch = watching(script)
    watch.see(("a",), NOW)
    list(lanes(watch, script))
    assert watch.rows["a:live"].close
    assert not watch.rows["b:live"].close
    watch.see(("b:live",), NOW)
    list(lanes(watch, script))
    assert watch.rows["b:live"].close, "it is read again as soon as it is seen"
    assert script.asked["members"] == 3
    watch.take(FunctionRead("a", tuple(script.members("a", watch.around or Around(),
                                                      watch.asking(None)))), NOW)  # fmt: skip
    assert watch.rows["a:live"].close, "what was seen stays while its routing is the same"


def test_each_is_read_again_as_often_as_it_moves() -> None:
    script = replace(many(5), running=(builders.deployment(function="fleet-0001"),))
    watch = read(script)
    watch.see(("fleet-0002:live",), NOW)

    def asked_at(at: float) -> list[str]:
        script.order.clear()
        list(lanes(watch, script, at))
        return script.order

    assert asked_at(NOW + 29) == []
    assert asked_at(NOW + 31) == ["fleet-0001"]
    assert asked_at(NOW + 62) == ["fleet-0001", "fleet-0002"]
    assert sorted(asked_at(NOW + 1801)) == [f"fleet-000{n}" for n in range(5)]


def test_what_began_or_ended_is_read_at_once() -> None:
    script = many(5)
    watch = read(script)
    script.order.clear()
    script.running = (builders.deployment(function="fleet-0003"),)
    watch.take(script.around(), NOW + 15)
    list(lanes(watch, script, NOW + 15))
    script.running = ()
    watch.take(script.around(), NOW + 30)
    list(lanes(watch, script, NOW + 30))
    assert script.order == ["fleet-0003", "fleet-0003"]


def test_cursor_and_marks_find_a_row_under_its_new_name() -> None:
    script = many(2)
    watch = watching(script)
    watch.mark("fleet-0001")
    list(lanes(watch, script))
    assert watch.marks == {"fleet-0001:live"}
    assert watch.renamed["fleet-0001"] == "fleet-0001:live"


def test_a_function_that_was_deleted_goes_with_its_mark() -> None:
    script = many(3)
    watch = read(script)
    watch.mark("fleet-0001:live")
    script.functions = ("fleet-0000", "fleet-0002")
    for page in script.names():
        watch.take(Named(page), NOW)
    watch.take(Named((), last=True), NOW)
    assert watch.order == ("fleet-0000:live", "fleet-0002:live")
    assert watch.marks == set() and watch.to_read == 0


def test_a_mark_outside_the_filter_is_kept() -> None:
    watch = read(many(3))
    watch.mark("fleet-0001:live")
    watch.narrow(filter_of("0002"))
    assert watch.order == ("fleet-0002:live",)
    assert [row.name for row in watch.marked] == ["fleet-0001:live"]


def test_a_filter_asks_for_states_and_alarms() -> None:
    script = story()
    watch = watching(script)
    watch.see(watch.order, NOW)
    list(lanes(watch, script))

    def kept(text: str) -> list[str]:
        watch.narrow(filter_of(text, ("state", "alias", "driver", "alarm")))
        return list(watch.order)

    assert kept("state:failing,shifting") == ["checkout:live", "search-api:live"]
    assert kept("alarm:dlq") == ["payments-hook:live"]
    assert kept("driver:codedeploy -check -night") == ["search-api:live"]


@pytest.mark.parametrize("column", [c.name for c in COLUMNS])
@pytest.mark.parametrize("turned", [False, True])
def test_every_column_sorts_all_rows_and_puts_the_unknown_last(column: str, turned: bool) -> None:
    script = story()
    watch = watching(script)
    watch.see(watch.order, NOW)
    list(lanes(watch, script))
    targets = watch.to_measure(NOW)
    watch.take(Measurement(targets, script.measure(targets, True)), NOW)
    watch.sort(Sorting(column, turned))
    assert sorted(watch.order) == sorted(watch.rows)
    key = next(c.key for c in COLUMNS if c.name == column)
    known = [key(watch.rows[name]) is not None for name in watch.order]
    assert known == sorted(known, reverse=True)


def test_sorting_by_rate_has_the_worst_first_and_turns_round() -> None:
    watch = read(many(3))
    watch.see(watch.order, NOW)
    script = FleetScript(calls={"fleet-0001:live": (100.0, 7.0), "fleet-0002:live": (100.0, 1.0)})
    targets = watch.to_measure(NOW)
    watch.take(Measurement(targets, script.measure(targets, False)), NOW)
    watch.sort(Sorting("ERR%"))
    assert watch.order == ("fleet-0001:live", "fleet-0002:live", "fleet-0000:live")
    watch.sort(watch.sorting.reversed())
    assert watch.order == ("fleet-0000:live", "fleet-0002:live", "fleet-0001:live")


def test_only_what_is_seen_is_measured_and_once_a_minute() -> None:
    watch = read(many(30))
    seen = watch.order[:5]
    watch.see(seen, NOW)
    targets = watch.to_measure(NOW)
    assert [str(t) for t in targets] == list(seen)
    assert watch.to_measure(NOW) == (), "one call at a time"
    watch.take(Measurement(targets, fleet_stage.many().measure(targets, False)), NOW)
    assert watch.to_measure(NOW + 59) == ()
    assert watch.to_measure(NOW + 60) == targets


def test_rows_that_fly_by_are_not_measured_and_those_in_sight_soon_are() -> None:
    watch = read(many(30))
    watch.see(watch.order[:5], NOW)
    targets = watch.to_measure(NOW)
    watch.take(Measurement(targets, fleet_stage.many().measure(targets, False)), NOW)
    watch.see(watch.order[10:15], NOW + 20)
    assert watch.to_measure(NOW + 20.5) == ()
    assert [str(t) for t in watch.to_measure(NOW + 21)] == list(watch.order[10:15])


def test_a_function_that_may_not_be_read_says_so_and_the_others_are_read() -> None:
    watch = read(replace(many(3), denied=frozenset({"fleet-0001"})))
    row = watch.rows["fleet-0001"]
    assert row.mark.word == "NOT READ" and row.member is not None
    assert "lambda:ListAliases" in (row.member.unread or "")
    assert watch.order[0] == "fleet-0001", "it may be anything, so it stands before what goes well"
    assert watch.failure is None


def test_what_was_known_stays_where_a_later_read_is_refused() -> None:
    script = many(1)
    watch = read(script)
    script.denied = frozenset({"fleet-0000"})
    found = tuple(script.members("fleet-0000", watch.around or Around(), watch.asking(None)))
    # The member that could not be read has the name of the function only.
    watch.take(FunctionRead("fleet-0000", found), NOW + 60)
    assert watch.order == ("fleet-0000:live",)
    member = watch.rows["fleet-0000:live"].member
    assert member is not None and member.alias is not None and member.unread is not None


def test_offline_everything_waits_longer_each_time_and_the_last_good_data_stays() -> None:
    watch = read(many(10))
    gone = Unreachable("no answer")
    before = watch.order
    watch.take(Failed("around", gone), NOW + 15)
    assert watch.failure is not None and watch.order == before
    assert watch.next_functions(NOW + 4000) == (), "what is known to fail is not asked a thousand"
    waits = []
    at = NOW + 15
    for _ in range(6):
        waits.append(watch.pace.resumes_at - at)
        at = watch.pace.resumes_at
        assert not watch.pace.begin("around", at - 0.1)
        assert watch.pace.begin("around", at)
        watch.take(Failed("around", gone), at)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert watch.view(at).stale
    watch.take(Around(taken=builders.NOW), at + 60)
    assert watch.failure is None and not watch.view(at + 60).stale


def test_failures_side_by_side_are_one() -> None:
    watch = watching(many(40))
    given = [watch.next_functions(NOW) for _ in range(3)]
    for lane in given:
        watch.take(Failed("members", Throttled("slow down"), lane), NOW)
    assert watch.failure is not None and watch.failure.count == 1
    assert watch.pace.lanes == []
    assert watch.pace.resumes_at == NOW + 20.0, "who is throttled waits longer"


@pytest.mark.parametrize("names_first", [True, False])
def test_where_functions_may_not_be_listed_what_moves_is_known_by_name(names_first: bool) -> None:
    script = story()
    watch = FleetWatch()
    denied = PermissionDenied("no permission", action="lambda:ListFunctions", hint="ask for it")
    told: list[News] = [Failed("names", denied), script.around()]
    for news in told if names_first else reversed(told):
        watch.take(news, NOW)
    assert watch.failure is None
    list(lanes(watch, script))
    assert watch.order[0] == "checkout:live"
    assert set(watch.functions) == {"checkout", "search-api", "payments-hook"}
    assert [u.part for u in watch.unread] == ["functions"]
    assert not watch.is_empty, "nothing is known of whether there are others"


def test_an_account_without_a_function_is_empty_only_when_that_is_known() -> None:
    watch = FleetWatch()
    assert not watch.is_empty
    watch.take(Named((), last=True), NOW)
    assert watch.is_empty


def test_a_change_of_state_is_a_line_and_a_closer_look_is_none() -> None:
    script = FleetScript(("a",), of("a", builders.by_hand()))
    watch = read(script)
    watch.see(("a:live",), NOW)
    list(lanes(watch, script))
    assert not watch.lines
    script.snapshots = of("a", builders.failing())
    script.running = (builders.deployment(function="a"),)
    watch.take(script.around(), NOW + 15)
    list(lanes(watch, script, NOW + 15))
    assert [line.text for line in watch.lines] == ["a:live PAUSED → FAILING"]


def test_measurements_that_are_refused_are_told_and_asked_for_again_a_minute_later() -> None:
    watch = read(many(2))
    watch.see(watch.order, NOW)
    targets = watch.to_measure(NOW)
    watch.take(Measurement(targets, {}, LambdactlError("denied")), NOW)
    assert [u.part for u in watch.unread] == ["measurements"]
    assert watch.to_measure(NOW + 59) == ()
    assert watch.to_measure(NOW + 60) == targets


def test_a_console_that_nobody_looks_at_asks_less() -> None:
    watch = read(many(3))
    watch.pace.times = 6.0
    watch.pace.begin("around", NOW)
    watch.take(Around(taken=builders.NOW), NOW)
    assert not watch.pace.begin("around", NOW + 89)
    assert watch.pace.begin("around", NOW + 90)


def test_asked_for_now_all_that_is_on_the_screen_is_due() -> None:
    script = many(30)
    watch = read(script)
    watch.see(watch.order[3:5], NOW)
    targets = watch.to_measure(NOW)
    watch.take(Measurement(targets, script.measure(targets, False)), NOW)
    script.order.clear()
    watch.renew()
    list(lanes(watch, script, NOW + 1))
    assert sorted(script.order) == ["fleet-0003", "fleet-0004"]
    assert watch.to_measure(NOW + 1) == targets
    assert watch.pace.begin("around", NOW + 1) and watch.pace.begin("names", NOW + 1)


def test_paused_it_asks_nothing() -> None:
    watch = watching(many(3))
    watch.pace.paused = True
    assert not watch.pace.begin("names", NOW + 10_000)
    assert watch.next_functions(NOW) == ()


def test_a_renamed_listing_entry_keeps_what_was_read() -> None:
    script = many(1)
    watch = read(script)
    watch.take(Named((Listed("fleet-0000", builders.NOW, 5),)), NOW)
    row = watch.rows["fleet-0000:live"]
    assert row.member is not None and row.code_size == 5
    assert row.target == Target("fleet-0000", "live")


def test_a_screen_full_of_splits_does_not_keep_the_rest_from_being_read() -> None:
    watch = watching(many(40))
    seen = watch.order[:20]
    for name in seen:
        watch.pace.read(name, NOW - 100)
    watch.see(seen, NOW)
    first, second, last = (watch.next_functions(NOW) for _ in range(3))
    assert {*first, *second} <= set(seen)
    assert not set(last) & set(seen)
