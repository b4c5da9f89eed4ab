"""Each option beside JSON and beside CSV changes what is written, is refused, or asks for what stands there anyway."""

from __future__ import annotations

import pytest
from support.command_line import said

from runway.cli import main
from runway.cli.app import application
from runway.cli.command import COMMANDS

ASKED = {
    "project openai-2025": (
        "--counting cash-in-hand", "--for 24m", "--by quarter", "--by week", "--show cash", "--unit millions", "--long",
    ),
    "scenarios openai-2025": ("--only no_stargate", "--counting cash-in-hand", "--unit thousands"),
    "check lemonade": ("--format junit", "--unit thousands"),
    "statements lemonade": ("--by quarter", "--unit thousands"),
    "metrics saas-startup": ("--by quarter", "--unit thousands"),
    "sensitivity openai-2025": (
        "--param revenue", "--range -20%..20%", "--steps 3", "--grid --param burn --param revenue", "--all", "--break",
        "--counting cash-in-hand", "--metric gap", "--at-least 6m", "--unit thousands",
    ),
    "solve openai-2025": (
        "--vary revenue", "--so-that runway>=12m", "--range -1%..1%", "--counting cash-in-hand", "--unit thousands",
        "--save scenario x",
    ),
    "compare lemonade -s rain": ("--metric gap", "--counting cash-in-hand", "--unit thousands"),
    "simulate openai-2025 --paths 64 --engine numpy": (
        "--counting cash-in-hand", "--by 2026-06", "--against demand_slump", "--seed 2", "--sampling sobol",
        "--until 20%", "--unit thousands",
    ),
    "portfolio openai.toml --paths 0": ("--seed 2", "--engine numpy", "--counting cash-in-hand", "--holder softbank"),
    "clause openai-2025": ("--unit thousands",),
    "captable saas-startup": ("--at 2027-06", "--unit thousands"),
    "exit saas-startup --value 20M": (
        "--date 2027-06-30", "--range 0..50M", "--steps 3", "--rate 10%/year", "--value 5M", "--unit thousands",
    ),
    "explain saas-startup team.cost 2027-01": ("--depth 1", "--unit thousands"),
    "sources openai-2025": ("--older-than 1m", "--at 2026-12-31", "--counting cash-in-hand", "--unit thousands"),
    "variance saas-startup-actuals": ("--month 2026-01", "--counting certain", "--unit thousands"),
    "backtest saas-startup-actuals": ("--every quarter", "--horizon 2m", "--simulate 64", "--unit thousands"),
}  # fmt: skip
ANYWAY = {"--full", "--no-pager"}  # JSON and CSV have the whole, and no pager
READ = {"--scenario", "--set", "--as-of", "--allow-unmapped", "--since", "--vintages"}  # what model is read
RUN = {"--workers", "--cluster", "--insist", "--strict", "--checks", "--watch", "--save-vintage", "--paths-out"}
WRITTEN = {"--json", "--csv", "--markdown", "--html"}
OF_FILES = {"guide", "kinds", "models", "import"}  # no model is asked


def answered(capsys, words):
    code = main(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err.partition("\n")[0]


def test_every_option_is_asked_below():
    asked = {(line.split()[0], word) for line, texts in ASKED.items() for word in " ".join([line, *texts]).split()}
    for name, command in application().commands.items():
        if COMMANDS[name].reports and name not in OF_FILES:
            options = {option for param in command.params if param.param_type_name == "option" for option in param.opts}
            long = {option for option in options if option.startswith("--")} - ANYWAY - READ - RUN - WRITTEN
            assert {option for option in long if (name, option) not in asked} == set(), name


@pytest.mark.parametrize("written", [["--json"], ["--csv", "-"]], ids=" ".join)
@pytest.mark.parametrize("line", ASKED)
def test_an_option_has_an_effect_or_is_refused(capsys, tmp_path, monkeypatch, line, written):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openai.toml").write_text('extends = "openai-2025"\n', encoding="utf-8")
    plain = answered(capsys, [*line.split(), *written])
    assert plain[0] in (0, 1)
    for text in ASKED[line]:
        code, out, said = answered(capsys, [*line.split(), *text.split(), *written])
        refused = said in ("option-without-effect", "two-outputs", "long-without-csv")
        assert code == 2 if refused else code in (0, 1), (text, said)
        assert refused or out != plain[1], text


def test_what_stands_alone_is_told_before_an_output_is_advised(capsys):
    """Advice to take --json beside --break would be refused in turn."""
    text = said(capsys, "sensitivity", "lemonade", "--all", "--break", "--csv", "-")
    assert text.startswith("all-stands-alone\n")
