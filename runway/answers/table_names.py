"""Names of tables in assumption files, made of the titles in exports."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 50


def table_name(title: str, names: set[str]) -> str:
    """A name of a-z, 0-9 and _ that begins with a letter and no other of `names` has, which it joins.

    >>> table_name("Gehälter & Löhne", set()), table_name("3i plc", set()), table_name("Rent", {"rent"})
    ('gehalter_lohne', 'n_3i_plc', 'rent_2')
    """
    letters = unicodedata.normalize("NFKD", title.casefold().replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    plain = re.sub(r"[^a-z0-9]+", "_", letters.encode("ascii", "ignore").decode()).strip("_")[:LONGEST].strip("_")
    plain = plain if plain[:1].isalpha() else f"n_{plain}".rstrip("_")
    name, n = plain, 2
    while name in names:
        name, n = f"{plain}_{n}", n + 1
    names.add(name)
    return name
