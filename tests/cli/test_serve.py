"""`runway page --serve`: the page on this machine alone, drawn anew when a file that it was read from is saved."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = """
extends = "base.toml"
[model]
name = "Served"
"""
BASE = """
[model]
name = "Base"
start = "2026-01"
months = 12
opening_cash = 1000
[costs.rent]
kind = "recurring"
amount = "100/month"
"""
PATIENCE = 60.0  # seconds; only a failure waits so long


class Served(NamedTuple):
    """A running server, and where it answers."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    folder: Path

    def asked(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """A request as it is written, with no header of a browser's own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest("GET", path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse()

    def page(self) -> str:
        return self.asked(self.path).read().decode()

    def events(self) -> http.client.HTTPResponse:
        """The events that the page which is served now asks for."""
        begins = self.page().index(f"{self.path}events?")
        return self.asked(self.page()[begins:].partition('"')[0])

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file that takes the name of the old one."""
        (self.folder / "saved").write_text(text, encoding="utf-8")
        (self.folder / "saved").rename(self.folder / name)


def heard(events: http.client.HTTPResponse) -> tuple[str, str]:
    """The next event and its data."""
    name = ""
    while line := events.readline().decode().strip("\n"):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name:
            return name, line.removeprefix("data: ")
        elif not line:
            continue
    return ("", "") if events.isclosed() else heard(events)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "base.toml").write_text(BASE, encoding="utf-8")
    hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # not so in a shell's background
    script = f"{hears}; import sys; from runway.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "page", "plan.toml", "--serve"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    address = urlsplit(process.stdout.readline().decode().strip())
    assert address.hostname == "127.0.0.1"
    yield Served(process, int(address.port or 0), address.path, folder)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert process.stdout.read() == b""
    said = process.stderr.read().decode()
    assert said.startswith("the page is drawn anew when a file is saved; Ctrl-C ends it\n")
    assert said.endswith(("problem in 1 file\n", "ends it\n"))  # nothing of the interruption


def test_the_page_has_a_token_and_may_ask_its_own_server_for_news_alone(served: Served) -> None:
    answer = served.asked(served.path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    text = answer.read().decode()
    assert "connect-src 'self'" in text
    assert "unsafe" not in text.partition("<style>")[0]
    assert "Served" in text
    assert len(served.path) > 30


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1:{port}"}, 200),
        ({"Host": "LOCALHOST:{port}"}, 200),
        ({"Host": "localhost"}, 403),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_what_comes_from_elsewhere_is_refused(served: Served, headers: dict[str, str], status: int) -> None:
    given = {name: value.format(port=served.port) for name, value in headers.items()}
    answer = served.asked(served.path, **given)
    assert answer.status == status
    if status != 200:
        assert b"Served" not in answer.read()


def test_without_the_token_there_is_nothing(served: Served) -> None:
    for path in ("/", "/events", "/x" * 20, served.path[:-2] + "/", served.path + "more", "/../plan.toml"):
        assert served.asked(path).status == 404, path
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("POST", served.path, body=b"x")
    assert connection.getresponse().status == 501


def test_a_saving_is_heard_and_a_broken_file_keeps_the_page(served: Served) -> None:
    """The figures come first, then the page; other formulas are a page alone."""
    events, before = served.events(), served.page()
    served.save("base.toml", BASE.replace("1000", "1500"))
    name, figures = heard(events)
    assert name == "figures"
    assert 1500 in json.loads(figures)["parameters"]
    assert heard(events)[0] == "changed"
    assert served.page() != before

    events, before = served.events(), served.page()
    served.save("base.toml", BASE.replace("opening_cash", "openin_cash"))
    name, said = heard(events)
    assert name == "broken"
    assert "base.toml:6:1" in said
    assert "Did you mean opening_cash?" in said
    assert served.page() == before
    assert heard(served.events())[0] == "broken"  # a page that is opened then is told at once

    served.save("base.toml", BASE.replace("1000", "1500"))
    assert [heard(events)[0] for _ in range(2)] == ["figures", "changed"]
    served.save("base.toml", BASE.replace("12", "10"))
    assert heard(events)[0] == "changed"  # other months are a page alone
    served.save("plan.toml", PLAN.replace("Served", "Renamed"))
    assert [heard(events)[0] for _ in range(2)] == ["figures", "changed"]
    assert "Renamed" in served.page()
    served.save("plan.toml", PLAN)
    assert heard(served.asked(f"{served.path}events?of-an-older-page"))[0] == "changed"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lemonade", "out.html", "--serve"], "--serve writes no file; leave out out.html."),
        (["-", "--serve"], "Standard input is read once. Name a file to serve."),
        (["lemonade", "-", "--open"], "--open needs a file"),
    ],
)
def test_what_cannot_be_served(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["page", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", [".", "..", "plans"])
def test_a_folder_is_no_model_whatever_its_page_would_be_called(
    folder: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plans").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["page", folder]) == 2
    assert capsys.readouterr().err.startswith(f"file-is-a-directory\n{folder} is a folder; name an assumption file")


def test_a_broken_file_is_refused_at_the_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(BASE.replace("opening_cash", "openin_cash"), encoding="utf-8")
    begun = time.monotonic()
    assert main(["page", str(file), "--serve"]) == 2
    assert "broken.toml:6:1" in capsys.readouterr().err
    assert time.monotonic() - begun < PATIENCE


def test_open_opens_what_was_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    out = tmp_path / "a page.html"
    assert main(["page", "lemonade", str(out), "--open"]) == 0
    assert opened == [out.as_uri()]
    capsys.readouterr()
