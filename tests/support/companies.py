"""Random companies as assumption files: every kind of line and funding, with dates about and beyond the horizon."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from hypothesis import settings
from hypothesis import strategies as st

SHARE = 1.0 if os.environ.get("RUNWAY_EXAMPLES") == "all" else 0.25
"""Of the examples of each property that are tried; `.ci/run` tries all."""


def few(max_examples: int) -> settings:
    """Settings of a property: so many examples, the same on every machine."""
    return settings(max_examples=ceil(SHARE * max_examples), deadline=None, derandomize=True, database=None)


DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}
START = 2025 * 12


def month(t: int) -> str:
    return f"{(START + t) // 12}-{(START + t) % 12 + 1:02d}"


@dataclass(frozen=True)
class Company:
    """An assumption file in parts; `{money:N}` stands for N minor units."""

    model: str
    lines: tuple[str, ...]
    currency: str = "USD"

    def text(self, scale: int = 1, *, more: str = "") -> str:
        parts = "\n".join((self.model, *self.lines, more))
        unit = Decimal(1).scaleb(-DIGITS[self.currency])

        class Money(int):
            def __format__(self, _: str) -> str:
                return str(int(self) * scale * unit)

        pieces = parts.split("{money:")
        written = [pieces[0]]
        for piece in pieces[1:]:
            number, _, rest = piece.partition("}")
            written.append(f"{Money(int(number))}{rest}")
        return "".join(written)


def money(least: int = 0, most: int = 3_000_000) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda n: f"{{money:{n}}}")


def share(most: int = 100) -> st.SearchStrategy[str]:
    return st.integers(0, most * 10).map(lambda n: f"{n / 10}%")


def rate(least: int = -50, most: int = 100) -> st.SearchStrategy[str]:
    """A rate a month, in tenths of a per cent."""
    return st.integers(least, most).map(lambda n: f"{n / 10}%/month")


def day(months: int) -> st.SearchStrategy[str]:
    """A day within a few months of the horizon; now and then none."""
    return st.tuples(st.integers(-3, months + 2), st.integers(1, 28)).map(lambda d: f"{month(d[0])}-{d[1]:02d}")


@st.composite
def line(draw: st.DrawFn, name: str, section: str, months: int) -> str:
    """One line of a section, of any kind that it takes, with or without working capital."""
    kinds = ["recurring", "one_off", "spread", "usage", "percent_of", "formula"]
    kinds += {"revenue": ["subscription"] * 3, "costs": ["headcount"] * 2}.get(section, [])
    kind = draw(st.sampled_from(kinds))
    fields = [f"[{section}.{name}]", f'kind = "{kind}"']
    period = draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))
    if kind == "recurring":
        fields += [f'amount = "{draw(money())}/{period}"', f'growth = "{draw(rate())}"']
        if draw(st.booleans()):
            fields.append(f'start = "{draw(day(months))}"')
        elif draw(st.booleans()):
            fields.append(f'end = "{draw(day(months))}"\ngrowth_step = "yearly"')
    elif kind == "one_off":
        fields += [f"amount = {draw(money())}", f'date = "{draw(day(months))}"']
    elif kind == "spread":
        first, last = sorted((draw(day(months)), draw(day(months))))
        fields += [f"amount = {draw(money())}", f'from = "{first}"', f'to = "{last}"']
    elif kind == "usage":
        fields += ['volume = "t + 10"', f"price = {draw(money(0, 90_000))}", f'growth = "{draw(rate())}"']
    elif kind == "percent_of":
        of = "t * each" if section == "revenue" else "total.revenue"
        fields += [f'of = "{of}"', f'share = "{draw(share())}"']
    elif kind == "formula":
        fields += ['formula = "prev(main) * keep + each * mod(t, 3)"', f'keep = "{draw(share(90))}"',
                   f"opening = {draw(money())}", f"each = {draw(money())}"]  # fmt: skip
    elif kind == "headcount":
        fields += [f"opening = {draw(st.integers(5, 30))}", f'salary = "{draw(money(0, 500_000))}/{period}"',
                   f'loading = "{draw(share(40))}"', 'raises = "3%/year"',
                   f'hires = {{ "{draw(day(months))}" = {draw(st.integers(0, 5))} }}',
                   f'raise_month = "{draw(st.sampled_from(["01", "07", "anniversary"]))}"']  # fmt: skip
    else:
        fields += [f"opening = {draw(st.integers(0, 2_000))}", f'acquisition = "{draw(rate(0))}"',
                   f'signups = "{draw(st.integers(0, 50))}/month"', f'churn = "{draw(rate(0, 200))}"',
                   f'price = "{draw(money(0, 20_000))}/{period}"']  # fmt: skip
        billed = draw(st.sampled_from(["monthly", "quarterly", "yearly"]))
        if billed != "monthly":
            fields += [f'billed = "{billed}"', f"opening_deferred = {draw(money())}"]
        elif draw(st.booleans()):
            fields.append(f"capacity = {draw(st.integers(0, 3_000))}")
    if section != "passthrough" and draw(st.booleans()):
        days, balance = ("collected_after", "receivable") if section == "revenue" else ("paid_after", "payable")
        later = f'"{draw(st.integers(0, 100))} days"'
        if draw(st.integers(0, 2)) == 0:
            later = f'{{ "0 days" = "25%", "{draw(st.integers(1, 40))} days" = "65%", "3 months" = "10%" }}'
        fields += [f"{days} = {later}", f"opening_{balance} = {draw(money())}"]
    elif section == "costs" and draw(st.integers(0, 5)) == 0:
        fields.append("non_cash = true")
    if section != "passthrough" and not {"billed", "non_cash"} & {f.split()[0] for f in fields} and draw(st.booleans()):
        bills = {draw(day(months))[:7]: draw(money()) for _ in range(draw(st.integers(1, 3)))}
        written = ", ".join(f'"{month}" = {amount}' for month, amount in sorted(bills.items()))
        fields += [f"bills = {{ {written} }}", f"opening_billed_ahead = {draw(st.sampled_from([0, -700, 900]))}"]
    if section == "capital" and draw(st.booleans()):
        fields.append(f'written_off_over = "{draw(st.integers(1, 60))} months"')
    return "\n".join(fields) + "\n"


@st.composite
def round_of(draw: st.DrawFn, name: str, months: int, spend: list[str]) -> str:
    """A priced round, its closings in order, with conditions, a clause and an earmark now and then."""
    status = draw(st.sampled_from(["committed", "committed", "planned"]))
    days = sorted(draw(st.lists(day(months), min_size=1, max_size=3)))
    parts = [f'[funding.{name}]\nkind = "priced_round"\nstatus = "{status}"\n']
    for n, on in enumerate(days):
        parts.append(f'[[funding.{name}.closings]]\nname = "t{n}"\ndate = "{on}"\namount = {draw(money())}\n')
        conditions = ["", "", "launch", "launch and licence", "launch or prev(total.arr) >= prev(each)"]
        requires = draw(st.sampled_from(conditions))
        if requires:
            parts.append(f'requires = "{requires}"\nby = "{month(months + 3)}-28"\n')
    if draw(st.booleans()):
        parts.append(f'[[funding.{name}.clauses]]\nname = "cut"\ncuts = "round"\nto = {draw(money())}\n'
                     f'unless = "consent"\nby = "{draw(day(months))}"\n')  # fmt: skip
    if spend and draw(st.booleans()):
        sources = ", ".join(f'"t{n}"' for n in range(len(days)))
        parts.append(f'[[funding.{name}.earmarks]]\nfor = "{spend[0]}"\namount = {draw(money())}\nfrom = [{sources}]\n'
                     f'fills = "{draw(st.sampled_from(["pro_rata", "first"]))}"\n')  # fmt: skip
        if days[0] < month(0):
            parts.append(f"opening_spent = {draw(money())}\n")
    return "".join(parts)


@st.composite
def loan_of(draw: st.DrawFn, name: str, months: int) -> str:
    """A loan of any schedule, now and then older than the first month, with a covenant on half of them."""
    on, amount = draw(day(months)), draw(st.integers(0, 3_000_000))
    older = on < month(0)
    term = draw(st.integers(6 if older else 1, 30))  # of an older loan some payments are still to come
    repayment = draw(st.sampled_from(["level_payment", "level_principal", "bullet"]))
    fields = [f'[funding.{name}]\nkind = "loan"\namount = {{money:{amount}}}\ndate = "{on}"',
              f'rate = "{draw(st.integers(0, 300)) / 10}%/year"', f'term = "{term} months"',
              f'repayment = "{repayment}"', f'day_count = "{draw(st.sampled_from(["30/360", "act/365", "act/360"]))}"',
              f'first_payment = "{draw(st.sampled_from(["1 month", "0 months"]))}"', f'fee = "{draw(share(10))}"',
              f'status = "{draw(st.sampled_from(["committed"] if older else ["committed", "planned"]))}"',
              f"end_fee = {draw(money(10_000, 90_000))}"]  # fmt: skip
    if repayment != "bullet":
        fields.append(f'interest_only = "{draw(st.integers(0, term - 1))} months"')
    calendar = draw(st.sampled_from(["", "quarters", "balloon", "instalments", "in kind", "dated"]))
    if calendar == "quarters":
        fields = [text for text in fields if not text.startswith(("term", "interest_only"))]
        fields += [f'paid = "quarterly"\nterm = "{3 * (3 + term // 3)} months"']
    elif calendar == "balloon" and repayment != "bullet":
        fields.append(f'amortised_over = "{term + draw(st.integers(0, 60))} months"')
    elif calendar == "instalments" and not older:
        fields = [text for text in fields if not text.startswith("interest_only")]
        fields[fields.index(f'repayment = "{repayment}"')] = 'repayment = "instalments"'
        fields.append(f'instalments = {{ "{on}" = {{money:{amount // 3}}} }}')
    elif calendar == "in kind":
        fields = [text.replace('first_payment = "0 months"', 'first_payment = "2 months"') for text in fields]
        fields.append(f'pik_rate = "{draw(st.integers(0, 100)) / 10}%/year"')
    elif calendar == "dated":
        fields = [text for text in fields if not text.startswith("first_payment")]
        first = date.fromisoformat(on) + timedelta(draw(st.integers(1, 100)))
        fields.append(f'first_payment = "{first}"')
    if older:
        fields.append(f"opening_balance = {draw(money(0, amount))}")
    elif draw(st.booleans()):
        fields.append('requires = "launch"')
    if draw(st.booleans()):
        fields.append(f'[[funding.{name}.covenants]]\nname = "pledge"\nrequire = "cash >= prev(each)"')
    return "\n".join(fields) + "\n"


@st.composite
def line_of(draw: st.DrawFn, name: str, months: int) -> str:
    """A credit line, with dates and an older balance now and then."""
    limit = draw(st.integers(0, 3_000_000))
    fields = [f'[funding.{name}]\nkind = "credit_line"\nlimit = {{money:{limit}}}',
              f'rate = "{draw(st.integers(0, 300)) / 10}%/year"',
              f'commitment_fee = "{draw(st.integers(0, 30)) / 10}%/year"']  # fmt: skip
    if draw(st.booleans()):
        fields.append(f'date = "{month(0)}-02"\nby = "{draw(day(months).filter(lambda on: on > month(0) + "-02"))}"')
    elif draw(st.booleans()):
        fields.append(f"opening_balance = {draw(money(0, limit))}")
    return "\n".join(fields) + "\n"


@st.composite
def companies(draw: st.DrawFn, currencies: tuple[str, ...] = ("USD",)) -> Company:
    currency = draw(st.sampled_from(currencies))
    months = draw(st.integers(1, 26))
    model = (
        f'[model]\nname = "x"\nstart = "{month(0)}"\nmonths = {months}\ncurrency = "{currency}"\n'
        f"opening_cash = {draw(money(-1_000_000, 30_000_000))}\nminimum_cash = {draw(money(0, 500_000))}\n"
        f'interest = "{draw(rate(0, 20))}"\n'
        f'[events.launch]\ndate = "{draw(day(months))}"\n[events.licence]\ndate = "{draw(day(months))}"\n'
        f'[events.consent]\ndate = "{draw(day(months))}"\n'
        f'[drivers.each]\nformula = "amount"\namount = {draw(money(0, 500_000))}\n'
    )
    lines = [draw(line(f"a{n}", "revenue", months)) for n in range(draw(st.integers(0, 3)))]
    lines += [draw(line(f"b{n}", "costs", months)) for n in range(draw(st.integers(0, 3)))]
    spend = [f"c{n}" for n in range(draw(st.integers(0, 2)))]
    lines += [draw(line(name, "capital", months)) for name in spend]
    lines += [draw(line("d0", "passthrough", months)) for _ in range(draw(st.integers(0, 1)))]
    lines += [draw(round_of(f"r{n}", months, spend if n == 0 else [])) for n in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        lines.append(f'[funding.g0]\nkind = "grant"\namount = {draw(money())}\ndate = "{draw(day(months))}"\n')
    lines += [draw(loan_of(f"l{n}", months)) for n in range(draw(st.sampled_from([0, 0, 1, 2])))]
    lines += [draw(line_of(f"k{n}", months)) for n in range(draw(st.sampled_from([0, 0, 1, 2])))]
    if draw(st.booleans()):
        paid = draw(st.sampled_from(["monthly", "quarterly", "yearly"]))
        ends = draw(st.sampled_from([12, 1, 3, 8]))
        model = model.replace("\nmonths", f"\nfiscal_year_end = {ends}\nmonths", 1)
        lines.append(f'[tax]\nrate = "{draw(share(60))}"\nopening_losses = {draw(money())}\n'
                     f'loss_limit = "{draw(share())}"\npaid = "{paid}"\n'
                     f'opening_payable = {draw(money())}\n'
                     f'paid_after = "{draw(st.integers(0, 14))} months"\n')  # fmt: skip
    if draw(st.booleans()) and any("[revenue.a0]" in text for text in lines):
        lines.append(f'[events.outage]\ndate = "{draw(day(months))}"\ndays = {draw(st.integers(1, 90))}\n'
                     f'takes = {{ a0 = "{draw(share())}" }}\n')  # fmt: skip
    return Company(model, tuple(lines), currency)
