"""The $40B round by hand: who pays what on which day, what the clause takes, and the cash that is left."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .money import months

B, M = 1e9, 1e6


class Case(NamedTuple):
    """What happens to the conversion and to the round."""

    converts: bool = True
    clause: str = "a"  # a: SoftBank falls to 20B; b: the round ends at 20B; waived
    closings: bool = True
    keep_post_money: bool = False


CASES = {
    "base": Case(),
    "no_conversion_a": Case(converts=False),
    "no_conversion_b": Case(converts=False, clause="b"),
    "waived": Case(converts=False, clause="waived"),
    "keep_post_money": Case(converts=False, keep_post_money=True),
    "suit": Case(converts=False),  # 1 March 2026 is after the deadline
    "no_new_capital": Case(closings=False),
}


def second_closing(case: Case) -> dict[str, float]:
    """The 30B of 31 December 2025 by investor: three quarters SoftBank's, less what the clause takes."""
    if not case.closings:
        return {"softbank": 0.0, "syndicate": 0.0}
    softbank, syndicate = 22.5 * B, 7.5 * B
    if not case.converts and case.clause == "a":
        softbank -= 10 * B  # 30B to 20B, off what is not yet paid
    if not case.converts and case.clause == "b":
        softbank, syndicate = 7.5 * B, 2.5 * B  # 20B in all, 10B of it already paid
    return {"softbank": softbank, "syndicate": syndicate}


def drawn(case: Case) -> float:
    """The money of both closings."""
    return (10 * B if case.closings else 0) + sum(second_closing(case).values())


def stakes(case: Case) -> dict[str, float]:
    """SoftBank's and the round's share: 300B post-money is 260B before 40B come in."""
    post_money = 300 * B if case.keep_post_money else 260 * B + drawn(case)
    softbank = (7.5 * B if case.closings else 0) + second_closing(case)["softbank"]
    return {"softbank": softbank / post_money, "round": drawn(case) / post_money}


def cents(x: float) -> float:
    """To the cent."""
    return round(x, 2)


class Month(NamedTuple):
    """One month: what moves on its first day, over its days, for Stargate and from the round; then what is left."""

    year: int
    month: int
    days: int
    interest: float
    operating: float
    stargate: float
    funding: float
    cash: float
    restricted: float


def project(case: Case) -> list[Month]:
    """The 36 months from April 2025."""
    cash, done = 9 * B, []
    users, payers = 500 * M, 20 * M
    kept = (4.5 * M / 3 + 0.04 * 17.75 * M) / ((480 * M + 284.5 * M) / 2)
    for t, (year, month, days) in enumerate(months(2025, 4, 36)):
        relief = t >= 6  # October 2025
        wish = {2026: 0.02, 2027: 0.01, 2028: 0.01}.get(year, 0.06 if month < 7 else 0.05) * users
        payers, users = (
            payers * (1 - 0.04) + kept * {2025: 1.0, 2026: 0.8}.get(year, 0.7) * (users - payers),
            users + (wish if relief else min(25 * M, wish)),
        )
        use = ((users - payers) * (1.2 if relief else 1) + 10 * payers) / (284.5 * M + 155 * M)
        chatgpt = 18 * payers
        operating = [
            chatgpt,
            1.2 * B / 12 * 1.05**t,  # API
            -8 * M * days * use * 0.98**t,  # computing
            -4 * B / 12 * 1.9 ** (t / 12),  # training
            -1.5 * B / 12 * 1.5 ** (t / 12),  # payroll
            -1.2 * B / 12 * 1.02**t,  # operations
            -0.04 * chatgpt,  # payment fees
        ]
        interest = cents(max(0.0, cash) * (1.04 ** (1 / 12) - 1))
        stargate = -0.5 * B if t >= 2 else 0.0  # 18B over 36 months from June 2025
        second = sum(second_closing(case).values())
        funding = (10 * B if case.closings and t == 0 else 0) + (second if t == 8 else 0)
        cash += interest + sum(map(cents, operating)) + stargate + funding
        earmarked = (18 * B if t >= 8 else 4.5 * B) if case.closings else 0.0  # 4.5B is the first closing's part
        restricted = max(0.0, earmarked + stargate * (t - 1)) if t >= 2 else earmarked
        done.append(
            Month(year, month, days, interest, sum(map(cents, operating)), stargate, funding, cents(cash), restricted)
        )
    return done


def out_of_cash(done: list[Month]) -> date | None:
    """The first day at whose end the cash that is not Stargate's is below 0; None if there is none.

    Stargate is paid from its own money while that lasts, else from all cash; the closings come on 15 April 2025 and on
    31 December 2025, when there is cash enough without them.
    """
    opening, earmark = 9 * B, 0.0
    for month in done:
        own = min(0.0, month.stargate + earmark)  # what the earmark does not cover
        for day in range(1, month.days + 1):
            if opening + month.interest + (month.operating + own) * day / month.days < 0:
                return date(month.year, month.month, day)
        opening, earmark = month.cash - month.restricted, month.restricted
    return None
