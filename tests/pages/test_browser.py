"""The page in a real browser: it opens from disk, moves by keyboard, and what it copies comes to the same figures."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
from datetime import date
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.cli import main
from runway.cli.serve import PageServer
from runway.files.document import bundled_models
from runway.pages.build import PageOptions, ServedPage, served_page
from runway.pages.live_figures import later
from runway.render.figures import months
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: the page is opened in no browser"),
]
PATIENCE = 60.0  # seconds; only a failure waits so long
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
RUNG_TEXT = """[...document.querySelectorAll("#ladder tbody tr")].map(row => [...row.children].slice(0, 3).map(
  cell => (cell.querySelector("button") || cell).firstChild.textContent.trim()))"""


SHEETS_TEXT = """[...document.querySelectorAll(".sheet tbody tr")].map(row => [...row.children].map(
  cell => cell.textContent.trim()))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Opened:
    """A page that was opened, with everything that the browser said of it and asked for."""

    def __init__(self, browser: Any, path: Path | str, hash_: str = "", **how: Any) -> None:
        size = how.pop("size", (1280, 800))
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{path}{hash_}" if isinstance(path, str) else f"file://{path}{hash_}")
        self.settled()

    def settled(self) -> None:
        """Once what was moved is drawn: the page does so in its next frame, and the rest 100 ms after that."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 200)))")

    def until(self, holds: Callable[[], bool]) -> None:
        """Once what the server has sent is drawn."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            self.page.wait_for_timeout(20)

    def ladder(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate(RUNG_TEXT)
        return found

    def value(self, field: str) -> str:
        return str(self.page.locator(f"#{field}").input_value())

    def press(self, slider: int, key: str, times: int) -> None:
        """A key on one of the sliders that stand in the open."""
        self.page.locator("aside .slider input[type=range]").nth(slider).focus()
        for _ in range(times):
            self.page.keyboard.press(key)
        self.settled()


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    made: list[Opened] = []

    def open_(path: Path | str, hash_: str = "", **how: Any) -> Opened:
        made.append(Opened(browser, path, hash_, **how))
        return made[-1]

    yield open_
    for one in made:
        one.context.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page of a model, written once."""
    folder, done = tmp_path_factory.mktemp("pages"), dict[str, Any]()

    def write(name: str, **how: Any) -> Path:
        key = name + repr(how)
        if key not in done:
            done[key] = folder / f"{len(done)}.html"
            runway.page(name, str(done[key]), **how)
        return done[key]

    return write


def told(command: list[str], capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The ladder that a command comes to, as the page says it: rungs that are equal as one."""
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    left = len(found["months"]) - sum(label <= found["as_of"][:7] for label in found["months"])
    lines: list[list[Any]] = []
    for rung in found["runway"]:
        out = rung["zero_cash_date"]
        line = [months(rung["months"]) if out else f"{left}+", day_text(date.fromisoformat(out)) if out else "–"]
        whole = [*line, rung["lowest_cash"], rung["lowest_cash_date"], found["closing_cash"][rung["counting"]]]
        if lines and lines[-1][1] == whole:
            lines[-1][0] += f", {rung['counting']}"
        else:
            lines.append([rung["counting"], whole])
    return [[name, *whole[:2]] for name, whole in lines]


@pytest.mark.parametrize("name", [name for name in bundled_models() if name != "lemonade"])
def test_a_page_opens_from_disk_without_a_word_and_asks_for_nothing(written: Any, opened: Any, name: str) -> None:
    page = opened(written(name), offline=True)
    assert page.said == []
    assert len(page.asked) == 1
    assert page.page.evaluate("document.documentElement.dataset.check") == "true"


@pytest.mark.parametrize(("name", "hash_"), [("saas-startup", ""), ("openai-2025", "#scenario=no_conversion")])
def test_what_is_moved_by_keyboard_comes_to_the_same_in_the_command_the_file_and_the_link(
    written: Any, opened: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, hash_: str
) -> None:
    page = opened(written(name), hash_)
    before = page.ladder()
    for slider, key in enumerate(("ArrowLeft", "ArrowRight", "ArrowLeft")):
        page.press(slider, key, 2)
    ladder, command = page.ladder(), shlex.split(page.value("command"))
    assert page.said == []
    assert ladder != before
    assert command.count("--set") == 3
    assert page.page.locator("#fromFile").inner_text().startswith("in the file, before anything was moved")
    assert told(command[1:], capsys) == ladder

    file = tmp_path / "own.toml"
    file.write_text(
        bundled_models()[name].read_text(encoding="utf-8") + "\n" + page.value("scenarioText"), encoding="utf-8"
    )
    assert main(["validate", str(file)]) == 0
    capsys.readouterr()
    assert told(["project", str(file), "--scenario", "from_page"], capsys) == ladder

    again = opened(written(name), "#" + page.value("link").partition("#")[2])
    assert again.ladder() == ladder
    assert again.value("command") == page.value("command")

    page.page.locator("#reset").click()
    page.settled()
    assert page.page.locator("#count").inner_text() == "as in the file"
    assert "--set" not in page.value("command")


def test_what_a_link_no_longer_finds_is_named(written: Any, opened: Any) -> None:
    page = opened(written("saas-startup"), "#set=levers.burn%3D1.1&set=gone.amount%3D5&scenario=nobody")
    assert page.page.locator("#stale").inner_text() == (
        "2 of 3 changes in the link no longer apply to this page: scenario nobody, gone.amount=5."
    )
    assert "--set levers.burn=1.1" in page.value("command")


def test_widths(written: Any, opened: Any) -> None:
    phone = opened(written("openai-2025"), size=(390, 844))
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = opened(written("openai-2025"))
    for place in ("#answer", "#ladder", "#chart", "aside .slider"):
        box = wide.page.locator(place).first.bounding_box()
        assert box["y"] >= 0, place
        assert box["y"] + box["height"] <= 800, place


def test_paper(written: Any, opened: Any) -> None:
    page = opened(written("openai-2025"))
    page.press(0, "ArrowLeft", 1)
    pdf = page.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2
    page.page.emulate_media(media="print")
    assert not page.page.locator("aside").is_visible()
    moved = page.page.locator("#changes").inner_text()
    assert "softbank_round.second.amount" in moved or "amount" in moved


CONTRAST = """() => {
  const part = c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(n => part(n / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = new Set();
  const texts = "p, th, td, button, label, output, summary, h1, h2, small, dt, dd, caption, text.tick, text.name";
  for (const node of document.querySelectorAll(texts)) {
    if (!node.textContent.trim() || node.disabled || node.closest("[hidden]")) continue;
    const style = getComputedStyle(node), picture = node.namespaceURI.endsWith("svg");
    const front = picture ? style.fill : style.color;
    const [a, b] = [light(front), light(behind(node))].sort((x, y) => y - x);
    const what = `${node.tagName} ${node.getAttribute("class")} ${front} ${behind(node)}`;
    if ((a + 0.05) / (b + 0.05) < 4.5) found.add(what);
  }
  return [...found];
}"""
"""Every text whose contrast with what is behind it is below 4.5, that of AA."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_in_the_light_and_in_the_dark(written: Any, opened: Any, scheme: str) -> None:
    page = opened(written("saas-startup"), color_scheme=scheme)
    page.press(0, "ArrowLeft", 1)
    assert page.page.evaluate(CONTRAST) == []
    dark = page.page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


def test_a_figure_leads_to_its_formula_its_line_and_its_source_by_keyboard(written: Any, opened: Any) -> None:
    page = opened(written("openai-2025"))
    button = page.page.locator("#cash button.plain", has_text="Revenue").first
    button.focus()
    page.page.keyboard.press("Enter")
    why = page.page.locator("#why")
    assert why.locator("pre").inner_text() == runway.explain("openai-2025", "cash.revenue").term.formula
    why.locator("button.plain", has_text="chatgpt.cash").click()
    why.locator("button.plain", has_text="chatgpt.revenue").click()
    assert "openai-2025:" in why.inner_text()
    assert "$18" in why.inner_text()
    page.page.keyboard.press("Escape")
    assert not why.is_visible()
    assert page.said == []


def test_every_chart_has_a_table(written: Any, opened: Any) -> None:
    page = opened(written("saas-startup"), reduced_motion="reduce")
    page.page.locator("#chartTable summary").click()
    rows = page.page.locator("#chartTable tbody tr")
    horizon = runway.load("saas-startup").model.settings.months
    rows.nth(horizon).wait_for()
    assert rows.count() == 1 + horizon
    page.page.locator("aside .slider button", has_text="about").first.click()
    assert page.page.locator("#why table").count() == 2


HOSTILE = '</script><img src=x onerror="document.title=1"><!--'


def test_names_and_notes_of_a_stranger_are_text(opened: Any, tmp_path: Path) -> None:
    said = json.dumps(HOSTILE)
    file = tmp_path / "hostile.toml"
    file.write_text(
        f'[model]\nname = {said}\nstart = "2026-01"\nmonths = 12\nopening_cash = {{ value = 500, note = {said} }}\n'
        f"[sources.one]\ntitle = {said}\nurl = {json.dumps('javascript:alert(1)')}\nnote = {said}\n"
        f'[costs.rent]\ntitle = {said}\nkind = "recurring"\namount = {{ value = "50/month", source = "one" }}\n'
        f'[scenarios.worse]\ntitle = {said}\nset = {{ "rent.amount" = "60/month" }}\n'
        f'[[checks]]\nname = {said}\nrequire = "runway.certain >= 3 months"\n',
        encoding="utf-8",
    )
    out = tmp_path / "hostile.html"
    text = runway.page(str(file), str(out))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    page = opened(out)
    page.press(0, "ArrowRight", 1)
    assert page.said == []
    assert len(page.asked) == 1
    assert page.page.locator("h1").inner_text() == HOSTILE
    assert page.page.title() == HOSTILE
    assert page.page.locator("img, a").count() == 0


def test_a_combination_that_cannot_be_computed_is_said_and_taken_back(opened: Any, tmp_path: Path) -> None:
    file = tmp_path / "part.toml"
    file.write_text(
        '[model]\nname = "Part"\nstart = "2026-01"\nmonths = 12\nopening_cash = 500\n'
        '[drivers.share]\nformula = "1 / (x - 1.5)"\nx = 1\n'
        '[costs.rent]\nkind = "formula"\nformula = "share * 2 + 30"\n',
        encoding="utf-8",
    )
    out = tmp_path / "part.html"
    runway.page(str(file), str(out))
    page = opened(out)
    slider = page.page.locator("aside .slider", has_text="share").locator("input")
    slider.focus()
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    page.settled()
    assert page.page.locator("#refused").inner_text().startswith("In 2026-01, share.value divides by zero")
    page.page.keyboard.press("ArrowRight")
    page.settled()
    assert not page.page.locator("#refused").is_visible()
    assert page.said == []


def test_a_small_chart_of_what_differs_in_digits_that_are_not_shown_is_level(opened: Any, tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(
        '[model]\nname = "Small"\nstart = "2026-01"\nmonths = 6\nopening_cash = 900000\n'
        '[costs.rent]\nkind = "recurring"\namount = "20000/month"\n'
        '[costs.pens]\nkind = "recurring"\namount = "0.06/month"\n',
        encoding="utf-8",
    )
    out = tmp_path / "small.html"
    runway.page(str(file), str(out))
    page = opened(out)
    heights = {}
    for name in ("pens", "rent"):
        chart = page.page.locator("aside .slider", has_text=name).locator("svg.spark .line")
        line = chart.get_attribute("d")
        heights[name] = {point.split(" ")[1] for point in re.split("[ML]", str(line)) if point}
    assert len(heights["pens"]) == 1
    assert len(heights["rent"]) > 3


def test_a_page_without_sliders_has_no_formulas(opened: Any, tmp_path: Path) -> None:
    out = tmp_path / "figures.html"
    text = runway.page("openai-2025", str(out), only="headline,cash,funding")
    assert "FUNCTIONS=[];" in text
    assert "source_004" not in text
    assert "assumption: not published" not in text
    page = opened(out)
    assert page.said == []
    assert [line[1] for line in page.ladder()] == ["11.5", "21.9", "28.2"]
    assert page.page.locator("aside, #sources").count() == 0
    assert page.page.locator("#cash tbody tr").count() > 5


def test_statements_and_metrics_are_those_of_the_commands_and_move(
    written: Any, opened: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line of the page is a line of `runway statements` or `runway metrics`, figure for figure."""

    def shown() -> list[list[str]]:
        rows: list[list[str]] = page.page.evaluate(SHEETS_TEXT)
        return rows

    def commanded(*changes: str) -> list[list[str]]:
        lines: list[list[str]] = []
        for command in (["statements", "--full"], ["metrics"]):
            assert main([command[0], "saas-startup", *command[1:], "--by", "year", "--markdown", *changes]) == 0
            cells = [[cell.strip(" *").replace("\\", "") for cell in line.split("|")[1:-1]] for line in
                     capsys.readouterr().out.splitlines() if line.startswith("|")]  # fmt: skip
            lines += [row for row in cells if row[0] and not row[0].startswith((":-", "--"))]
        return lines

    page = opened(written("saas-startup"))
    page.page.locator("#period").select_option("year")
    for sheet in page.page.locator(".sheet summary").all():
        sheet.click()
    page.settled()
    assert [row for row in shown() if not _thousands(row)] == [row for row in commanded() if not _thousands(row)]
    price = page.page.locator(".slider", has_text="Monthly plan: price").locator("input")
    price.focus()
    page.page.keyboard.press("ArrowRight")
    page.settled()
    changes = shlex.split(page.value("command"))[3:]
    assert changes[0] == "--set"
    assert [row for row in shown() if not _thousands(row)] == [
        row for row in commanded(*changes) if not _thousands(row)
    ]
    page.page.locator("#metrics tbody tr", has_text="CAC payback").locator("button").click()
    assert page.page.locator("#whyTitle").inner_text() == "metrics.year.cac_payback"
    assert (
        "metrics.year.cac / (metrics.year.arpa * metrics.year.gross_margin)"
        in page.page.locator("#why pre").inner_text()
    )
    assert page.said == []


def _thousands(row: list[str]) -> bool:
    """Whether a row has figures that the command says to three digits, such as 1.14k."""
    return row[0] in ("CAC", "LTV", "Revenue a customer and month", "Revenue a head and year")


def test_without_notes(tmp_path: Path) -> None:
    file = tmp_path / "noted.toml"
    cash = 'opening_cash = { value = 500, low = 400, high = 900, confidence = "low", note = "a guess of ours" }'
    file.write_text(
        f'[model]\nname = "Noted"\nstart = "2026-01"\nmonths = 12\n{cash}\n'
        '[sources.one]\ntitle = "One"\nnote = "torn"\n'
        '[costs.rent]\nkind = "recurring"\namount = { value = "50/month", source = "one" }\n',
        encoding="utf-8",
    )
    whole, short = runway.page(str(file)), runway.page(str(file), notes=False)
    for said in ("a guess of ours", "torn", "opening_cash is of low confidence"):
        assert said in whole
        assert said not in short


@pytest.fixture
def server() -> Iterator[PageServer]:
    made = PageServer()
    Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def of_lemonade(server: PageServer, **changes: Any) -> ServedPage:
    plan = runway.load("lemonade", set={address.replace("__", "."): value for address, value in changes.items()})
    return served_page(plan, PageOptions(events=server.events))


def test_a_served_page_is_drawn_anew_with_what_was_moved(server: PageServer, opened: Any) -> None:
    """A saving draws it again where the reader was; a broken file keeps it and stands above it."""
    server.show(of_lemonade(server, model__opening_cash="700"))
    page = opened(server.url)
    page.press(0, "ArrowLeft", 1)
    page.page.locator("#back summary").click()
    before, command = page.ladder(), page.value("command")
    assert "--set" in command.partition("opening_cash")[2]
    server.show(of_lemonade(server, model__opening_cash="900"))
    page.until(lambda: page.ladder() != before)
    page.until(lambda: page.value("command") == command.replace("700", "900"))
    assert page.page.locator("#back").get_attribute("open") is not None
    server.tell("plan.toml:3:1 wrong-type\n<b>500</b> is no name.")
    page.page.locator("#selfCheck pre").wait_for()
    assert page.page.locator("#selfCheck pre").inner_text() == "plan.toml:3:1 wrong-type\n<b>500</b> is no name."
    assert page.ladder() != before
    server.tell("")
    page.page.locator("#selfCheck").wait_for(state="hidden")
    assert len([one for one in page.asked if "events" not in one]) == 1  # the same formulas: it is not loaded again
    with page.page.expect_navigation():  # other formulas
        server.show(served_page(runway.load("lemonade", set={"model.months": 10}), PageOptions(events=server.events)))
    assert page.said == []


def test_the_figures_of_a_saved_file_come_before_the_rest(
    server: PageServer, opened: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the formulas of the page give is that of the new file; all else is grey, and a changed figure waits."""
    served = of_lemonade(server)
    server.show(served)
    page = opened(server.url)
    assert page.ladder() == told(["project", "lemonade"], capsys)
    changed = runway.load("lemonade", set={"lemonade.price": "$1.60"})
    figures = later(changed, served.contents)
    assert figures is not None
    server.hurry(figures)
    new = told(["project", "lemonade", "--set", "lemonade.price=$1.60"], capsys)
    page.until(lambda: page.ladder() == new)
    waiting = page.page.locator("aside .slider", has_text="being read")
    assert waiting.locator("label").all_inner_texts() == ["lemonade: price"]
    assert waiting.locator("input").is_disabled()
    assert page.page.locator(".facts:not(.old):not([hidden])").count() == 0
    assert page.page.locator("#scenario").is_disabled()
    server.show(served_page(changed, PageOptions(events=server.events)))
    page.until(lambda: page.page.locator("text=being read").count() == 0)
    assert page.page.locator(".facts.old").count() == 0
    assert page.page.locator("#scenario").is_enabled()
    assert later(runway.load("lemonade", set={"model.months": 10}), served.contents) is None
    assert page.said == []
