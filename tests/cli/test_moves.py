"""Since when the split is on that was made here: told by the audit log, for a first look, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lambdactl.cli.audit_log import path
from lambdactl.cli.moves import with_our_move
from lambdactl.model import Routing, Snapshot, Target
from tests.cli.conftest import Run
from tests.cli.shop import Shop, measured
from tests.plan.samples import NOW

LIVE = ("-f", "checkout:live")


def shift(cli: Run, shop: Shop, weight: int, at_s: float) -> None:
    shop.seconds = at_s
    assert cli("shift", "--to", "42", "--weight", str(weight), *LIVE, "--yes").code == 0


def looked(shop: Shop) -> Snapshot:
    return with_our_move(shop.snapshot(Target("checkout", "live")))


def test_a_split_made_here_is_known_by_its_revision(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 60.0)
    shift(cli, shop, 25, 600.0)
    seen = looked(shop)
    assert seen.split_since == NOW + timedelta(seconds=60)
    assert seen.weight_since == NOW + timedelta(seconds=600)


def test_after_an_abort_it_is_the_second_split(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 60.0)
    assert cli("abort", *LIVE, "--yes").code == 0
    shift(cli, shop, 10, 600.0)
    seen = looked(shop)
    assert seen.split_since == seen.weight_since == NOW + timedelta(seconds=600)
    assert seen.unsplit_at == NOW + timedelta(seconds=600)


def test_a_change_from_elsewhere_is_not_known(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 60.0)
    shop.route(Routing(41, 42, 20.0))
    assert looked(shop).split_since is None
    shift(cli, shop, 25, 600.0)
    seen = looked(shop)
    assert (seen.split_since, seen.weight_since) == (None, NOW + timedelta(seconds=600))


def test_what_a_look_has_seen_itself_stays(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 60.0)
    seen = replace(shop.snapshot(Target("checkout", "live")), weight_since=NOW)
    assert with_our_move(replace(seen, split_since=NOW)).weight_since == NOW
    whole = with_our_move(seen)
    assert (whole.split_since, whole.weight_since) == (NOW + timedelta(seconds=60), NOW)


def test_a_log_that_cannot_be_read_is_said(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 60.0)
    with path().open("a") as log:
        log.write("{\n")
    assert "not read   ? audit log  line 3 of" in cli("status", *LIVE).out


def test_just_after_a_shift_nobody_is_blamed_for_what_came_before(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 0.0)
    shop.metrics = measured(v41=((90, 0),) * 60, v42=((10, 0),) * 20 + ((0, 0),) * 40)
    said = cli("status", *LIVE).out
    assert "v42 has 10 % but no calls were measured yet" in said
    assert "measured: no calls yet" in said


def test_the_failure_of_an_earlier_split_is_told_and_does_not_count(cli: Run, shop: Shop) -> None:
    shift(cli, shop, 10, 0.0)
    assert cli("abort", *LIVE, "--yes").code == 0
    shift(cli, shop, 10, 1500.0)
    shop.seconds = 1800.0
    bad, parted, good = ((10, 5),) * 20, ((0, 0),) * 10, ((10, 0),) * 30
    shop.metrics = measured(v41=((90, 0),) * 60, v42=bad + parted + good)
    said = cli("status", *LIVE)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].endswith(" · an earlier split was FAIL")
    told = "✖ an earlier split of the two was FAIL at 13:"
    assert any(line.startswith(f"earlier    {told}") for line in lines)
