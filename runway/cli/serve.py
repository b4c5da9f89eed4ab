"""The page of a model on this machine alone, drawn anew whenever a file that was read is saved.

A server of the standard library on the loopback interface.  It answers to its own name only, so that no other site can
reach it through a name of its own (DNS rebinding); the address holds a random token, and what a browser asks for on
another site's behalf is refused.  Server-sent events tell the page of a new version.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Condition, Thread
from typing import TYPE_CHECKING

from runway.cli.streams import tell
from runway.cli.watch import Readings
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from runway.pages.build import ServedPage
    from runway.program.plan import Plan

LOOPBACK = "127.0.0.1"
NAMES = (LOOPBACK, "localhost")
ALIVE = 15.0  # seconds after which a page that hears nothing is written to, so that one that is gone is noticed
PATIENCE = 30.0  # seconds that a browser may take to ask
HEADERS = """\
Cache-Control: no-store
Content-Security-Policy: frame-ancestors 'none'
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Referrer-Policy: no-referrer
X-Content-Type-Options: nosniff"""  # the page's own policy stands in it
FROM_HERE = "none same-origin".split()  # on whose behalf a browser asks: the reader's, or that of the page itself


class SupersededError(Exception):
    """A file was saved while its page was made."""


class Version(NamedTuple):
    """What is served: the last page that could be made, and what there is to say of the files since."""

    page: bytes
    name: str  # of its contents
    data: str = ""  # of the page, for one that is open and has the same script
    figures: str = ""  # of a later reading, of which the rest is being made; empty if there is none
    problems: str = ""  # what is wrong with the files; empty if nothing is


class PageServer(ThreadingHTTPServer):
    """The server and what it has to say; `show` and `tell` come from the watching thread, handlers read."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), PageHandler)
        self.token = token_urlsafe(24)
        self.news = Condition()
        self.version = Version(b"", "")

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.server_port}" for name in NAMES)

    @property
    def path(self) -> str:
        return f"/{self.token}/"

    @property
    def events(self) -> str:
        """The address of the events, without the version that a page has."""
        return f"{self.path}events"

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}{self.path}"

    def show(self, page: ServedPage) -> None:
        """Serves another page, whose events are those after it."""
        name = sha256(page.text.encode()).hexdigest()[:16]
        text, data = (part.replace(self.events, f"{self.events}?{name}") for part in (page.text, page.data))
        self._publish(Version(text.encode(), name, data))

    def hurry(self, figures: Mapping[str, Any]) -> None:
        """Keeps the last page and says what its figures are now, while another one is made."""
        figures_text = json.dumps({"of": f"{self.events}?{self.version.name}", **figures})
        self._publish(self.version._replace(figures=figures_text, problems=""))

    def tell(self, problems: str) -> None:
        """Keeps the last page and says what is wrong with the files."""
        self._publish(self.version._replace(problems=problems))

    def _publish(self, version: Version) -> None:
        with self.news:
            self.version = version
            self.news.notify_all()


class PageHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: PageServer
    timeout = PATIENCE
    server_version, sys_version = "runway", ""

    def do_GET(self) -> None:
        if (refused := self._refused()) is not None:
            self.send_error(refused)
            return
        path, _, known = self.path.partition("?")
        if path == self.server.path:
            page = self.server.version.page
            self._head("text/html; charset=utf-8", {"Content-Length": str(len(page))})
            self.wfile.write(page)
        elif path == self.server.events:
            self._head("text/event-stream", {"X-Accel-Buffering": "no"})
            self._tell(known)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _refused(self) -> HTTPStatus | None:
        """Why a request is not answered: a foreign name, another site behind it, no token."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if host.lower() not in self.server.hosts:
            return HTTPStatus.FORBIDDEN
        if origin is not None and origin.lower() not in [f"http://{name}" for name in self.server.hosts]:
            return HTTPStatus.FORBIDDEN
        if self.headers.get("Sec-Fetch-Site", "none") not in FROM_HERE:
            return HTTPStatus.FORBIDDEN
        address = self.path.partition("?")[0][: len(self.server.path)]
        if not compare_digest(address.encode(), self.server.path.encode()):
            return HTTPStatus.NOT_FOUND
        return None

    def _head(self, kind: str, more: dict[str, str]) -> None:
        self.send_response(HTTPStatus.OK)
        always = dict(line.split(": ", 1) for line in HEADERS.splitlines())
        for name, value in {"Content-Type": kind, **always, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def _tell(self, known: str) -> None:
        """Says what differs from the page that asks, and again whenever something is saved, until it is closed."""
        sent = Version(b"", known)
        self._say("retry: 500\n\n")
        while True:
            now = self._news_after(sent)
            if now.name != sent.name or (sent.figures and not now.figures):
                self._say(f"event: changed\ndata: {now.data}\n\n")
                now = now._replace(figures="", problems="")
            elif now.figures != sent.figures:
                self._say(f"event: figures\ndata: {now.figures}\n\n")
            elif now.problems != sent.problems:
                event = "broken" if now.problems else "sound"
                self._say(f"event: {event}\ndata: {json.dumps(now.problems)}\n\n")
            else:
                self._say(": here\n\n")
            sent = now

    def _news_after(self, sent: Version) -> Version:
        """The version once it differs from the one that was sent, or as it is after a while without news."""
        with self.server.news:
            self.server.news.wait_for(lambda: self.server.version[1:] != sent[1:], ALIVE)
            return self.server.version

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode())

    def handle(self) -> None:
        """A page that was closed, or a browser that never asked, is no error."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing: the terminal is told of the files."""


def serve(read: Callable[[], Plan], make: Callable[[Plan, str, Callable[[], None]], ServedPage], browse: bool) -> None:
    """Serves a page until it is interrupted.

    `read` reads the files; `make` returns the page of a plan, which asks an address for news, and calls a function
    between its parts.  An open page has the figures of a saved file at once, and whatever else it shows when that is
    made.  What is wrong with the files at the start is raised; later it is told on standard error and above the page.
    """
    from runway.pages.live_figures import later

    server, served = PageServer(), None
    readings = Readings(read)

    def between() -> None:
        if served is not None and readings.outdated():
            raise SupersededError

    try:
        for plan in readings:
            try:
                if isinstance(plan, InputError):
                    raise plan
                if served is not None and (figures := later(plan, served.contents)) is not None:
                    server.hurry(figures)
                page = make(plan, server.events, between)
            except SupersededError:
                continue
            except InputError as error:
                if served is None:
                    raise
                _tell(server, error)
                continue
            server.show(page)
            if served is None:
                _announce(server, browse)
            served = page
    except KeyboardInterrupt:  # how it is meant to end
        if served is None:
            raise
    finally:
        if served is not None:
            server.shutdown()
        server.server_close()


def _tell(server: PageServer, error: InputError) -> None:
    """Says what is wrong with the files, in the terminal and above the page."""
    from runway.render.problems import problems_text

    server.tell(problems_text(error.problems))
    tell(error.problems)


def _announce(server: PageServer, browse: bool) -> None:
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stderr.write("the page is drawn anew when a file is saved; Ctrl-C ends it\n")
    sys.stderr.flush()
    if browse:
        open_in_browser(server.url)


def open_in_browser(address: str) -> None:
    """Opens an address in the reader's browser, or says that there is none."""
    import webbrowser

    if not webbrowser.open(address):
        sys.stderr.write(f"no browser was found: open {address}\n")
