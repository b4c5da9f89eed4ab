"""The $40B round by hand: users, money and Stargate month by month, cash day by day, in every scenario and rung.

On the rung of cash in hand no closing comes; on the certain one every clause that may be used is used; on the
conditional one what the file expects comes true.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from .money import months

B, M = 1e9, 1e6
COUNTINGS = ("cash in hand", "+ certain", "+ conditional")


class Case(NamedTuple):
    """What a scenario has in place of the file's figures."""

    converts: date | None = date(2025, 12, 1)
    clause: str = "a"  # a: SoftBank falls to 20B; b: the round ends at 20B; waived
    closings: bool = True
    second: date = date(2025, 12, 31)
    post_money: float = 300 * B
    keep_post_money: bool = False
    stargate: float = 18 * B
    on_own_cash: bool = False  # Stargate is built where the round does not pay, too
    built: float = 2 * B  # of Stargate, for new capacity to be there
    cap: float = 25 * M
    wish: tuple[float, ...] = (0.06, 0.05, 0.02, 0.01)  # from April 2025, July 2025, 2026, 2027
    fade: tuple[float, ...] = (1.0, 0.8, 0.7)  # 2025, 2026, from 2027
    churn: float = 0.04
    price: float = 18
    api_growth: float = 0.05
    computing: float = 8 * M
    cheaper: float = 0.02
    capacity: float = 10 * M
    outages: tuple[tuple[int, int], ...] = ()  # months with three days of outage
    outages_a_year: float = 0  # expected, from June 2025 on
    pro: float = 0.005  # of payers
    team: float = 0.05
    social: date | None = None


CASES = {
    "base": Case(),
    "no_conversion_a": Case(converts=None),
    "no_conversion_b": Case(converts=None, clause="b"),
    "waived": Case(converts=None, clause="waived"),
    "keep_post_money": Case(converts=None, keep_post_money=True),
    "suit": Case(converts=date(2026, 3, 1)),
    "stargate_regardless": Case(on_own_cash=True),
    "no_stargate": Case(stargate=0),
    "funding_market": Case(second=date(2026, 6, 30), post_money=240 * B),
    "capacity_crunch": Case(built=1000 * B, cap=10 * M, churn=0.05, cheaper=0.01),
    "dear_chips": Case(cheaper=0, computing=8 * M * 1.15, capacity=15 * M),
    "outage": Case(outages=((2025, 6),)),
    "outages": Case(outages=((2025, 6), (2025, 12), (2026, 6), (2026, 12), (2027, 6), (2027, 12))),
    "random_outages": Case(outages_a_year=2),
    "higher_tiers": Case(pro=0.01, team=0.08),
    "social_platform": Case(social=date(2026, 4, 1)),
    "delayed_launch": Case(social=date(2026, 10, 1)),
    "demand_slump": Case(wish=(0,) * 4, churn=0.06, fade=(0.35,) * 3, price=18 * 0.85, api_growth=0.01),
    "no_new_capital": Case(closings=False),
}


# The round


def clause_bites(case: Case, counting: str = "+ conditional") -> bool:
    """Whether SoftBank pays less: it may unless the conversion is done by the end of 2025."""
    in_time = case.converts is not None and case.converts <= date(2025, 12, 31)
    return case.clause != "waived" and (counting == "+ certain" or not in_time)


def second_closing(case: Case, counting: str = "+ conditional") -> dict[str, float]:
    """The 30B of the second closing by investor: three quarters SoftBank's, less what the clause takes."""
    if not case.closings or counting == "cash in hand":
        return {"softbank": 0.0, "syndicate": 0.0}
    if not clause_bites(case, counting):
        return {"softbank": 22.5 * B, "syndicate": 7.5 * B}
    if case.clause == "a":
        return {"softbank": 12.5 * B, "syndicate": 7.5 * B}  # 30B to 20B, off what is not yet paid
    return {"softbank": 7.5 * B, "syndicate": 2.5 * B}  # 20B in all, 10B of it already paid


def first_closing(case: Case, counting: str = "+ conditional") -> float:
    """The 10B paid at once."""
    return 10 * B if case.closings and counting != "cash in hand" else 0.0


def drawn(case: Case) -> float:
    """The money of both closings."""
    return first_closing(case) + sum(second_closing(case).values())


def set_aside(case: Case, day: date, counting: str) -> float:
    """What of the money that came by a day is for Stargate, spent or not: 18B of 40B, after a cut 18B of the rest."""
    first, second = first_closing(case, counting), sum(second_closing(case, counting).values())
    came = first * (day >= date(2025, 4, 15)) + second * (day >= case.second)
    return case.stargate * came / (first + second if came and day >= date(2025, 12, 31) else 40 * B)


def stakes(case: Case) -> dict[str, float]:
    """SoftBank's and the round's share: 300B post-money is 260B before 40B come in."""
    post_money = case.post_money if case.keep_post_money else case.post_money - 40 * B + drawn(case)
    softbank = first_closing(case) * 3 / 4 + second_closing(case)["softbank"]
    return {"softbank": softbank / post_money, "round": drawn(case) / post_money}


# Cash


def cents(x: float) -> float:
    """To the cent."""
    return round(x, 2)


class Month(NamedTuple):
    """One month: what moves on its first day, over its days and from the round; then what is left."""

    year: int
    month: int
    interest: float
    operating: float
    stargate: float
    funding: dict[date, float]  # what comes, by day
    cash: float
    restricted: float


def project(case: Case, counting: str = "+ conditional") -> list[Month]:
    """The 36 months from April 2025."""
    closings = {
        date(2025, 4, 15): first_closing(case, counting),
        case.second: sum(second_closing(case, counting).values()),
    }
    cash, done = 9 * B, list[Month]()
    users, payers, sora = 500 * M, 20 * M, 2 * M
    spent = wanted = 0.0  # of Stargate
    relief = False
    began = (20 * M - 15.5 * M) / 3 + 0.04 * (20 * M + 15.5 * M) / 2
    began /= (480 * M + 284.5 * M) / 2  # a month, of free users: in the quarter of the snapshots
    for t, (year, month, days) in enumerate(months(2025, 4, 36)):
        relief = relief or spent >= case.built
        wish = case.wish[min(year - 2024, 3) if year > 2025 else month >= 7] * users
        lately = sum(0 <= 12 * (year - y) + month - m < 3 for y, m in case.outages)
        lately += case.outages_a_year / 12 * min(3, max(0, t - 1))  # in this month and the two before it
        after_outage = 0.01 * min(1, lately)
        payers, users = (
            payers * (1 - case.churn - after_outage) + began * case.fade[min(year, 2027) - 2025] * (users - payers),
            users + (wish if relief else min(case.cap, wish)),
        )
        sora += 0.2 * M if relief else 0
        use = ((users - payers) * (1.2 if relief else 1) + 10 * payers) / (284.5 * M + 10 * 15.5 * M)
        times = ((year, month) in case.outages) + (case.outages_a_year / 12 if t >= 2 else 0)
        up = 1 - 3 * times / days  # of three days Sora loses all, API 80 %, ChatGPT half
        tiers = (20 * (1 - case.pro - case.team) + 200 * case.pro + 25 * case.team) / 21.15
        chatgpt = case.price * payers * tiers * (up + 1) / 2
        since = 0 if case.social is None else 12 * (year - case.social.year) + month - case.social.month + 1
        launched = since > 0
        operating = [
            chatgpt,
            1.2 * B / 12 * (1 + case.api_growth) ** t * (0.2 + 0.8 * up),
            2 * sora * up,
            1.5 * 0.25 * users * min(1, since / 24) if launched else 0,
            -case.computing * days * use * (1 - case.cheaper) ** t,
            -case.capacity if relief else 0,
            -4 * B / 12 * 1.9 ** ((t + 9) / 12),  # training, from the middle of 2024
            -1.5 * B / 12 * 1.5 ** ((t + 9) / 12),  # payroll, too
            -1.2 * B / 12 * 1.02**t,  # sales, support, offices
            -0.04 * cents(chatgpt),  # payment fees
            -40 * M if launched else 0,  # the team of the social platform
        ]
        wanted += case.stargate / 36 if t >= 2 else 0  # 36 months from June 2025
        at_hand = set_aside(case, date(year, month, 1), counting)
        stargate = max(0.0, (wanted if case.on_own_cash else min(wanted, at_hand)) - spent)
        spent += stargate
        interest = cents(max(0.0, cash) * (1.04 ** (1 / 12) - 1))
        funding = {day: money for day, money in closings.items() if (day.year, day.month) == (year, month)}
        cash += interest + sum(map(cents, operating)) - stargate + sum(funding.values())
        restricted = max(0.0, set_aside(case, date(year, month, days), counting) - spent)
        done.append(
            Month(year, month, interest, sum(map(cents, operating)), stargate, funding, cents(cash), restricted)
        )
    return done


def free_cash(case: Case, counting: str) -> dict[date, float]:
    """Cash that is not set aside for Stargate at the end of each day: even over a month, but interest and closings."""
    opening, spent, free = 9 * B, 0.0, dict[date, float]()
    for month in project(case, counting):
        days = monthrange(month.year, month.month)[1]
        for d in range(1, days + 1):
            day = date(month.year, month.month, d)
            came = sum(money for closed, money in month.funding.items() if closed <= day)
            cash = opening + month.interest + (month.operating - month.stargate) * d / days + came
            free[day] = cash - max(0.0, set_aside(case, day, counting) - spent - month.stargate * d / days)
        opening, spent = month.cash, spent + month.stargate
    return free


def out_of_cash(free: dict[date, float]) -> date | None:
    """The first day at whose end the cash that is free to spend is below 0; None if there is none."""
    return next((day for day, cash in free.items() if cash < 0), None)
