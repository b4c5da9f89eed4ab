"""How large a page is."""

from __future__ import annotations

import runway


def test_the_page_of_the_default_model_is_small() -> None:
    assert len(runway.page("openai-2025").encode()) <= 200_000
