"""Past rollouts, differences and panes: what each shows, what it reads and when, the ways out."""

from __future__ import annotations

from lambdactl.errors import NotFound, PermissionDenied, Refused, UsageError
from lambdactl.model import Routing, Unread
from lambdactl.ops.events import Event
from lambdactl.plan import Plan
from lambdactl.tui.reading import Reading
from lambdactl.tui.screens.deployments import DeploymentsScreen
from lambdactl.tui.screens.diff import DiffScreen
from lambdactl.tui.screens.logs import LogsScreen, PastLogsScreen
from lambdactl.tui.screens.past import PastScreen
from lambdactl.tui.screens.rollout import RolloutScreen
from lambdactl.tui.screens.versions import VersionsScreen
from lambdactl.tui.widgets.listing import Listing
from tests.tui import archive, builders
from tests.tui.archive import DENIED, GONE, Archive
from tests.tui.stage import Clock, Script, copied, filed, opened, press, seen, settle


async def test_past_rollouts_with_how_each_ended_and_why() -> None:
    async with opened(filed(), (120, 40)) as (app, pilot):
        await press(pilot, "h")
        assert isinstance(app.screen, DeploymentsScreen)
        screen = seen(app)
        for told in (
            "d-7K2QXB1    InProgress v41 → v42   14:02 4m ago",
            "still running",
            "d-6Q0PPA2    Succeeded  v40 → v41   17 Nov 6d ago",
            "v41 has all traffic",
            "ALARM_ACTIVE: One",
            "d-5H1WW03    Failed     v39 → v40   14 Nov 9d ago",
            "5 in CodeDeploy since 2026-11-14 · 0 by hand from this machine",
        ):
            assert told in screen, told
        await press(pilot, "G")
        detail = seen(app).splitlines()[-15:]
        assert any("did not call back within an hour" in line for line in detail)
        assert any("BeforeAllowTraffic" in line and line.endswith(" 1h") for line in detail)


async def test_one_that_is_over_opens_on_the_rollout_screen_with_its_own_time() -> None:
    script = filed()
    async with opened(script, (120, 40)) as (app, pilot):
        await press(pilot, "h", "down", "down", "enter")
        assert isinstance(app.screen, PastScreen)
        screen = seen(app)
        for told in (
            "checkout:live › d-7AA11B2",
            "PAST 22 Nov 14:07",
            "ROLLED BACK",
            "PAST 2026-11-22 14:02:55 – 14:07:05, 4m10s",
            "judged",
            "v42 was taken back by d-8M4RTZ9: an alarm",
            "d-8M4RTZ9 Succeeded",
        ):
            assert told in screen, told
        assert script.archive.asked[1:3] == ["rollouts", "revisit d-7AA11B2"]


async def test_a_past_stands_still() -> None:
    clock, script = Clock(), filed()
    async with opened(script, (120, 40), clock) as (app, pilot):
        await press(pilot, "h", "down", "down", "enter")
        before, looked = seen(app), script.looked
        asked = list(script.archive.asked)
        for _ in range(5):
            clock.at += 60.0
            app.tick()
            await settle(pilot)
        assert seen(app) == before
        assert (script.looked, script.archive.asked) == (looked, asked)


def never(plan: Plan) -> list[Event]:
    raise AssertionError(f"written: {plan.verb}")


async def test_nothing_acts_on_a_past_and_the_key_says_why() -> None:
    script = Script(happens=never, archive=Archive())  # type: ignore[arg-type]
    async with opened(script) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        for key in ("s", "o", "a", "u", "H", "D", "p", "t", "plus", "minus"):
            await press(pilot, key)
            assert isinstance(app.screen, PastScreen), key
            (told,) = [n.message for n in app._notifications]
            assert "this rollout is over: esc leads back" in told, key
            app.clear_notifications()
    assert script.applied == []


async def test_escape_leads_back_from_a_past_to_now() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "h", "down", "enter", "escape")
        assert isinstance(app.screen, DeploymentsScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, RolloutScreen) and not isinstance(app.screen, PastScreen)


async def test_versions_from_a_past_are_those_of_now() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "h", "down", "enter", "v")
        assert isinstance(app.screen, VersionsScreen)
        assert app.screen.subject.watch.past is None


async def test_what_aws_does_not_hold_any_more_is_said() -> None:
    why = "CloudWatch has deleted its data: it keeps none for longer than 455 days"
    old = archive.revisited(metrics=None, unread=(Unread("metrics", why),))
    async with opened(filed(revisits=[old])) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        assert "? not known: CloudWatch has deleted its data" in seen(app)


async def test_a_past_that_cannot_be_read_says_why_and_what_to_do() -> None:
    async with opened(filed(revisits=[GONE, archive.revisited()])) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        assert "no answer from codedeploy" in seen(app)
        assert "check the network" in seen(app)
        await press(pilot, "r")
        assert "ROLLED BACK" in seen(app)


async def test_one_that_runs_is_shown_live() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "h", "enter")
        assert type(app.screen) is RolloutScreen
        assert any("d-7K2QXB1 is running" in n.message for n in app._notifications)


async def test_what_was_shifted_by_hand_stands_among_them_in_order_of_time() -> None:
    async with opened(filed(changes=[archive.by_hand()]), (120, 40)) as (app, pilot):
        await press(pilot, "h")
        assert [row.key for row in app.screen.query_one("#list", Listing).rows] == [
            "d-7K2QXB1",
            "c3",
            "d-8M4RTZ9",
            "c2",
            "d-7AA11B2",
            "c1",
            "d-6Q0PPA2",
            "d-5H1WW03",
        ]
        lines = [line.split("by hand")[0].split() for line in seen(app).splitlines()]
        assert ["✖", "promote", "stale", "v41", "→", "v42", "14:01", "6m", "ago", "2s"] in lines
        screen = seen(app)
        assert "5 in CodeDeploy since 2026-11-14 · 3 by hand from this machine" in screen
        assert "asked for 10 → 100 %, by alice" in screen
        assert "stopped d-7AA11B2, 90 → 1" in screen
        assert "0 → 10 %, by alice" in screen


async def test_a_change_by_hand_is_told_in_full_and_copied() -> None:
    async with opened(filed(changes=[archive.by_hand()]), (80, 24)) as (app, pilot):
        await press(pilot, "h", "down")
        assert seen(app).splitlines()[-9:-1] == [
            " ✖ promote stale  v41 90 %  v42 10 % → v42 100 %  asked for",
            " began      2026-11-23 14:01:00 by alice on bastion, took 2s",
            " ended      stale (PreconditionFailedException)",
            " calls      UpdateAlias checkout:live",
            " revisions  77b2c0d4…",
            " command    lambdactl promote -f checkout:live",
            " known from this machine's audit log; of other machines CloudTrail knows",
            "",
        ]
        await press(pilot, "y")
        assert copied(app) == (
            "2026-11-23 14:01:00 promote checkout:live v41 90 %  v42 10 % → v42 100 % by alice:"
            " stale (PreconditionFailedException); lambdactl promote -f checkout:live"
        )


async def test_enter_on_an_abort_opens_the_deployment_that_it_stopped() -> None:
    async with opened(filed(changes=[archive.by_hand()])) as (app, pilot):
        await press(pilot, "h", "down", "down", "down", "enter")
        assert isinstance(app.screen, PastScreen)
        assert app.screen.deployment.id == "d-7AA11B2"


async def test_enter_on_a_shift_by_hand_says_what_tells_more() -> None:
    async with opened(filed(changes=[archive.by_hand()])) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        assert isinstance(app.screen, DeploymentsScreen)
        assert [n.message for n in app._notifications] == [
            "CodeDeploy holds nothing of a promote by hand; lambdactl audit -f checkout:live tells"
            " more"
        ]


async def test_the_filter_finds_what_was_done_by_hand() -> None:
    async with opened(filed(changes=[archive.by_hand()]), (120, 40)) as (app, pilot):
        await press(pilot, "h", "slash", *"alice", "enter")
        keys = [row.key for row in app.screen.query_one("#list", Listing).rows]
        assert keys == ["c3", "c2", "c1"]


async def test_a_spoilt_log_is_said_and_hides_no_deployment() -> None:
    spoilt = UsageError("line 3 of audit.jsonl is not of the audit log", why="no id")
    async with opened(filed(changes=[spoilt]), (120, 40)) as (app, pilot):
        await press(pilot, "h")
        screen = seen(app)
        assert "? changes by hand not known: line 3 of audit.jsonl is not of the audit" in screen
        assert "d-6Q0PPA2" in screen and "by hand from this machine" not in screen


async def test_changes_by_hand_are_told_where_codedeploy_cannot_be_asked() -> None:
    script = filed(rollouts=[GONE], changes=[archive.by_hand()])
    async with opened(script, (120, 40)) as (app, pilot):
        await press(pilot, "h", "G")
        screen = seen(app)
        assert "no answer from codedeploy" in screen and "0 → 10 %, by alice" in screen
        assert "revisions  0e1c4b1e… → 77b2c0d4…" in screen


async def test_no_deployment_is_told_from_none_that_could_be_read() -> None:
    async with opened(filed(rollouts=[()])) as (app, pilot):
        await press(pilot, "h")
        assert "no deployment of checkout:live is held by CodeDeploy" in seen(app)
        assert "nor has it been shifted by hand from this machine" in seen(app)
    async with opened(filed(rollouts=[GONE])) as (app, pilot):
        await press(pilot, "h")
        assert "no answer from codedeploy" in seen(app) and "check the network" in seen(app)


async def test_the_list_stays_when_a_later_look_fails() -> None:
    clock = Clock()
    async with opened(filed(rollouts=[archive.rollouts(), GONE]), clock=clock) as (app, pilot):
        await press(pilot, "h")
        clock.at += 40.0
        await press(pilot, "r")
        screen = seen(app)
        assert "d-6Q0PPA2" in screen and "STALE 40s" in screen
        assert "The last look failed, what is shown is 40s old" in screen
        assert "connect timed out" in screen


async def test_a_filter_keeps_the_rollouts_that_hold_its_words() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "h", "slash", *"failed")
        rows = [r.key for r in app.screen.query_one("#list", Listing).rows]
        assert rows == ["d-5H1WW03"]
        await press(pilot, "escape")
        assert len(app.screen.query_one("#list", Listing).rows) == 5


async def test_the_commands_that_tell_the_same() -> None:
    async with opened(filed(), flags="--context sandbox") as (app, pilot):
        told = {}
        for keys in (["h"], ["d"], ["l"], ["L"], ["3", "down", "down", "down", "enter"]):
            await press(pilot, *keys, "Y")
            told[keys[0]] = copied(app)
            await press(pilot, "escape")
        await press(pilot, "h", "down", "enter", "Y")
        told["past"] = copied(app)
    flags = "lambdactl --context sandbox"
    assert told == {
        "h": f"{flags} deployments -f checkout:live",
        "d": f"{flags} diff -f checkout:live 41 42",
        "l": f"{flags} logs -f checkout:live --version 42 --errors --since 5m",
        "L": f"{flags} logs -f checkout:live --version 42 -F",
        "3": f"{flags} deployments show -f checkout:live d-7K2QXB1 --hooks",
        "past": f"{flags} deployments show -f checkout:live d-8M4RTZ9 --judge",
    }


async def test_what_differs_with_values_of_the_environment_masked() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "d")
        assert isinstance(app.screen, DiffScreen)
        screen = seen(app)
        for told in (
            "Diff v41 → v42",
            "~ configuration MemorySize                512 MB",
            "1024 MB",
            "+ layers",
            "+ environment   CURRENCY_MODE             -",
            "~ environment   TOKEN                     •••",
        ):
            assert told in screen, told
        assert "seal" not in screen


async def test_other_versions_are_chosen_with_brackets() -> None:
    script = filed()
    async with opened(script) as (app, pilot):
        await press(pilot, "d", "left_square_bracket", "left_square_bracket")
        assert "Diff v39 → v42" in seen(app)
        await press(pilot, "left_curly_bracket", "right_square_bracket")
        assert "Diff v40 → v41" in seen(app)
        await press(pilot, *["right_curly_bracket"] * 3)
        assert "Diff v40 → v42" in seen(app)
    assert script.archive.asked[:3] == ["compare 41 42", "compare 40 42", "compare 39 42"]


async def test_versions_that_are_the_same_and_a_version_that_is_gone() -> None:
    async with opened(filed(compared=archive.same)) as (app, pilot):
        await press(pilot, "d")
        assert "v41 and v42 do not differ in code" in seen(app)
    gone = NotFound("there is no version 41 of checkout", hint="lambdactl versions -f checkout")
    async with opened(filed(refusal=gone)) as (app, pilot):
        await press(pilot, "d")
        assert "there is no version 41 of checkout" in seen(app)
        assert "try  lambdactl versions -f checkout" in seen(app)


async def test_a_first_version_has_nothing_to_be_compared_with() -> None:
    script = Script([builders.first_version()], archive=Archive())
    async with opened(script) as (app, pilot):
        await press(pilot, "d")
        assert "there is nothing to compare it with" in seen(app)
        await press(pilot, "left_square_bracket", "r")
    assert script.archive.asked == []


async def test_panes_four_and_five_are_read_only_where_they_are_seen() -> None:
    clock, script = Clock(), filed()
    async with opened(script, (80, 24), clock) as (app, pilot):
        assert script.archive.asked == []
        await press(pilot, "4")
        assert "[4 DIFF]" in seen(app) and "MemorySize" in seen(app)
        assert script.archive.asked == ["compare 41 42"]
        await press(pilot, "5")
        assert "[5 LOGS]" in seen(app) and "×11 14:05:30" in seen(app)
        await press(pilot, "1")
        for _ in range(6):
            clock.at += 15.0
            app.tick()
            await settle(pilot)
        assert script.archive.asked == ["compare 41 42", "errors v42"]


async def test_a_pane_that_stays_open_is_read_twice_a_minute_and_the_diff_once() -> None:
    clock, script = Clock(), filed()
    async with opened(script, (200, 60), clock) as (app, pilot):
        for _ in range(12):
            clock.at += 10.0
            app.tick()
            await settle(pilot)
    assert script.archive.asked.count("compare 41 42") == 1
    assert script.archive.asked.count("errors v42") == 5


async def test_another_rollout_has_other_panes() -> None:
    other = builders.snapshot(Routing(40, 41, 10.0))
    script = Script([builders.shifting(), other], archive=Archive())
    clock = Clock()
    async with opened(script, (200, 60), clock) as (app, pilot):
        clock.at += 5.0
        app.tick()
        await settle(pilot)
    assert script.archive.asked == ["compare 41 42", "errors v42", "compare 40 41", "errors v41"]


async def test_enter_opens_what_a_pane_is_about() -> None:
    async with opened(filed()) as (app, pilot):
        await press(pilot, "4", "enter")
        assert isinstance(app.screen, DiffScreen)
        await press(pilot, "escape", "5", "enter")
        assert isinstance(app.screen, LogsScreen)


async def test_the_errors_of_a_past_are_those_of_its_time() -> None:
    script = filed()
    async with opened(script) as (app, pilot):
        await press(pilot, "h", "down", "enter", "l")
        assert isinstance(app.screen, PastLogsScreen)
        assert script.archive.asked[-1] == "errors v42 14:03:10 14:08:50"


async def test_a_pane_that_may_not_be_read_says_so_and_the_others_stay() -> None:
    denied = PermissionDenied(
        "no permission: lambda:GetFunctionConfiguration", action="lambda:GetFunctionConfiguration"
    )
    async with opened(filed(refusal=denied, errors=[DENIED]), (200, 60)) as (app, _):
        screen = seen(app)
        assert "? diff not known: no permission:" in screen
        assert "lambda:GetFunctionConfiguration" in screen
        assert "? logs not known: no permission: logs:FilterLogEvents" in screen
        assert "checkout-5xx" in screen


async def test_a_running_rollout_is_not_revisited() -> None:
    running = Refused("d-7K2QXB1 is still running: the rollout screen shows it")
    async with opened(filed(revisits=[running])) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        assert "is still running" in seen(app)


def test_what_came_late_for_another_pair_is_not_shown() -> None:
    reading: Reading[int] = Reading(about=(41, 42))
    reading.looking = True
    reading.turn_to((40, 42))
    reading.took((41, 42), 1, 1.0)
    assert (reading.value, reading.looking) == (None, False)
    assert reading.is_due(0.0)
