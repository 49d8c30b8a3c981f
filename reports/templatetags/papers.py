"""Sections of briefs and reports on a page, from the content that is printed too."""

from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from reports.briefs.charts import BarRow
from reports.briefs.drawings import bars_picture
from reports.briefs.parts import Phrase, Section, Text
from reports.briefs.svg import svg
from reports.briefs.text import is_link

register = template.Library()


@register.filter
def phrases(text: Text) -> SafeString:
    """Show a text: every character literally, links where they may lead, sources as marks."""
    return format_html_join("", "{}{}", ((_phrase(p), _marks(p.refs)) for p in text))


def _phrase(phrase: Phrase) -> SafeString | str:
    lang = format_html(' lang="{}"', phrase.lang) if phrase.lang else ""
    if phrase.url and is_link(phrase.url):
        return format_html('<a href="{}"{}>{}</a>', phrase.url, lang, phrase.text)
    text = f"{phrase.text} ({phrase.url})" if phrase.url else phrase.text
    if phrase.tone == "strong":
        return format_html("<strong{}>{}</strong>", lang, text)
    if phrase.tone == "soft":
        return format_html('<span class="soft"{}>{}</span>', lang, text)
    return format_html("<span{}>{}</span>", lang, text) if lang else text


def _marks(numbers: tuple[int, ...]) -> SafeString:
    """Show the sources of a value as small links to the numbered list."""
    links = format_html_join(
        "\u2009",
        '<a href="#source-{}"><span class="visually-hidden">{} </span>{}</a>',
        ((n, _t("source"), n) for n in numbers),
    )
    return format_html('<sup class="ref">{}</sup>', links) if links else SafeString("")


@register.simple_tag
def bars(row: BarRow) -> SafeString:
    """Show the bars of an element, drawn by the code that prints them."""
    return svg(bars_picture(row, 120, 14), row.description)


@register.filter
def table_rows(part: Section) -> Iterator[tuple[bool, Text, tuple[Text, ...], BarRow | None]]:
    """Return the rows of a section: whether it stands back, its head, its cells, its bars."""
    for place, (head, *cells) in enumerate(part.rows):
        picture = part.bars[place] if place < len(part.bars) else None
        yield place in part.faded, head, tuple(cells), picture
