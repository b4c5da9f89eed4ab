"""A word: its meaning, its formula and source, and its values in a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN, scale
from runway.render.report import UNITS, Block, Cell, Column, Findings, Prose, Report, Row, Table

if TYPE_CHECKING:
    from runway.answers.word import Word, WordValue

MORE = "runway explain {} in a folder with a runway.toml, or runway explain MODEL {}, shows what a model has of it."


def report(word: Word) -> Report:
    """The page of a word; `main` has a row a value."""
    money = [value.value for value in word.values if value.unit == "money" and isinstance(value.value, float)]
    unit = PLAIN if word.currency is None else scale(word.currency, word.minor_digits, money)
    table = Table("", (Column(""), Column("", align="right"), Column("", wraps=True)), list(map(_row, word.values)))
    findings = [("formula", word.formula), ("source", word.source)]
    if word.also:
        findings.append(("also", ", ".join(word.also)))
    if word.field is not None:
        kinds = word.field.kinds
        findings.append((word.field.name, f"a field of {', '.join(kinds)} (runway kinds {kinds[0]})"))
    sections: list[list[Block]] = [[Prose(word.word, "", "bold"), Prose(word.means)], [Findings(findings)]]
    if word.values:
        sections.append([table])
    elif word.model is None:
        name = f'"{word.word}"' if " " in word.word else word.word
        sections.append([Prose(MORE.format(name, name), style="dim")])
    title = () if word.model is None else (word.model, word.scenario or "base", unit.label)
    main = Table("", (Column("label"), Column("value", "number"), Column("unit"), Column("note")), _main(word))
    return Report(title, unit, sections, main=lambda: main)


def _row(value: WordValue) -> Row:
    if value.value is None:
        return Row([value.label, "beyond" if value.unit in ("months", "day") else "–", value.note])
    return Row([value.label, Cell(value.value, UNITS[value.unit]), value.note])


def _main(word: Word) -> list[Row]:
    return [Row([value.label, Cell(value.value, UNITS[value.unit]), value.unit, value.note]) for value in word.values]
