"""What is told of a deploy for which nothing was uploaded yet."""

from __future__ import annotations

from lambdactl.plan.outline import Sketch, plan_outline
from tests.plan.samples import PLACE

RESOURCES = {
    "F": {"Type": "AWS::Serverless::Function"},
    "T": {"Type": "AWS::SNS::Topic", "Condition": "IsLoud"},
}


def test_a_new_stack_gets_all_that_the_template_has() -> None:
    plan = plan_outline(Sketch(PLACE, "shop", "b", RESOURCES, None, ("app/",)))
    assert plan.actions == ()
    assert [(c.action, c.logical_id) for c in plan.changes] == [("Add", "F"), ("Add", "T")]
    assert plan.notes[:-1] == (
        "would make bucket b: private, encrypted",
        "would upload app/",
        "would make stack shop, with all traffic at once",
        "the SAM transform adds what belongs to these: roles, versions, aliases",
        "conditions of the template are not evaluated",
    )


def test_of_a_stack_that_is_there_only_the_new_is_known() -> None:
    held = frozenset({"F", "FAliaslive"})
    plan = plan_outline(Sketch(PLACE, "shop", "b", RESOURCES, held, ()))
    assert [c.logical_id for c in plan.changes] == ["T"]
    assert "would update stack shop; which of 1 that it has change is not known" in plan.notes
