"""Reads a page as a visitor would: its elements, their text, where its links lead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
INLINE = {"a", "cite", "code", "del", "em", "ins", "span", "strong", "sup", "time"}
UNSEEN = {"head", "script", "style", "svg", "template"}


@dataclass(repr=False)
class Node:
    """An element of a page."""

    tag: str
    attrs: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.tag} {self.attrs}> {self.text[:80]}"

    def __iter__(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child

    def all(self, tag: str = "", *, css: str = "", **attrs: str) -> list["Node"]:
        """The elements inside with a tag, a class and attributes."""
        return [
            node
            for node in self
            if (not tag or node.tag == tag)
            and (not css or css in node.attrs.get("class", "").split())
            and all(node.attrs.get(name) == value for name, value in attrs.items())
        ]

    def one(self, tag: str = "", *, css: str = "", **attrs: str) -> "Node":
        """The only such element."""
        found = self.all(tag, css=css, **attrs)
        assert len(found) == 1, f"{len(found)} of <{tag} class={css} {attrs}>"
        return found[0]

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNSEEN:
                inline = child.tag in INLINE and child.attrs.get("class") != "meta"
                yield "" if inline else " "
                yield from child._texts()
                yield "" if inline else " "


class Page(HTMLParser):
    """A page, parsed. Elements must be closed in order: a page that is not whole is refused."""

    def __init__(self, response: Any) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]
        self.url = response.request["PATH_INFO"]
        if response.request["QUERY_STRING"]:
            self.url += f"?{response.request['QUERY_STRING']}"
        self.feed(response.content.decode())
        self.close()
        assert len(self._open) == 1, f"never closed: {[n.tag for n in self._open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)

    def handle_endtag(self, tag: str) -> None:
        opened = self._open.pop()
        assert opened.tag == tag, f"<{opened.tag}> closed as </{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    @property
    def main(self) -> Node:
        return self.root.one("main")

    @property
    def text(self) -> str:
        """What is read on the page, frame included."""
        return self.root.text

    def section(self, name: str) -> Node:
        """The part of a page with an id."""
        return self.root.one(id=name)

    @property
    def language(self) -> str:
        return self.root.one("html").attrs["lang"]

    def links(self) -> list[str]:
        """Where its links to this site lead, as absolute paths, fragments left out."""
        found = []
        for link in self.root.all("a"):
            url = urlsplit(urljoin(self.url, link.attrs["href"]))
            if "/accounts/" in url.path:
                continue  # signing in, which is no part of what the public reads
            if not url.scheme and not url.netloc and not link.attrs["href"].startswith("#"):
                found.append(url.path + (f"?{url.query}" if url.query else ""))
        return found

    def rows(self) -> list[str]:
        """The records that its tables list, by the path of each row's link."""
        heads = [head for head in self.main.all("th", scope="row") if head.all("a")]
        return [urlsplit(head.all("a")[0].attrs["href"]).path for head in heads]

    def next_url(self) -> str | None:
        """The path and query of the next page of a list."""
        found = self.main.all("a", rel="next")
        return urljoin(self.url, found[0].attrs["href"]) if found else None


def query_of(url: str) -> dict[str, list[str]]:
    """The parameters of an address."""
    return parse_qs(urlsplit(url).query)


class Sure(Client):
    """A browser in which somebody opens a page before, and saves again what is shown to follow."""

    def post(self, path: str, data: Any = None, *args: Any, **more: Any) -> Any:  # type: ignore[override]
        """Send a form with what its page holds; where what follows is shown, send it once more."""
        if path.startswith("/desk/renewals/") and "seen" not in (data or {}):
            opened = self.get(path)
            seen = opened.context.get("seen") if opened.context else None
            data = dict(data or {}) | ({"seen": seen} if seen else {})
        answer = super().post(path, data, *args, **more)
        if answer.status_code == 200 and answer.context and answer.context.get("follows"):
            typed = dict(data or {}) | {"confirmed": answer.context["typed"]}
            return super().post(path, typed, *args, **more)
        return answer
