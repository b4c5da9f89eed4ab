"""Words: every head and label of every report that is a term of the field has a page."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import chain

import pytest
from support.output_fixtures import big_round, lemonade

import runway
from runway.answers.project import project_model
from runway.answers.word import Word, glossary, is_word
from runway.cli import main
from runway.render.report import Findings, Table, plain
from runway.render.terminal import report_lines
from runway.reports import maker

MODELS = ("lemonade", "openai-2025", "saas-startup", "saas-startup-actuals", "venture-debt")
EVERYDAY = frozenset(
    """a above after all amount apart as assumption at b base before by came change changes class company converts
    cost customers date days drop each else end eur figure figures file for found free from full high holders how if
    in interest investors is it last later left lender line low made may met month months more name need new next no
    not now of on one or out over paid part passed people period preference rate repaid required round row run
    scenario share so sold strike subscribers sum than the then this time title to total under until usd use used
    value way what when where with year""".split()
)
"""Words that anyone knows, of which heads and labels that are no terms are made."""


def answers(name):
    """What each command answers of a model, and its report."""
    plan = runway.load(name)
    found = [runway.project(plan), runway.scenarios(plan), runway.check(plan), runway.sensitivity(plan)]
    found += [runway.sensitivity(plan, (), everything=True), runway.sources(plan), runway.clause(plan)]
    found += [runway.simulate(plan, paths=200), runway.solve(plan, so_that="runway >= 9 months")]
    found += [runway.compare(plan.model.original.title, set={"levers.burn": "+10%"}), runway.explain(plan, "runway")]
    if plan.model.captable is not None:
        found += [runway.captable(plan), runway.exit(plan, 50_000_000, rate=0.1), runway.exit(plan, [10**7, 2 * 10**7])]
    if plan.model.actuals is not None:
        found += [runway.variance(plan), runway.backtest(plan, simulate=20)]
    return plan, found


def terms(report):
    """The heads and labels of a report's tables and findings."""
    for block in chain(*report.sections):
        if isinstance(block, Table):
            yield from (text.replace("\n", " ") for column in block.columns for text in (column.head, column.over))
            yield from (text for row in block.rows if isinstance(text := plain(row.cells[0]), str))
        elif isinstance(block, Findings):
            yield from (label for label, _ in block.pairs)


def names_of(plan):
    """What the file calls things: names and titles of its parts, its scenarios, sources and holders."""
    texts = [text for text in walk(plan.model.original.data) if isinstance(text, str)]
    return {spaced(text).lower() for text in texts}


def spaced(text):
    """Words with a blank between them."""
    return re.sub(r"[_.\s,:;/()$]+", " ", text).strip()


def walk(data):
    if isinstance(data, dict):
        yield from chain(data, *map(walk, data.values()))
    elif isinstance(data, list):
        yield from chain(*map(walk, data))
    else:
        yield data


NUMBER = re.compile(
    r"\(?[-−+±<>=]*\d[\d,.]*[kMBTx%]?\)?|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|[A-Z][a-z]{2}–[A-Z][a-z]{2}|[a-z]\)|\([a-z]|…|·|\W+"
)


def unexplained(text, names):
    """What is left of a head or label without words of the glossary, names of the file, figures and everyday words."""
    left = spaced(text)
    if is_word(text) or is_word(left) or left.lower() in names or "levers" in left or ">=" in text:
        return ""
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 2:
            left = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", left, flags=re.IGNORECASE)
    words = left.split()
    while words:
        for size in range(len(words), 0, -1):
            if is_word(" ".join(words[:size])):
                words = words[size:]
                break
        else:
            first = words.pop(0)
            if first.lower() not in EVERYDAY and not NUMBER.fullmatch(first):
                return text
    return ""


@pytest.mark.parametrize(
    "name",
    [name if name in ("lemonade", "openai-2025") else pytest.param(name, marks=pytest.mark.proof) for name in MODELS],
)
def test_every_head_and_label_has_a_page_or_is_a_name_of_the_file(name):
    plan, found = answers(name)
    names = names_of(plan)
    left = set()
    for answer in found:
        report = maker(answer)(answer)
        left |= {(type(answer).__name__, term) for term in terms(report) if unexplained(term, names)}
    assert not left, sorted(left)


@pytest.mark.parametrize("projection", [lemonade(), big_round()], ids=["lemonade", "big_round"])
def test_the_hand_made_reports_too(projection):
    names = {line.title.lower() for section in projection.sections for line in section.lines}
    names |= {row.address.replace(".", " ") for row in projection.measures}
    names |= {milestone.title.lower() for milestone in projection.milestones}
    names |= {round_.title.lower() for round_ in projection.rounds} | {round_.name for round_ in projection.rounds}
    report = import_module("runway.reports.project").report(projection)
    assert [
        term for term in terms(report) if unexplained(term, {re.sub("_", " ", name) for name in names} | names)
    ] == []


def page(capsys, *words):
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_a_word_has_its_meaning_formula_source_and_the_value_of_the_model(capsys):
    text = page(capsys, "saas-startup", "net-burn")
    burn = runway.project("saas-startup").net_burn
    assert text.startswith("SaaS startup · base · EUR thousands\n\nnet burn\n  What leaves in a month")
    assert "\n  formula        gross burn - receipts" in text
    assert re.search(rf"\n  net burn +{burn / 1000:,.1f} ", text)
    told = runway.explain("saas-startup", "certain").to_dict()
    certain = runway.project("saas-startup").runway[1]
    assert [value["value"] for value in told["values"]] == [
        None if certain.months is None else pytest.approx(certain.months),
        None if certain.zero_cash_date is None else certain.zero_cash_date.isoformat(),
        certain.lowest_cash,
    ]


@pytest.mark.parametrize("words", [("net burn",), ("net", "burn"), ("Net-Burn",)])
def test_a_word_of_several_needs_no_quotes(capsys, words):
    assert page(capsys, "saas-startup", *words) == page(capsys, "saas-startup", "net-burn")


def test_a_word_without_a_model_is_its_page_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = page(capsys, "Effective pre-money")
    assert text.startswith("effective pre-money\n  What a round pays for the shares")
    assert text.endswith("shows what a model has of it.\n")
    assert main(["init"]) == 0
    capsys.readouterr()
    assert "Seed round first    4,428.9    31 Mar 2026" in page(capsys, "effective pre-money")


def test_a_name_of_the_file_comes_before_a_word(load, capsys):
    text = """
        [costs.headroom]
        kind = "recurring"
        amount = "100/month"
    """
    plan = load(text)
    assert runway.explain(plan, "headroom").term.address == "headroom.cost"
    assert runway.explain(plan, "covenant").word == "covenant"


@pytest.mark.proof
@pytest.mark.parametrize("name", MODELS)
def test_every_word_can_be_asked_of_every_model(name, monkeypatch):
    plan = runway.load(name)
    projection = project_model(plan)
    monkeypatch.setattr("runway.answers.project.project_model", lambda *_, **__: projection)  # not anew for every word
    for text in dict.fromkeys(word for word, _ in glossary().values()):
        if not isinstance(answer := runway.explain(plan, text), Word):  # a name of the file comes first
            assert text in ("runway", *(item.name for item in plan.model.items)), text
            continue
        assert answer.means.endswith("."), text
        report = import_module("runway.reports.word").report(answer)
        assert all(len(line.plain) <= 80 for line in report_lines(report, 80)), text


def test_a_word_by_the_month_is_refused(capsys):
    assert main(["explain", "lemonade", "certain", "2025-03"]) == 2
    assert capsys.readouterr().err.startswith("not-by-month\nWhat certain means is one for the whole model")
