"""The checks of a file as a build server reads them: annotations of GitHub, or JUnit's XML."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from runway.errors import printable
from runway.render.figures import scale
from runway.reports.check import figure

if TYPE_CHECKING:
    from runway.answers.check import CheckResult, Checks


def github(checks: Checks) -> str:
    """A workflow command for each check that fails, so that its line of the file is marked; source: GitHub's manual."""
    lines = []
    for check in checks.checks:
        if not check.holds:
            place = f"file={_property(check.file)},line={check.line},title={_property(check.title)}"
            lines.append(f"::error {place}::{_data(outcome(checks, check))}")
    failed = sum(not check.holds for check in checks.checks)
    lines.append(f"::notice::{_data(f'{len(checks.checks)} checks of {checks.model}, {failed} failed')}")
    return "\n".join(lines) + "\n"


def junit(checks: Checks) -> str:
    """A test suite of a test case for each check, as the JUnit reader of every build server takes it."""
    cases = []
    for check in checks.checks:
        about = f"name={_quoted(check.title)} classname={_quoted(check.file)} file={_quoted(check.file)}"
        case = f'    <testcase {about} line="{check.line}"'
        if check.holds:
            cases.append(f"{case}/>")
            continue
        text = outcome(checks, check)
        failure = f"<failure message={_quoted(text)}>{escape(f'{printable(check.says)}: {text}')}</failure>"
        cases.append(f"{case}>{failure}</testcase>")
    failed = sum(not check.holds for check in checks.checks)
    counts = f'tests="{len(checks.checks)}" failures="{failed}" errors="0"'
    suite = f"  <testsuite name={_quoted(checks.model)} {counts}>"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([head, f"<testsuites {counts}>", suite, *cases, "  </testsuite>", "</testsuites>"]) + "\n"


def outcome(checks: Checks, check: CheckResult) -> str:
    """The expected and the modelled value of a check, in words."""
    amounts = [value for value in (check.expected, check.modelled) if check.unit == "money" and isfinite(value)]
    unit = scale(checks.currency, checks.minor_digits, amounts)
    compared = "" if check.unit == "condition" or check.within is not None else f"{check.comparison} "
    money = f" {unit.label}" if check.unit == "money" else ""
    text = f"expected {compared}{figure(check, check.expected, unit)}{money}, is {figure(check, check.modelled, unit)}"
    return printable(" · ".join(filter(None, (text + money, check.when))))


def _data(text: str) -> str:
    """The text of a workflow command, with the characters escaped that would end it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _quoted(text: str) -> str:
    return quoteattr(printable(text))
