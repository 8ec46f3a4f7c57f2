"""Metric math: expressions over series, as GetMetricData and alarms take them.

::

    parser      text -> tree
    values      what a tree is made of and evaluates to: number, series, array of series
    arithmetic  + - * / ^, comparisons, AND, OR
    functions   FILL, IF, SUM, METRICS, RATE, ...
    evaluate    tree -> value

Source: the CloudWatch User Guide, "Metric math syntax and functions". [D] Where it says nothing,
the choice is marked [?] beside the code.
"""

from __future__ import annotations

from lambdactl.sandbox.cloudwatch.expressions.evaluate import Scope, evaluate
from lambdactl.sandbox.cloudwatch.expressions.parser import names_in, parse
from lambdactl.sandbox.cloudwatch.expressions.values import MathError, TimeSeries, Value

__all__ = ["MathError", "Scope", "TimeSeries", "Value", "evaluate", "names_in", "parse"]
