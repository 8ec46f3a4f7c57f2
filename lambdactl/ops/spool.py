"""The versions of an account on disk while a prune is planned: memory does not grow with them.

A private temporary database that nobody else can open and that is gone with the process. The sweep
writes into it in whatever order AWS answers; the plan reads it function by function.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from lambdactl.aws.fleet import Swept
from lambdactl.model import Version
from lambdactl.plan.actions import FunctionPlan, VersionVerdict
from lambdactl.plan.prune import counted_size

SCHEMA = """
pragma cache_size = -1000;
create table version (
    function text, number integer, published real, size integer, sha text, data text,
    fate text, reason text, rule integer,
    primary key (function, number)) without rowid;
create table function (
    name text primary key, stack text, aliases text, skipped text, frees integer default 0);
create table layer (arn text primary key, size integer);
"""
NUMBERED = "number > 0"


class Spool:
    """One account's versions, verdicts and attached layers. To be used by one thread."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.executescript(SCHEMA)

    def close(self) -> None:
        self._base.close()

    def add(self, page: Swept) -> None:
        """A version that moved to a later page while pages were read comes twice: the same row."""
        self._base.execute("begin")
        self._base.executemany(
            "insert or replace into version (function, number, published, size, sha, data)"
            " values (?, ?, ?, ?, ?, ?)",
            [version_row(name, version) for name, version in page.rows],
        )
        self._base.executemany(
            "insert or replace into layer values (?, ?)", list(page.layers.items())
        )
        self._base.execute("commit")

    def functions(self) -> list[str]:
        """The names, sorted. One name a function, however many versions it has."""
        rows = self._base.execute("select distinct function from version order by function")
        return [name for (name,) in rows]

    def count(self) -> int:
        (count,) = self._base.execute(f"select count(*) from version where {NUMBERED}").fetchone()
        return int(count)

    def versions(self, function: str) -> tuple[Version, ...]:
        """The published versions of one function, oldest first."""
        rows = self._base.execute(
            f"select number, published, size, sha, data from version where function = ?"
            f" and {NUMBERED} order by number",
            (function,),
        )
        return tuple(version_from(*row) for row in rows)

    def layers(self) -> dict[str, int]:
        """ARN of each attached layer version -> its bytes."""
        return dict(self._base.execute("select arn, size from layer"))

    def attached(self) -> frozenset[str]:
        """The layer versions of what stays: ``$LATEST``, and every version not to be deleted."""
        rows = self._base.execute("select data from version where fate is not 'delete'")
        return frozenset(arn for (data,) in rows for arn in json.loads(data).get("layers", ()))

    def judge(self, plan: FunctionPlan) -> None:
        """Take in what was decided of one function."""
        frees = sum(d.code_size for d in plan.deletes)
        aliases = json.dumps([alias_row(a) for a in plan.aliases])
        self._base.execute("begin")
        self._base.execute(
            "insert or replace into function values (?, ?, ?, ?, ?)",
            (plan.function, plan.stack, aliases, plan.skipped, frees),
        )
        self._base.executemany(
            "update version set fate = ?, reason = ?, rule = ?, size = ?"
            " where function = ? and number = ?",
            [
                (v.fate, v.reason, v.rule, v.code_size, plan.function, v.version)
                for v in plan.verdicts
            ],
        )
        self._base.execute("commit")

    def stop_at(self, gain: int, reason: str) -> None:
        """Delete the largest only, until ``gain`` bytes are freed; the rest is kept."""
        self._base.execute("begin")
        self._base.execute(
            "update version set fate = 'keep', reason = ? where (function, number) in ("
            " select function, number from ("
            "  select function, number, sum(size) over ("
            "   order by size desc, published, function, number"
            "   rows between unbounded preceding and 1 preceding) as before"
            "  from version where fate = 'delete')"
            " where coalesce(before, 0) >= ?)",
            (reason, gain),
        )
        self._base.execute(
            "update function set frees = (select coalesce(sum(size), 0) from version"
            " where version.function = function.name and fate = 'delete')"
        )
        self._base.execute("commit")

    def plans(self) -> Iterator[dict[str, Any]]:
        """One document a function, those that free most first."""
        named = self._base.execute(
            "select name, stack, aliases, skipped from function order by frees desc, name"
        ).fetchall()
        for name, stack, aliases, skipped in named:
            rows = self._base.execute(
                f"select number, fate, rule, reason, size, sha, published from version"
                f" where function = ? and {NUMBERED} order by number desc",
                (name,),
            )
            yield {
                "function": name,
                "stack": stack,
                "skipped": skipped,
                "aliases": json.loads(aliases),
                "versions": [verdict_row(*row) for row in rows],
            }

    def select(self, query: str, values: Collection[Any] = ()) -> list[Any]:
        """Rows of a question of one's own."""
        return self._base.execute(query, tuple(values)).fetchall()


def version_row(function: str, version: Version) -> tuple[Any, ...]:
    data = {
        "description": version.description,
        "package_type": version.package_type,
        "layers": version.layers,
        "memory_mb": version.memory_mb,
        "runtime": version.runtime,
        "durable": version.durable,
        "managed": version.managed,
        "snap_start": version.snap_start,
    }
    published = version.published.timestamp() if version.published else None
    told = json.dumps({k: v for k, v in data.items() if v})
    return function, version.number, published, counted_size(version), version.code_sha256, told


def version_from(number: int, published: float | None, size: int, sha: str, data: str) -> Version:
    told = {"description": "", "memory_mb": None, "runtime": None, **json.loads(data)}
    told["layers"] = tuple(told.get("layers", ()))
    return Version(
        number=number,
        published=moment(published),
        code_sha256=sha,
        code_size=size,
        handler=None,
        timeout_s=None,
        role="",
        dead_letter_arn=None,
        **told,
    )


def moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


def alias_row(alias: Any) -> dict[str, Any]:
    routing = alias.routing
    return {
        "name": alias.name,
        "stable": routing.stable,
        "canary": routing.canary,
        "weight_percent": routing.weight if routing.split else None,
        "revision_id": alias.revision_id,
    }


def verdict_row(
    number: int,
    fate: str | None,
    rule: int | None,
    reason: str | None,
    size: int,
    sha: str,
    published: float | None,
) -> dict[str, Any]:
    at = moment(published)
    return {
        "version": number,
        "fate": fate or "unknown",
        "rule": rule,
        "reason": reason,
        "code_size_bytes": size,
        "code_sha256": sha,
        "published": at.isoformat() if at else None,
    }


def row_of(verdict: VersionVerdict) -> dict[str, Any]:
    """As ``verdict_row``, of a verdict that was never in a spool."""
    at = verdict.published.timestamp() if verdict.published else None
    told = (verdict.rule, verdict.reason, verdict.code_size, verdict.code_sha256)
    return verdict_row(verdict.version, verdict.fate, *told, at)


def verdicts_from(rows: Iterable[dict[str, Any]]) -> tuple[VersionVerdict, ...]:
    return tuple(
        VersionVerdict(
            row["version"],
            row["fate"],
            row["reason"],
            row["code_size_bytes"],
            row["rule"],
            row["code_sha256"],
            datetime.fromisoformat(row["published"]) if row["published"] else None,
        )
        for row in rows
    )
