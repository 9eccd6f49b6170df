"""HTML read into a tree; a page with an element that is not closed is refused."""

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

VOID = {"meta", "br"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = ET.TreeBuilder()
        self.open: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.builder.end(tag)

    def handle_endtag(self, tag) -> None:
        assert tag == self.open.pop()
        self.builder.end(tag)

    def handle_data(self, data) -> None:
        if self.open:
            self.builder.data(data)

    def handle_comment(self, data) -> None:
        self.comments.append(data)


def read_html(text: str) -> ET.Element:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert [] == reader.open
    assert [] == reader.comments
    return reader.builder.close()


def text_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())
