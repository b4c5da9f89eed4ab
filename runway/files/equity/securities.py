"""The securities of a package that are outstanding at its day: every one that was issued and not ended since.

What remains of a security after a part of it was cancelled, bought back or transferred is a security of its own
(`balance_security_id`), and so is what it becomes (`resulting_security_ids`): issuances are not simply added up.
Transactions count by their dates and by what they refer to, not in the order in which they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from runway.files.equity.package import OcfObject, OcfPackage

COMPENSATION = ("EQUITY_COMPENSATION", "PLAN_SECURITY", "STOCK_OPTION")  # names of the same in three versions
_OF_OPTIONS = frozenset("ISSUANCE CANCELLATION TRANSFER RETRACTION EXERCISE RELEASE".split())
_KINDS = {  # of transactions, by the family of their securities
    "STOCK": frozenset("ISSUANCE CANCELLATION TRANSFER RETRACTION REPURCHASE CONVERSION REISSUANCE".split()),
    "CONVERTIBLE": frozenset("ISSUANCE CANCELLATION TRANSFER RETRACTION CONVERSION".split()),
    "WARRANT": frozenset("ISSUANCE CANCELLATION TRANSFER RETRACTION EXERCISE".split()),
    **dict.fromkeys(COMPENSATION, _OF_OPTIONS),
}
_PARTIAL = ("EXERCISE", "RELEASE")  # which leave the rest of the quantity with the same security
_BACK = ("CANCELLATION", "RETRACTION", "REPURCHASE")  # which give shares back to the company
UNREAD = frozenset(
    [f"TX_{family}_ACCEPTANCE" for family in _KINDS]
    + "TX_VESTING_ACCELERATION TX_VESTING_START TX_VESTING_EVENT TX_ISSUER_AUTHORIZED_SHARES_ADJUSTMENT".split()
)
_OTHERS = frozenset(
    "TX_STOCK_CLASS_SPLIT TX_STOCK_CONSOLIDATION TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT "
    "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT TX_STOCK_PLAN_POOL_ADJUSTMENT TX_STOCK_PLAN_RETURN_TO_POOL "
    "TX_EQUITY_COMPENSATION_REPRICING".split()
)


class HeldSecurity:
    """One security: its issuance, and how much of it is outstanding."""

    def __init__(self, issuance: OcfObject, family: str) -> None:
        self.issuance, self.family = issuance, family
        self.id = issuance.text("security_id")
        self.holder = issuance.text("stakeholder_id")
        self.day = issuance.day("date")
        self.quantity = issuance.shares() if family != "CONVERTIBLE" and "quantity" in issuance.data else 0
        self.outstanding = True
        self.before: HeldSecurity | None = None  # the one of which this is the balance or was transferred
        self.exercised_from: HeldSecurity | None = None
        self.splits: list[tuple[date, tuple[int, int]]] = []  # since it was issued

    @property
    def first(self) -> HeldSecurity:
        """The security at the beginning of this one's chain of transfers and balances."""
        return self if self.before is None else self.before.first

    @property
    def acquired(self) -> date:
        """The day on which its holder got it: the balance of a security is as old as that."""
        if self.before is not None and self.before.holder == self.holder:
            return self.before.acquired
        return self.day

    def split_since(self, day: date) -> tuple[int, int]:
        """New shares to old ones of every split after a day."""
        new = old = 1
        for split_day, ratio in self.splits:
            if split_day > day:
                new, old = new * ratio[0], old * ratio[1]
        return new, old


class Securities:
    """The securities of a package at its day.

    Raises `InputError`: unknown-transaction, unknown-security, security-ended-twice, security-does-not-add-up,
    duplicate-name, shares-not-whole, broken-export.
    """

    def __init__(self, package: OcfPackage) -> None:
        self.package = package
        self.by_id: dict[str, HeldSecurity] = {}
        self.given_back: list[tuple[HeldSecurity, int, OcfObject]] = []  # securities of which shares came back
        self.unread = self.later = 0
        endings: list[tuple[date, int, OcfObject]] = []
        for transaction in package.objects:
            if not transaction.type.startswith("TX_"):
                continue
            kind = _kind(transaction)
            if kind is None:
                self.unread += 1
            elif transaction.day("date") > package.as_of:
                self.later += 1
            elif kind == "ISSUANCE":
                self._issue(transaction)
            elif kind != "OTHER" or transaction.type in ("TX_STOCK_CLASS_SPLIT", "TX_STOCK_CONSOLIDATION"):
                endings.append((transaction.day("date"), len(endings), transaction))
        self.splits = {transaction.id for _, _, transaction in endings if transaction.type == "TX_STOCK_CLASS_SPLIT"}
        for _, _, transaction in self._in_order(endings):
            if transaction.type == "TX_STOCK_CLASS_SPLIT":
                self._split(transaction)
            elif transaction.type == "TX_STOCK_CONSOLIDATION":
                self._consolidate(transaction)
            else:
                self._end(transaction)

    def outstanding(self, *families: str) -> list[HeldSecurity]:
        """The securities of some families that are outstanding at the package's day."""
        return [security for security in self.by_id.values() if security.outstanding and security.family in families]

    def dated(self, *types: str) -> list[OcfObject]:
        """The transactions of these types up to the package's day, the earliest first."""
        transactions = sorted(self.package.objects_of(*types).values(), key=lambda item: item.day("date"))
        return [transaction for transaction in transactions if transaction.day("date") <= self.package.as_of]

    def _issue(self, issuance: OcfObject) -> None:
        family = _family(issuance)
        security = HeldSecurity(issuance, "OPTION" if family in COMPENSATION else family)
        if security.id in self.by_id:
            raise issuance.refusal("duplicate-name", f"The security {security.id} is issued twice.", "security_id")
        self.by_id[security.id] = security

    def _in_order(self, endings: list[tuple[date, int, OcfObject]]) -> list[tuple[date, int, OcfObject]]:
        """By day; on one day the end of a security after its beginning, splits after their reissuances."""
        depth: dict[str, int] = {}
        made_by = {result: transaction for _, _, transaction in endings for result in _resulting_ids(transaction)}

        def steps(transaction: OcfObject, seen: frozenset[str] = frozenset()) -> int:
            if transaction.id not in depth:
                if transaction.id in seen:
                    raise transaction.refusal("unknown-security", "This security comes out of itself.", "security_id")
                makers = [made_by[ended] for ended in _ended_ids(transaction) if ended in made_by]
                depth[transaction.id] = 1 + max((steps(maker, seen | {transaction.id}) for maker in makers), default=0)
            return depth[transaction.id]

        def place(item: tuple[date, int, OcfObject]) -> tuple[date, bool, int, int]:
            return item[0], item[2].type == "TX_STOCK_CLASS_SPLIT", steps(item[2]), item[1]

        return sorted(endings, key=place)

    def _security(self, transaction: OcfObject, identity: str, field: str) -> HeldSecurity:
        security = self.by_id.get(identity)
        if security is None:
            raise transaction.refusal(
                "unknown-security", f"No security {identity} is issued up to {self.package.as_of}.", field
            )
        return security

    def _ending(self, transaction: OcfObject, identity: str, field: str) -> HeldSecurity:
        """The security that a transaction ends, which is outstanding until then."""
        security = self._security(transaction, identity, field)
        if not security.outstanding:
            raise transaction.refusal("security-ended-twice", f"The security {identity} was ended before.", field)
        if security.day > transaction.day("date"):
            text = f"The security {identity} is ended on {transaction.day('date')} and issued on {security.day}."
            raise transaction.refusal("security-does-not-add-up", text, "date")
        return security

    def _end(self, transaction: OcfObject) -> None:
        """Ends a security, or a part of it that nothing is left of but its balance."""
        security = self._ending(transaction, transaction.text("security_id"), "security_id")
        kind = transaction.type.rsplit("_", 1)[1]
        balance = transaction.text("balance_security_id", "")
        identities = transaction.texts("resulting_security_ids")
        results = [self._security(transaction, identity, "resulting_security_ids") for identity in identities]
        if security.family == "CONVERTIBLE":
            security.outstanding = False
            results += [self._security(transaction, balance, "balance_security_id")] if balance else []
            for result in results:
                if result.family == "CONVERTIBLE":
                    result.before = security
            return
        field = "quantity" if "quantity" in transaction.data else "quantity_converted"
        ended = transaction.shares(field) if field in transaction.data else security.quantity
        rest = security.quantity - ended
        if rest < 0:
            text = f"{ended:,} are ended of the security {security.id}, which has {security.quantity:,}."
            raise transaction.refusal("security-does-not-add-up", text, field)
        if kind in _PARTIAL:
            security.quantity, security.outstanding = rest, rest > 0
        else:
            security.outstanding = False
            self._balance(transaction, security, balance, rest)
        resulting = sum(result.quantity for result in results if result.family == security.family)
        if kind in ("TRANSFER", "REISSUANCE") and results and resulting != ended and not self._splits(transaction):
            text = f"{ended:,} of the security {security.id} are passed on; what results has {resulting:,}."
            raise transaction.refusal("security-does-not-add-up", text, "resulting_security_ids")
        if kind in ("TRANSFER", "REISSUANCE") and not results:
            raise transaction.refusal("unknown-security", "What results of this is missing.", "resulting_security_ids")
        for result in results:
            if kind in _PARTIAL and security.family == "OPTION":
                result.exercised_from = security.first
            elif result.family == security.family and kind != "CONVERSION":
                result.before = security
        if kind in _BACK:
            self.given_back.append((security.first, ended, transaction))

    def _balance(self, transaction: OcfObject, security: HeldSecurity, identity: str, rest: int) -> None:
        """The balance of a security is one of its own, of the same holder, with the rest of its quantity."""
        if not identity:
            if rest:
                text = f"{rest:,} of the security {security.id} are left, and no balance_security_id has them."
                raise transaction.refusal("security-does-not-add-up", text, "quantity")
            return
        balance = self._security(transaction, identity, "balance_security_id")
        if balance.quantity != rest or balance.holder != security.holder:
            holder = "" if balance.holder == security.holder else " and another holder"
            text = f"{rest:,} of the security {security.id} are left; its balance {identity} has {balance.quantity:,}"
            raise transaction.refusal("security-does-not-add-up", f"{text}{holder}.", "balance_security_id")
        balance.before = security

    def _splits(self, transaction: OcfObject) -> bool:
        """Whether a reissuance is that of a split, which changes the number of shares."""
        return transaction.text("split_transaction_id", "") in self.splits

    def _consolidate(self, transaction: OcfObject) -> None:
        ended = [self._ending(transaction, identity, "security_ids") for identity in transaction.texts("security_ids")]
        identities = transaction.texts("resulting_security_ids") or [transaction.text("resulting_security_id")]
        results = [self._security(transaction, identity, "resulting_security_id") for identity in identities]
        old, new = (sum(security.quantity for security in securities) for securities in (ended, results))
        if old != new:
            text = f"Securities of {old:,} are made one; what results has {new:,}."
            raise transaction.refusal("security-does-not-add-up", text, "security_ids")
        for security in ended:
            security.outstanding = False
        for result in results:
            result.before = max(ended, key=lambda security: security.quantity, default=None)

    def _split(self, split: OcfObject) -> None:
        """Multiplies the shares of a class that were issued before its day, options and warrants for it too.

        Shares that a reissuance has changed in its place are left as they are.
        """
        ratio, day, class_id = split_ratio(split), split.day("date"), split.text("stock_class_id")
        reissued = {
            identity
            for reissuance in self.package.objects_of("TX_STOCK_REISSUANCE").values()
            if reissuance.text("split_transaction_id", "") == split.id
            for identity in reissuance.texts("resulting_security_ids")
        }
        for security in self.by_id.values():
            if security.day >= day or self._class_of(security) != class_id:
                continue
            security.splits.append((day, ratio))
            if security.outstanding and security.id not in reissued:
                new = security.quantity * ratio[0]
                if new % ratio[1]:
                    text = f"The security {security.id} of {security.quantity:,} would be no whole number of shares."
                    raise split.refusal("shares-not-whole", text, "split_ratio")
                security.quantity = new // ratio[1]

    def _class_of(self, security: HeldSecurity) -> str:
        """The stock class of shares, and the one that options and warrants are for; empty if it is not said."""
        issuance = security.issuance
        if class_id := issuance.text("stock_class_id", ""):
            return class_id
        plan = self.package.objects_of("STOCK_PLAN").get(issuance.text("stock_plan_id", ""))
        rights = [trigger.part("conversion_right") for trigger in issuance.parts("exercise_triggers")]
        classes = {right.text("converts_to_stock_class_id", "") for right in rights if right}
        if plan is not None:
            classes = {*plan.texts("stock_class_ids"), plan.text("stock_class_id", "")}
        classes.discard("")
        return classes.pop() if len(classes) == 1 else ""


def split_ratio(split: OcfObject) -> tuple[int, int]:
    """New shares to old ones."""
    ratio = split.part("split_ratio")
    if ratio is None:
        raise split.refusal("broken-export", "The split has no split_ratio.", "split_ratio")
    numbers = ratio.number("numerator"), ratio.number("denominator")
    if any(number is None or number <= 0 for number in numbers):
        raise split.refusal("broken-export", "A ratio has a numerator and a denominator above 0.", "split_ratio")
    first, second = (number.as_integer_ratio() for number in numbers if number is not None)
    return first[0] * second[1], first[1] * second[0]


def _family(transaction: OcfObject) -> str:
    """The family of a transaction's security: the longest name that fits, empty if none does."""
    fitting = [family for family in _KINDS if transaction.type.startswith(f"TX_{family}_")]
    return max(fitting, key=len, default="")


def _kind(transaction: OcfObject) -> str | None:
    """The kind of a transaction, the last word of its type; None if it changes no number of shares."""
    if transaction.type in UNREAD:
        return None
    if transaction.type in _OTHERS:
        return "OTHER"
    family = _family(transaction)
    kind = transaction.type.removeprefix(f"TX_{family}_")
    if kind in _KINDS.get(family, ()):
        return kind
    text = f"{transaction.type} is not known, and may change who holds what. Take it out if it does not."
    raise transaction.refusal("unknown-transaction", text, "object_type")


def _ended_ids(transaction: OcfObject) -> list[str]:
    return list(filter(None, [*transaction.texts("security_ids"), transaction.text("security_id", "")]))


def _resulting_ids(transaction: OcfObject) -> list[str]:
    singles = [transaction.text(field, "") for field in ("balance_security_id", "resulting_security_id")]
    return list(filter(None, [*transaction.texts("resulting_security_ids"), *singles]))
