"""Before any traffic: the exact new version must answer, and know its own number."""

import os

from checks import Failed, answering_version, report

VERSION_ARN = os.environ["VERSION_ARN"]
VERSION = os.environ["VERSION"]


def new_version_answers():
    answered = answering_version(VERSION_ARN)
    if answered != VERSION:
        raise Failed(f"{VERSION_ARN} says that it is version {answered}, not {VERSION}")
    return f"version {VERSION} answers"


def handler(event, context):
    return report(event, new_version_answers)
