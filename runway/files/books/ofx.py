"""OFX, in which banks and card issuers export: 1 is SGML, whose fields are not closed, 2 is XML.

    <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102120000[-5:EST]<TRNAMT>-4200.00<FITID>F1<NAME>Landlord Example LLC</STMTTRN>

Both are read alike: what has text is a field, all else holds fields, and those that are read must be closed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import unescape
from sys import intern
from typing import TYPE_CHECKING

from runway.files.books.contents import HEAD, contents
from runway.files.books.export import Balance, BookRow
from runway.files.books.source import text_of
from runway.files.books.statements import StatementPage, joined
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from runway.errors import InputError
    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.source import BookText

Stamp = tuple[date, str]  # a day, and the zone of its time
LAYOUT = "ofx"
MOVEMENT = "STMTTRN"
LONGEST = 4096  # characters of a movement that is read at once
_HEAD = re.compile(
    rb"\s*(?:OFXHEADER\s*:|<OFX>|(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)?<\?OFX\b)", re.IGNORECASE | re.DOTALL
)
_DECLARED = re.compile(rb"^(ENCODING|CHARSET)\s*:\s*([\w-]+)|<\?xml[^>]*\bencoding\s*=\s*[\"']([\w-]+)", re.MULTILINE)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w.]*)\s*/?>(?P<text>[^<]*(?:<!\[CDATA\[.*?\]\]>[^<]*)*)", re.DOTALL)
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_SPACE = re.compile(r"\s*")
_FIELDS = re.compile(r"<([A-Z][A-Z0-9.]*)>([^<&]*)(</\1>\s*)?")  # of a movement, where each has a text
_AMOUNT = re.compile(r"[+-]?(?:\d{1,18}(?:[.,]\d{0,12})?|[.,]\d{1,12})\Z", re.ASCII)
_DAY = re.compile(r"(\d{8})(?:\d{4}(?:\d\d(?:\.\d+)?)?)?\s*(?:\[(?P<zone>[^\]]*)\])?\Z", re.ASCII)
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_HOLDERS = frozenset(
    "OFX BANKMSGSRSV1 CREDITCARDMSGSRSV1 INVSTMTMSGSRSV1 STMTTRNRS CCSTMTTRNRS INVSTMTTRNRS STMTRS CCSTMTRS INVSTMTRS "
    "BANKACCTFROM CCACCTFROM BANKTRANLIST BANKTRANLISTP STMTTRN STMTTRNP LEDGERBAL AVAILBAL CURRENCY ORIGCURRENCY "
    "SIGNONMSGSRSV1 SONRS STATUS".split()
)


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of OFX."""
    return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The accounts of a file.

    Raises `InputError`: broken-export, wrong-export, markup-declares, not-a-figure, not-a-date, wrong-currency,
    duplicate-row, file-not-text.
    """
    source = text_of(file, reading.encoding or _encoding(contents(file, HEAD)))
    if declares := _DECLARES.search(source.text):
        text = "No export of books declares a document type (DOCTYPE, entities): such a file is not read."
        raise source.refusal_at(declares.start(), "markup-declares", text, len(declares[0]))
    root = _tree(source)
    remarks: dict[str, None] = {}
    pages = [_OfxStatement(source, node, remarks) for node in root.every(*_STATEMENTS)]
    investments = [node.field("ACCTID") for node in root.every("INVSTMTRS")]
    if not pages:
        raise _without_statement(source, root, investments)
    if investments:
        remarks[f"Investment accounts are not read: {', '.join(investments)}."] = None
    exports = joined(file.title, LAYOUT, pages, source.refusal, duplicates=reading.duplicates, remarks=tuple(remarks))
    return tuple(_with_opening(export) for export in exports)


def _encoding(start: bytes) -> str | None:
    """The encoding that the head of a file declares; None where it declares none that says more than ASCII."""
    declared = {match[1] or b"": match[2] or match[3] for match in _DECLARED.finditer(start)}
    name = declared.get(b"", b"").decode().upper()
    encoding, charset = declared.get(b"ENCODING", b"").decode().upper(), declared.get(b"CHARSET", b"").decode().upper()
    name = name or (encoding if encoding.startswith(("UTF", "UNICODE")) else charset)
    if name.startswith(("UTF-8", "UTF8", "UNICODE", "NONE")) or not name:
        return "utf-8" if name.startswith(("UTF", "UNICODE")) and not start.startswith(b"\xff\xfe") else None
    return {"1252": "cp1252", "8859-1": "latin-1", "ISO-8859-1": "latin-1"}.get(name, name.lower())


class _OfxMovement(NamedTuple):
    """One STMTTRN."""

    row: BookRow
    offset: int  # in the text
    zone: str  # of its time stamp
    corrects: str  # the FITID of the movement that it takes the place of
    deletes: bool  # whether it does so with nothing
    currency: str  # another one than that of the account


_NO_TAGS: list[_OfxNode] = []  # of a field, which holds none
_NO_MOVEMENTS: list[_OfxMovement] = []


class _OfxNode:
    """A tag: its text, or the tags inside it."""

    __slots__ = ("children", "moves", "name", "offset", "text")

    def __init__(self, name: str, text: str, offset: int) -> None:
        self.name, self.text, self.offset = name, text, offset
        self.children: list[_OfxNode] = [] if not text else _NO_TAGS
        self.moves: list[_OfxMovement] = [] if not text else _NO_MOVEMENTS

    def every(self, *names: str) -> list[_OfxNode]:
        """All tags of these names inside this one, in their order."""
        nodes = []
        for child in self.children:
            nodes += [child] if child.name in names else child.every(*names)
        return nodes

    def movements(self) -> list[_OfxMovement]:
        """All movements inside this one, in their order."""
        return [*self.moves, *(movement for child in self.children for movement in child.movements())]

    def child(self, name: str) -> _OfxNode | None:
        return next((child for child in self.children if child.name == name), None)

    def field(self, *path: str) -> str:
        """The text of the first field of a name, at a path or anywhere below it."""
        name, *rest = path
        for child in self.children:
            if child.name == name:
                return child.field(*rest) if rest else child.text
        for child in self.children:
            if child.children and child.name.endswith("ACCTFROM") and (text := child.field(*path)):
                return text
        return ""


def _tree(source: BookText) -> _OfxNode:
    """The tags of a text; a field needs no end, a tag that holds fields does.  Movements are kept as rows alone.

    Raises `InputError`: broken-export, not-a-figure, not-a-date.
    """
    root = _OfxNode("", "", 0)
    opened = [root]
    end = 0
    while match := _TAG.search(source.text, end):
        name, text = match["name"].upper(), match["text"]
        if end and match.start() != end:
            raise source.refusal_at(end, "broken-export", "This is no tag of OFX: the file was changed or cut short.")
        if name == MOVEMENT and (plain := _plain_movement(source, match)):
            movement, end = plain
            opened[-1].moves.append(movement)
            continue
        end = match.end()
        if match["end"]:
            _close(source, opened, name, match.start())
            continue
        value = text.strip()
        if "<" in value:
            value = _CDATA.sub(lambda inner: inner[1].replace("&", "&amp;"), value).strip()
        if "&" in value:
            value = unescape(value)
        node = _OfxNode(name, " ".join(value.split()), match.start())
        opened[-1].children.append(node)
        if not value:
            opened.append(node)
    if end < len(source.text.rstrip()) or len(opened) > 1:
        unclosed = next((node for node in opened[1:] if node.name in _HOLDERS), None)
        if unclosed is not None or end < len(source.text.rstrip()):
            cut = "a tag is cut"
            if unclosed is not None:
                cut = f"{unclosed.name} of line {source.line_at(unclosed.offset)} is not closed"
            message = f"The file ends and {cut}: it is cut short. Export it again."
            raise source.refusal(len(source.text.rstrip().split("\n")), "broken-export", message)
    return root


def _close(source: BookText, opened: list[_OfxNode], name: str, offset: int) -> None:
    """Closes a tag; tags that are open inside it were fields without text, and their children are its own."""
    last = opened[-1].children[-1] if opened[-1].children else None
    if last is not None and last.name == name and last.text:
        return
    if name not in (node.name for node in opened[1:]):
        if name in _HOLDERS:
            raise source.refusal_at(offset, "broken-export", f"{name} ends here and was not begun.", len(name) + 3)
        return
    while (node := opened.pop()).name != name:
        if node.name in _HOLDERS:
            text = f"{name} ends here, and {node.name} of line {source.line_at(node.offset)} inside it is not closed."
            raise source.refusal_at(offset, "broken-export", text, len(name) + 3)
        opened[-1].children += node.children
        opened[-1].moves += node.moves
        node.children, node.moves = [], []
    if name == MOVEMENT:
        opened[-1].children.pop()
        opened[-1].moves.append(_movement(source, node))


def _plain_movement(source: BookText, opening_tag: re.Match[str]) -> tuple[_OfxMovement, int] | None:
    """A movement whose fields are all as they usually are, and where the text goes on; None for any other."""
    start, end = opening_tag.end(), source.text.find(f"</{MOVEMENT}>", opening_tag.end(), opening_tag.end() + LONGEST)
    block = source.text[start:end] if end > 0 and not opening_tag["text"].strip() else ""
    matches = _FIELDS.findall(block)
    closed = sum(1 for field in matches if field[2])
    if block.count("<") != len(matches) + closed or block.count("</") != closed or "&" in block:
        return None
    fields = {name: " ".join(text.split()) for name, text, _ in reversed(matches)}
    if len(fields) != len(matches) or not all(fields.values()):
        return None
    amount, stamp = _amount(fields.get("TRNAMT", "")), _stamp(fields.get("DTPOSTED", ""))
    if amount is None or stamp is None:
        return None
    gap = _SPACE.match(source.text, end + len(MOVEMENT) + 3)
    return _movement_of(source, opening_tag.start(), fields, amount, stamp), gap.end() if gap else end


def _movement(source: BookText, node: _OfxNode) -> _OfxMovement:
    """A movement. Raises `InputError`: not-a-figure, not-a-date."""
    fields = {child.name: child.text for child in reversed(node.children)}
    fields["NAME"] = fields.get("NAME") or node.field("PAYEE", "NAME")
    fields["CURSYM"] = node.field("CURRENCY", "CURSYM")
    amount, stamp = _amount_in(source, node, "TRNAMT"), _stamp_in(source, node, "DTPOSTED")
    return _movement_of(source, node.offset, fields, amount, stamp)


def _movement_of(source: BookText, offset: int, fields: dict[str, str], amount: Decimal, stamp: Stamp) -> _OfxMovement:
    field = fields.get
    text = " | ".join(part for part in dict.fromkeys((field("NAME", ""), field("MEMO", ""))) if part)
    kind = intern(field("TRNTYPE", "").lower())
    row = BookRow(stamp[0], kind, text, amount, source.line_at(offset), field("FITID", ""))
    deletes = field("CORRECTACTION", "").upper() == "DELETE"
    return _OfxMovement(row, offset, stamp[1], field("CORRECTFITID", ""), deletes, field("CURSYM", "").upper())


def _amount(text: str) -> Decimal | None:
    """An amount, whose one mark is that of decimals, a point or a comma."""
    return Decimal(text.replace(",", ".")) if _AMOUNT.match(text) else None


@lru_cache(maxsize=4096)
def _stamp(text: str) -> Stamp | None:
    """The day of a time stamp in the zone in which it was written, and that zone."""
    match = _DAY.match(text)
    try:
        day = date(int(match[1][:4]), int(match[1][4:6]), int(match[1][6:])) if match else None
    except ValueError:
        return None
    return (day, (match["zone"] or "").rpartition(":")[2]) if match and day else None


def _amount_in(source: BookText, node: _OfxNode, name: str) -> Decimal:
    field = node.child(name)
    if field is None or (amount := _amount(field.text)) is None:
        raise _refusal(source, field or node, "not-a-figure", f"{name} is missing or no amount, 1234.56 or -1234.56.")
    return amount


def _stamp_in(source: BookText, node: _OfxNode, name: str) -> Stamp:
    field = node.child(name)
    if field is None or (stamp := _stamp(field.text)) is None:
        raise _refusal(source, field or node, "not-a-date", f"{name} is missing or no day; OFX writes 20260131.")
    return stamp


def _refusal(source: BookText, node: _OfxNode, name: str, text: str) -> InputError:
    return source.refusal_at(node.offset, name, text, len(node.name) + 2 + len(node.text))


def _without_statement(source: BookText, root: _OfxNode, investments: list[str]) -> InputError:
    for status in root.every("STATUS"):
        if status.field("SEVERITY") == "ERROR":
            reason = " ".join(part for part in (status.field("CODE"), status.field("MESSAGE")) if part)
            text = f"The bank answers with an error in place of a statement: {reason}. Export it again."
            return source.refusal_at(status.offset, "wrong-export", text, len("<STATUS>"))
    if investments:
        text = "This file has investment accounts alone, which hold no statement of cash."
        return source.refusal(source.line_at(root.every("INVSTMTRS")[0].offset), "wrong-export", text, "<INVSTMTRS>")
    return source.refusal(
        1, "broken-export", "This file has no statement (STMTRS, CCSTMTRS): it is cut short or empty."
    )


class _OfxStatement(StatementPage):
    """One statement of an account."""

    def __init__(self, source: BookText, node: _OfxNode, remarks: dict[str, None]) -> None:
        super().__init__(node.field("ACCTID"), node.field("CURDEF").upper())
        self.source, self.remarks = source, remarks
        movements = [movement for listed in node.every("BANKTRANLIST") for movement in listed.movements()]
        corrected = {movement.corrects: movement.offset for movement in movements if movement.corrects}
        for movement in movements:
            if movement.corrects and movement.deletes:
                continue
            if movement.row.id in corrected:
                self.left_out.append(("corrected", movement.row.amount))
                del corrected[movement.row.id]
                continue
            if movement.currency and movement.currency != self.currency:
                text = f"This amount is in {movement.currency}; the account is in {self.currency}."
                raise self.source.refusal_at(movement.offset, "wrong-currency", text, len("<STMTTRN>"))
            self.rows.append(movement.row)
        for zone in dict.fromkeys(movement.zone for movement in movements):
            self._remark(zone)
        for fitid, offset in corrected.items():
            text = f"This corrects {fitid}, which is not in the file. Export a span of days that has both."
            raise source.refusal_at(offset, "wrong-export", text, len("<STMTTRN>"))
        for pending in (movement for listed in node.every("BANKTRANLISTP") for movement in listed.every("STMTTRNP")):
            self.left_out.append(("pending", _amount_in(source, pending, "TRNAMT")))
        if (balance := node.child("LEDGERBAL")) is not None:
            line = source.line_at(balance.offset)
            self.closing = Balance(self._day(balance, "DTASOF"), _amount_in(source, balance, "BALAMT"), line)
        if (listed := next(iter(node.every("BANKTRANLIST")), None)) is not None:
            self.first = self._day(listed, "DTSTART") if listed.field("DTSTART") else None
            self.last = self._day(listed, "DTEND") if listed.field("DTEND") else None

    def _day(self, node: _OfxNode, name: str) -> date:
        day, zone = _stamp_in(self.source, node, name)
        self._remark(zone)
        return day

    def _remark(self, zone: str) -> None:
        if zone:
            self.remarks[f"Days are those of the bank's time zone, {zone}, as written."] = None


def _with_opening(export: Export) -> Export:
    """With the opening balance that the closing balance leaves, where no row may be missing between its rows and it."""
    if not export.closing or export.first is None or export.last is None:
        return export
    closing = export.closing[-1]
    if not export.first <= closing.day <= export.last:
        return export
    total = sum((row.amount for row in export.rows if row.day <= closing.day), Decimal(0))
    opening = Balance(export.first, closing.amount - total, closing.line)
    remark = "The opening balance is the closing balance less the rows: it proves nothing of them."
    return export._replace(opening=(opening,), remarks=(*export.remarks, remark))
