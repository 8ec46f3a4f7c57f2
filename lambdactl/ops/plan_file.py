"""A prune of many functions as a file: made, reviewed by a person, applied later.

JSON Lines, so that neither writing nor applying holds it in memory, and ``jq`` reads it as it is.
A section for each region: a head (account, region, caller, criteria, totals), one line a function
with every version's verdict, its rule and its reason, one line a layer version, and a foot with the
checksum of the section. A plan is not edited by hand: one that was cut off or changed is refused,
for a ``keep`` turned into ``delete`` would be deleted.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lambdactl.errors import Refused, Stale, UsageError
from lambdactl.model import Alias, Place, Routing, Snapshot
from lambdactl.model_storage import LayerVersion
from lambdactl.ops.spool import alias_row, row_of, verdicts_from
from lambdactl.plan.actions import FunctionPlan, Plan
from lambdactl.plan.layers import LayerVerdict
from lambdactl.plan.protecting import Criteria

KIND = "PrunePlan"
LIFE = timedelta(hours=1)
OURS = 0o600
"""From the first byte on: a plan says what an account has, and who made it."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """What a section of a plan says of itself."""

    id: str
    made: datetime
    place: Place
    caller_arn: str
    scope: str
    criteria: Criteria
    functions: int
    skipped: int
    deletes: int
    keeps: int
    frees: int
    """Bytes, at most."""
    layers: int = 0
    """Layer versions to delete."""


@dataclass(frozen=True, slots=True)
class Section:
    """One region of a plan file; its functions are read anew each time they are asked for."""

    path: Path
    offset: int
    head: Head

    def functions(self) -> Iterator[FunctionPlan]:
        return (plan_from(row) for row in self._rows() if "function" in row)

    def layers(self) -> Iterator[LayerVerdict]:
        return (layer_from(row) for row in self._rows() if "layer" in row)

    def _rows(self) -> Iterator[Row]:
        with self.path.open(encoding="utf-8") as file:
            file.seek(self.offset)
            for line in file:
                row = json.loads(line)
                if row.get("kind") == f"{KIND}End":
                    return
                yield row


def write_section(
    path: Path, head: Head, functions: Iterable[Row], layers: Iterable[LayerVerdict] = ()
) -> Section:
    """Append a section to ``path``."""
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=OURS)
    path.chmod(OURS)
    with path.open("a", encoding="utf-8") as file:
        put(file, digest, head_row(head))
        offset = file.tell()
        for row in functions:
            put(file, digest, row)
        for layer in layers:
            put(file, digest, layer_row(layer))
        foot = {"kind": f"{KIND}End", "plan": head.id, "sha256": digest.hexdigest()}
        file.write(f"{json.dumps(foot)}\n")
    return Section(path, offset, head)


def write_plan(path: Path, plan: Plan, snapshot: Snapshot, caller_arn: str) -> Section:
    """The plan of one function, as it was made of ``snapshot``, as a file of its own.

    Its hour begins when AWS was read. Raises UsageError where it cannot be written, and where
    ``path`` is there already, which is left as it is. What was written by half is removed.
    """
    head, row = head_of(plan, snapshot, caller_arn), function_row(plan, snapshot.aliases)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=OURS, exist_ok=False)
        try:
            return write_section(path, head, [row])
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"no plan is written to {path}", why=error.strerror) from error


def head_of(plan: Plan, snapshot: Snapshot, caller_arn: str) -> Head:
    deletes = len(plan.actions)
    return Head(
        id=new_id(),
        made=snapshot.taken,
        place=plan.place,
        caller_arn=caller_arn,
        scope=f"function {plan.target.function}",
        criteria=Criteria(plan.keep or Criteria().keep, only=plan.only),
        functions=1,
        skipped=0,
        deletes=deletes,
        keeps=len(plan.verdicts) - deletes,
        frees=plan.frees,
    )


def function_row(plan: Plan, aliases: Iterable[Alias]) -> Row:
    """As a plan of an account has it, one line for each of its functions."""
    return {
        "function": plan.target.function,
        "stack": plan.stack,
        "skipped": None,
        "aliases": [alias_row(alias) for alias in aliases],
        "versions": [row_of(verdict) for verdict in plan.verdicts],
    }


def put(file: Any, digest: Any, row: Row) -> None:
    line = f"{json.dumps(row, ensure_ascii=True)}\n"
    digest.update(line.encode())
    file.write(line)


def read_sections(path: Path) -> tuple[Section, ...]:
    """Every section of a plan file, verified. UsageError; Refused if it was cut off or edited."""
    try:
        with path.open(encoding="utf-8") as file:
            return tuple(sections_in(path, file))
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no plan {path}", hint=f"lambdactl prune --all-functions --plan {path}"
        ) from error
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} cannot be read as a plan",
            why=f"{type(error).__name__}: {error}",
            hint="lambdactl prune --plan FILE   writes one",
        ) from error


def sections_in(path: Path, file: Any) -> Iterator[Section]:
    while line := file.readline():
        digest = hashlib.sha256(line.encode())
        head, offset = head_from(json.loads(line)), file.tell()
        for row_line in iter(file.readline, ""):
            row = json.loads(row_line)
            if row.get("kind") == f"{KIND}End":
                break
            digest.update(row_line.encode())
        else:
            raise Refused(f"plan {path} is cut off", hint="make it again")
        if row.get("sha256") != digest.hexdigest():
            raise Refused(
                f"plan {path} has been changed since it was made",
                why="the checksum of its lines is not the one it was written with",
                hint="make it again, with --pins FILE or --keep to protect more",
            )
        yield Section(path, offset, head)


def refuse_unfit(head: Head, place: Place, now: datetime, last_sign: datetime | None) -> None:
    """Stale or Refused unless the plan is for this place and of this hour.

    ``last_sign`` is when the plan's journal was last written: a run that was cut off may go on for
    an hour from then.
    """
    for what, planned, here in (
        ("account", head.place.account_id, place.account_id),
        ("region", head.place.region, place.region),
        ("endpoint", head.place.endpoint or "AWS", place.endpoint or "AWS"),
    ):
        if planned != here:
            raise Refused(
                f"this plan is for {what} {planned}, and these credentials lead to {here}",
                hint=f"apply it where it was made, or plan again for {here}",
            )
    since = max(head.made, last_sign) if last_sign else head.made
    if now - since > LIFE:
        raise Stale(
            f"the plan was made at {head.made:%Y-%m-%d %H:%M} UTC, more than an hour ago",
            why="what uses a version may have changed since",
            hint="make it again: what is gone already is not in the new one",
        )


def new_id() -> str:
    return uuid.uuid4().hex[:12]


def head_row(head: Head) -> Row:
    return {
        "apiVersion": "lambdactl/v1",
        "kind": KIND,
        "plan": head.id,
        "made": head.made.astimezone(UTC).isoformat(),
        "place": dataclasses.asdict(head.place),
        "caller_arn": head.caller_arn,
        "scope": head.scope,
        "criteria": dataclasses.asdict(head.criteria),
        "functions": head.functions,
        "skipped": head.skipped,
        "deletes": head.deletes,
        "keeps": head.keeps,
        "frees_bytes": head.frees,
        "layer_versions": head.layers,
    }


def head_from(row: Row) -> Head:
    if row.get("kind") != KIND:
        raise ValueError(f"it begins with {row.get('kind')!r}, not with {KIND}")
    return Head(
        id=row["plan"],
        made=datetime.fromisoformat(row["made"]),
        place=Place(**row["place"]),
        caller_arn=row["caller_arn"],
        scope=row["scope"],
        criteria=criteria_from(row["criteria"]),
        functions=row["functions"],
        skipped=row["skipped"],
        deletes=row["deletes"],
        keeps=row["keeps"],
        frees=row["frees_bytes"],
        layers=row["layer_versions"],
    )


def criteria_from(row: Row) -> Criteria:
    only = row.get("only")
    return Criteria(**{**row, "only": None if only is None else tuple(only)})


def plan_from(row: Row) -> FunctionPlan:
    return FunctionPlan(
        function=row["function"],
        verdicts=verdicts_from(v for v in row["versions"] if v["fate"] in ("keep", "delete")),
        aliases=tuple(alias_from(a) for a in row["aliases"]),
        stack=row["stack"],
        skipped=row["skipped"],
    )


def alias_from(row: Row) -> Alias:
    weight = row["weight_percent"]
    routing = Routing(row["stable"], row["canary"], 0.0 if weight is None else weight)
    return Alias(row["name"], "", routing, row["revision_id"])


def layer_row(verdict: LayerVerdict) -> Row:
    layer = verdict.layer
    return {
        "layer": layer.name,
        "version": layer.number,
        "arn": layer.arn,
        "fate": verdict.fate,
        "reason": verdict.reason,
        "code_size_bytes": layer.code_size,
        "created": layer.created.isoformat() if layer.created else None,
    }


def layer_from(row: Row) -> LayerVerdict:
    created = datetime.fromisoformat(row["created"]) if row["created"] else None
    layer = LayerVersion(row["layer"], row["version"], row["arn"], row["code_size_bytes"], created)
    return LayerVerdict(layer, row["fate"], row["reason"])
