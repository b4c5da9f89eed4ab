"""Broken files: whatever is done to an assumption file, the answer is a projection or located problems, never a crash.

Three ways to break one, each repeatable: characters and lines of the bundled models changed at random; every key of a
file that uses all of them given a value of another type; and figures that are absurd but well formed.
"""

from __future__ import annotations

import json
import random
import tomllib
import warnings
from copy import deepcopy
from datetime import date

import pytest

import runway
from runway.cli import main
from runway.errors import InputError
from runway.files.document import bundled_models
from runway.model.addresses import NAMED_SECTIONS

EVERY_KEY = """
[model]
name = "Every key"
start = "2025-01"
months = 6
opening_cash = "1M"
minimum_cash = 100
interest = "2%/year"
months_to_close = "6 months"
raise_for = "18 months"
burn_window = 3
counting = "certain"
unit = "thousands"
safes = "liability"
fiscal_year_end = "03"
note = "all of them"

[fx]
EUR = { "2025-01" = 1.08, "2025-03" = 1.1 }

[sources.bank]
title = "Bank"
publisher = "A bank"
url = "https://example.org"
as_of = 2025-01-01

[drivers.users]
opening = 100
formula = "prev(users) * (1 + pace)"
pace = "4%/month"

[revenue.app]
kind = "subscription"
title = "App"
opening = 100
acquisition = "5%/month"
signups = "3/month"
churn = "2%/month"
expansion = "1%/month"
contraction = "0.5%/month"
price = "€20/month"
capacity = 500
billed = "yearly"
opening_deferred = 500
collected_after = { "10 days" = "30%", "30 days" = "70%" }
opening_receivable = 200
recurring = true

[revenue.api]
kind = "usage"
volume = "users * 4"
price = { value = 2, low = 1, high = 3, source = "bank", as_of = "2025-01-01", confidence = "low", note = "a guess" }
growth = "1%/month"

[costs.cover]
kind = "recurring"
amount = "1k/month"
billed = "6 months"
start = "2025-02-10"
opening_prepaid = 70

[costs.premium]
kind = "recurring"
amount = "6k/year"
every = "6 months"
month = 3

[costs.rent]
kind = "recurring"
amount = "5k/month"
growth = "2%/year"
growth_step = "yearly"
growth_month = "07"
start = "2025-02-10"
end = "2026-03"
paid_after = { "-1 month" = "30%", "30 days" = { value = 0.6, source = "bank" }, "6 months" = "10%" }
opening_advances = 20
opening_payable = 400
non_cash = false
bills = { "2025-03-14" = 300, "2025-09" = { value = 200, source = "bank" } }
opening_billed_ahead = -50

[revenue.club]
kind = "subscription"
opening = 5
signups = "2/month"
retention = [1, "80%", { value = 0.7, note = "counted" }]
collected_after = { "-2 months" = "30%", "0 days" = "70%" }
opening_deposits = 30
price = "5/month"

[costs.team]
kind = "headcount"
opening = 2
salary = "60k/year"
raise_month = "anniversary"
ramp = "5 months"
paid = "every 2 weeks"
payday = "2025-01-10"
opening_payable = 5
hires = { "2025-03-16" = 2, "2025-09" = -1 }
loading = { value = "20%", outcomes = { "20%" = "40%", "25%" = 0.6 }, volatility = "1%" }
raises = "3%/year"

[costs.fees]
cost_of = "app"
group = "sales"
acquires = "revenue"
kind = "percent_of"
of = "total.revenue"
share = "5%"

[capital.laboratory]
kind = "spread"
amount = 5000
from = "2025-03-01"
to = "2026-02"
written_off_over = "36 months"

[capital.machine]
kind = "one_off"
amount = 900
date = "2025-05-08"

[opening_balance]
fixed_assets = 500
written_off_over = "24 months"
other_assets = 300
other_liabilities = 200
paid_in = 900
retained = 998_245

[passthrough.vat]
opening_held = 120
kind = "formula"
formula = "rate * (app - lag(app, 1))"
opening = 1
rate = 0.1

[tax]
rate = "20%"
opening_losses = 1000
loss_limit = "80%"
assessed = "yearly"
paid = "yearly"
paid_after = "9 months"
opening_payable = 40

[wind_down]
notice = { team = "3 months", rent = "6 months" }
severance = { team = "1 week" }
tenure = { team = "2 years" }
pay_limit = "719/week"
other = { "2025-01" = "40k", "2025-03" = "50k" }
payables = true
refunds = true
taxes = false
debt = true
title = "Closing"
note = "asked of counsel"

[actions.freeze]
title = "Freeze"
note = "agreed"
when = "prev(unrestricted_cash) < 6 * prev(trailing_burn)"
set = { "team.hires" = 0, "rent.amount" = "-10%", "app.price" = "€18/month" }
after = "1 month"
once = true
active = true

[events.permit]
date = "2025-05-05"
probability = "70%"
days = 10
takes = { app = "20%" }
raises_churn = { app = "1%/month" }
raised_for = "2 months"

[funding.seed]
kind = "priced_round"
status = "committed"
valuation = { value = "5M", basis = "pre_money" }
after_cut = "keep_post_money"

pool = "10%"
pro_rata = ["founder"]
pro_rata_counts_pool = true
convertibles = "on_top"
conversion_series = "same"
anti_dilution_in_price = false
conversions_exempt = true

[funding.seed.stock]
kind = "preferred"
preference = 2
seniority = 2
participation = "capped"
participation_cap = 3
anti_dilution = "broad_based"
anti_dilution_counts_pool = true

[[funding.seed.commitments]]
investor = "ada"
amount = 5000
[[funding.seed.commitments]]
investor = "bo"
amount = 5000

[[funding.seed.closings]]
name = "first"
date = "2025-02-01"
amount = 4000
split = { ada = 3000, bo = 1000 }
[[funding.seed.closings]]
name = "second"
date = "2025-04-01"
slip = { value = "1 month", low = "0 months", high = "3 months", distribution = "pert" }
amount = 6000
requires = "permit and prev(total.arr) > 10"
by = "2025-12"
waived = ["permit"]

[[funding.seed.clauses]]
name = "clause"
cuts = "ada"
to = 3500
unless = "prev(users) > 120"
by = "2025-03-31"
option = true
exercised = true

[[funding.seed.earmarks]]
for = "laboratory"
amount = 3000
from = ["first", "second"]
fills = "first"
opening_spent = 10
keeps = "amount"
otherwise = "own_cash"

[funding.extension]
kind = "priced_round"
price = 2
closings = [{ name = "only", date = "2025-05-20", amount = 100, price = 3 }]

[funding.angel]
kind = "safe"
status = "committed"
investor = "angel"
amount = 300
date = "2025-01-10"
requires = "permit"
by = "2025-12"
waived = ["permit"]
form = "pre_money"
cap = 4000
cap_counts = "options"
counts_new_pool = true
discount = "10%"
mfn = false
seniority = 1

[funding.share_safe]
kind = "safe"
amount = 50
date = "2025-01-12"
ownership = "1%"

[funding.loan_note]
kind = "convertible_note"
amount = 400
date = "2025-01-11"
rate = "6%/year"
compounding = "monthly"
day_count = "30/360"
qualified = 100
maturity = "2026-12-31"
at_maturity = "stays"
sale_multiple = 2

[captable]
pool = 100_000
whole_shares = true
price_digits = 9
price_rounding = "up"
conversion_price_digits = 6

[captable.classes.options]
kind = "options"
strike = 1

[captable.classes.first_round]
kind = "preferred"
price = 0.002
issued = "2024-05-01"
conversion_price = 0.002

[captable.classes.angels]
kind = "preferred"
raised = 30

[captable.holders.founder]
shares = { common = 1_000_000, options = 10_000 }
invested = 10
invested_on = "2023-01-01"

[captable.holders.early]
shares = { first_round = 50_000, angels = 10_000 }

[captable.grants.hire]
holder = "kim"
date = "2025-03-01"
class = "options"
stake = "1%"
from_pool = true

[captable.grants.adviser]
holder = "lee"
date = "2025-03-02"
class = "common"
shares = 5_000

[funding.prize]
kind = "grant"
status = "planned"
amount = 400
date = "2025-05-07"
slip = "10 days"
requires = "permit"
by = "2025-09"
waived = []
taxable = false

[funding.advance]
kind = "loan"
status = "committed"
amount = 900
dividend = "0%"
date = "2025-02-03"
requires = "permit"
by = "2025-12"
waived = ["permit"]
rate = { "2025-01" = "9%/year", "2025-04" = "1%/month" }
rate_basis = "effective"
day_count = "act/360"
term = "4 months"
interest_only = "1 month"
amortised_over = "6 months"
repayment = "level_payment"
first_payment = "0 months"
fee = "1%"
end_fee = 25
warrants = { coverage = "10%", strike = 2, fair_value = 50, loan_value = 900 }

[[funding.advance.covenants]]
name = "liquidity"
require = "100 <= cash"

[funding.older]
kind = "loan"
amount = 600
date = "2024-12-05"
opening_balance = 600
rate = "0%/year"
term = "3 months"
repayment = "level_principal"

[funding.mezzanine]
kind = "loan"
amount = 300
date = "2025-02-20"
rate = "8%/year"
pik_rate = "2%/year"
paid = "quarterly"
first_payment = "2025-03-31"
term = "2 years"
repayment = "instalments"
instalments = { "2025-06" = 100, "2025-06-30" = { value = 20, note = "and more" } }

[funding.revolver]
kind = "credit_line"
limit = 5000
rate = "8%/year"
commitment_fee = "0.5%/year"
by = "2025-06"
floor = 1500

[funding.tender]
kind = "secondary"
amount = 100
date = "2025-04-04"
valuation = 1_000_000
sellers = ["founder"]
buyer = "early"

[scenarios.low]
title = "Low"
set = { "users.pace" = "-10%", "permit.date" = "never" }

[correlations]
"api.price" = { "team.loading" = 0.5, "seed.second.slip" = -0.2 }

[levers]
burn = 1
revenue = "90%"
funding = 1
delay = "1 month"
"""

OTHER_TYPES = (
    5, -1, 1.5, 1e300, float("nan"), 10**14, True, "", "x", "é", "a" * 300, "never", "5%/month", "-5%", "10 days", "$1",
    date(2025, 2, 2), [], {}, [{}], [[]], {"a": {}}, {"2025-01": 1}, {"value": []}, {"value": {"value": 1}}, None,
)  # fmt: skip


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """What becomes of a text: "projected", or the names of its problems; anything else is raised."""
    path = tmp_path_factory.mktemp("mutated") / "model.toml"

    def answer(text, **how):
        path.write_text(text, encoding="utf-8")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                plan = runway.load(str(path), **how)
                runway.project(plan)
                if plan.model.captable is not None:
                    runway.exit(plan, 1_000_000).to_dict()
        except InputError as error:
            return tuple(problem.name for problem in error.problems if str(problem))
        return "projected"

    return answer


def test_the_file_that_is_broken_below_is_sound(answer):
    assert answer(EVERY_KEY) == "projected"
    assert answer(EVERY_KEY, scenario="low") == "projected"


def classes():
    """Every class that reads a table, and those of the tables within."""
    from runway import funding, lines
    from runway.funding.captable import Captable
    from runway.lines.section_fields import SECTION_FIELDS
    from runway.model.addresses import element_class, table_class

    known = [*map(table_class, ("model", "tax", "events", "sources", "scenarios")), lines.driver_class()]
    known += [lines.kind_class(kind) for kind in lines.KINDS]
    known += [funding.funding_class(kind) for kind in funding.KINDS]
    known += [Captable]
    known += [cls for cls in SECTION_FIELDS.values() if cls is not None]
    inner = [element_class(field) for cls in known for field in cls.model_fields.values()]
    return [*known, *(cls for cls in inner if cls is not None)]


def test_it_has_every_key():
    """Else what follows would leave some out: each field of each class stands somewhere in the file."""
    written = {key for path in PLACES for key in path if isinstance(key, str)}
    fields = {field.alias or name for cls in classes() for name, field in cls.model_fields.items()}
    assert fields - written == {"currency"}


def toml(value):
    """A value as TOML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, date) else repr(value)


def paths(value, path=()):
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inside:
        yield from paths(below, (*path, key))


DATA = tomllib.loads(EVERY_KEY)
PLACES = [path for path in paths(DATA) if path]


@pytest.mark.proof
@pytest.mark.parametrize("section", list(DATA))
def test_a_value_of_another_type(answer, section):
    """Each key of the section in turn is given a value of another type, or none."""
    chance = random.Random(section)
    for path in (path for path in PLACES if path[0] == section):
        other = chance.choice(OTHER_TYPES)
        data = deepcopy(DATA)
        table = data
        for key in path[:-1]:
            table = table[key]
        if other is None:
            del table[path[-1]]
        else:
            table[path[-1]] = deepcopy(other)
        try:
            answer("\n".join(f"{key} = {toml(value)}" for key, value in data.items()))
        except Exception as error:  # which place it was is what one wants to know
            pytest.fail(f"{'.'.join(map(str, path))} = {other!r}: {type(error).__name__}: {error}")


@pytest.mark.proof
@pytest.mark.parametrize("name", ["é", "a b", "class", "{}"])
def test_a_name_that_formulas_cannot_have(answer, name):
    """Each named table in turn is called so; what is made of it is no formula that cannot be read."""
    for section in NAMED_SECTIONS:
        for own in DATA.get(section, ()):
            data = deepcopy(DATA)
            data[section][name] = data[section].pop(own)
            assert "invalid-name" in answer("\n".join(f"{key} = {toml(value)}" for key, value in data.items()))


WORDS = (
    "1e308", "-1", "0", "9" * 20, "nan", "-inf", "true", '""', '"never"', '"5%/month"', '"-99%/month"', "[]", "{}",
    "{ value = 1, low = 2 }", '{ "2025-01" = 1, "2025-06" = {} }', "2025-02-28", "07:30:00", '"40T"', '"1 to 2"',
    '"£5"', '"t / (t - 5)"', '"exp(exp(t))"', '"log(0 - t)"', '"lag(cash, t)"', '"é"', '"2999-12"', "600",
    '"600 months"', '"a and b or not c"', '"cash"', '"total.revenue"', '"2025-13-40"', '"12/month"', "-0.0",
)  # fmt: skip
MARKS = ('"', "'", "[", "]", "=", ".", "-", "9", "{", "}", "é", "%", "\t", ",", "#")


def mutated(text, chance):
    """The text with one to three lines taken out, doubled, cut, swapped or spoilt."""
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        n = chance.randrange(len(lines))
        key, equals, _ = lines[n].partition("=")
        match chance.randrange(7):
            case 0:
                del lines[n]
                lines = lines or [""]
            case 1:
                lines.insert(n, chance.choice(lines))
            case 2:
                lines[n] = lines[n][: chance.randrange(len(lines[n]) + 1)]
            case 3:
                lines[n] = f"{key}={chance.choice([line for line in lines if '=' in line]).partition('=')[2]}"
            case 4 | 5 if equals:
                lines[n] = f"{key}= {chance.choice(WORDS)}"
            case _:
                at = chance.randrange(len(lines[n]) + 1)
                lines[n] = lines[n][:at] + chance.choice(MARKS) + lines[n][at:]
    return "\n".join(lines)


@pytest.mark.parametrize("model", ["every key", *bundled_models()])
def test_lines_changed_at_random(answer, model):
    text = EVERY_KEY if model == "every key" else bundled_models()[model].read_text(encoding="utf-8")
    chance = random.Random(model)
    for n in range(20):
        broken = mutated(text, chance)
        try:
            answer(broken)
        except Exception as error:
            pytest.fail(f"mutation {n}: {type(error).__name__}: {error}")


def test_nothing_is_written_when_the_input_is_bad(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text(EVERY_KEY.replace('"1M"', '"1M/month"'), encoding="utf-8")
    (tmp_path / "old.csv").write_text("kept", encoding="utf-8")
    for target in ("new.csv", "old.csv", "-"):
        assert main(["project", "bad.toml", "--csv", target]) == 2
        assert capsys.readouterr().out == ""
    assert main(["project", "bad.toml", "--json"]) == 2
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.toml", "old.csv"]
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('opening_cash = "1M"', "opening_cash = nan", ("not-a-figure",)),
        ('opening_cash = "1M"', "opening_cash = -inf", ("not-a-figure",)),
        ('opening_cash = "1M"', 'opening_cash = "1000T"', ("balance-too-large",)),
        ("months = 6", "months = 0", ("value-out-of-range",)),
        ("months = 6", "months = 10_000", ("value-out-of-range",)),
        ("months = 6", "months = 2", ("schedule-beyond-horizon",)),
        ('growth = "1%/month"', 'growth = "9999%/month"', ("balance-too-large",)),
        ('pace = "4%/month"', 'pace = "1e9%/month"', ("not-a-figure",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "prev(users) ** 40"', ("overflow",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "users + 1"', ("cycle",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "1 / (t - 3)"', ("division-by-zero",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "log(3 - t)"', ("not-a-number",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "exp(1000 * t)"', ("overflow",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "mod(5, t)"', ("division-by-zero",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "(-1) ** 0.5"', ("not-a-number",)),
        ('formula = "prev(users) * (1 + pace)"', 'formula = "lag(app.subscribers, 1 / t)"', ("division-by-zero",)),
    ],
)
def test_figures_that_are_absurd(answer, old, new, names):
    assert EVERY_KEY.count(old) == 1
    found = answer(EVERY_KEY.replace(old, new))
    assert set(found) == set(names)


LONG = "a" * 300


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({'kind = "usage"': "kind = []", '"users.pace" = "-10%"': '"api.price" = "-10%"'}, {"unknown-kind"}),
        ({'kind = "usage"': "kind = {}", '"users.pace" = "-10%"': '"api.price" = "-10%"'}, {"unknown-kind"}),
        ({'kind = "grant"': 'kind = ["grant"]'}, {"unknown-kind"}),
        ({'name = "clause"': f'name = "{LONG}"'}, {"invalid-name"}),
        ({'investor = "ada"': f'investor = "{LONG}"'}, {"invalid-name", "unknown-investor", "unknown-cut"}),
        ({'EUR = { "2025-01" = 1.08, "2025-03" = 1.1 }': "EUR = 0"}, {"value-out-of-range"}),
        ({"months = 6": "months = 6\ncurrency = 5"}, {"bad-currency"}),
        ({'requires = "permit"\n': 'requires = ""\n'}, {"formula-syntax"}),
        ({'unless = "prev(users) > 120"': 'unless = " "'}, {"formula-syntax"}),
        ({'name = "clause"': 'name = ""'}, {"invalid-name"}),
        ({"burn = 1": 'burn = { "2025-01" = 1 }'}, {"schedule-not-allowed"}),
    ],
)
def test_mistakes_that_once_got_through(answer, changes, names):
    text = EVERY_KEY
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert set(answer(text)) == names


def test_a_clause_without_a_deadline(answer):
    """It never bites, or is refused, but does not bring the program down."""
    text = EVERY_KEY.replace('unless = "prev(users) > 120"\nby = "2025-03-31"', 'unless = "t > 9"\nby = "never"')
    assert text != EVERY_KEY
    assert answer(text) in ("projected", ("not-a-date",), ("value-out-of-range",))


def test_a_failure_names_its_month(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(EVERY_KEY.replace("prev(users) * (1 + pace)", "1 / (t - 3)"), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        runway.project(str(path))
    problem = raised.value.problems[0]
    assert problem.text.startswith("In 2025-04, users")
    assert problem.place is not None
    assert problem.place.line == EVERY_KEY[: EVERY_KEY.index("prev(users) * (1")].count("\n") + 1
