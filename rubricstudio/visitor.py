"""A person in a very plain browser: signs in, opens pages and submits the forms that are on them."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx


class Lost(Exception):
    """A page or form was not where it should be."""


@dataclass
class Form:
    """One form of a page with the values it came with."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def way(self, word: str) -> str | None:
        """Return the address that ends in a word, the form's own or that of one of its buttons."""
        return next((found for found in (self.action, *self.others) if found.rstrip("/").endswith(f"/{word}")), None)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "get").lower() == "post":
            self.found.append(Form(given.get("action", "")))
            self._open = True
        elif self._open and tag == "input" and given.get("name") and self._counts(given):
            self.found[-1].fields[given["name"]] = given.get("value", "")
        elif self._open and tag == "button" and given.get("formaction"):
            self.found[-1].others.append(given["formaction"])
        elif self._open and tag == "textarea" and given.get("name"):
            self.found[-1].fields[given["name"]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    @staticmethod
    def _counts(given: dict[str, str]) -> bool:
        kind = given.get("type", "text")
        return kind not in {"submit", "button", "file"} and (kind not in {"checkbox", "radio"} or "checked" in given)


class Visitor:
    """One person's session with the studio."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        """Open the session."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session."""
        self.http.close()

    def sign_in(self, username: str, password: str) -> None:
        """Sign in on the page that the start page leads to."""
        page = self.http.get("/")
        form = next((form for form in forms(page.text) if "password" in form.fields), None)
        if form is None:
            raise Lost(f"{page.url} has no form to sign in")
        after = self._send(page, form, {"username": username, "password": password})
        if any("password" in form.fields for form in forms(after.text)):
            raise Lost(f"{username} was not let in")

    def submit(self, path: str, *, action: str, **values: str) -> httpx.Response:
        """Open a page and submit its form or button whose address ends in the given word."""
        page = self.http.get(path)
        if page.status_code != 200:
            raise Lost(f"{path} answered {page.status_code}")
        for form in forms(page.text):
            if (way := form.way(action)) is not None:
                return self._send(page, replace(form, action=way), values)
        raise Lost(f"{path} offers no form to {action}")

    def _send(self, page: httpx.Response, form: Form, values: dict[str, str]) -> httpx.Response:
        address = urljoin(str(page.url), form.action or str(page.url))
        answer = self.http.post(address, data=form.fields | values, headers={"Referer": str(page.url)})
        if answer.status_code >= 400:
            raise Lost(f"{address} answered {answer.status_code}")
        return answer


def forms(html: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _Forms()
    reader.feed(html)
    return reader.found
