"""Small words for templates: partial dates, citations, badges, links that keep the day."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from civil.display import show_date, show_partial, show_short
from civil.partial import PartialDate

register = template.Library()

register.filter("day", show_date)
register.filter("short_day", show_short)

THIN_SPACE = "\u2009"


@register.filter
def partial(date: PartialDate | None) -> SafeString | str:
    """Show a date with the precision at which it is known."""
    if date is None:
        return missing()
    return format_html('<time datetime="{}">{}</time>', date.edtf, show_partial(date))


@register.simple_tag
def missing() -> SafeString:
    """Show that a value is not recorded."""
    return format_html('<span class="missing">{}</span>', _t("Not recorded"))


@register.filter
def or_missing(value: Any) -> Any:
    """Show a value, or that it is not recorded."""
    return value or missing()


@register.filter
def refs(numbers: Iterable[int]) -> SafeString:
    """Show the sources of a value as small links to the numbered list."""
    links = format_html_join(
        THIN_SPACE,
        '<a href="#source-{}"><span class="visually-hidden">{} </span>{}</a>',
        ((n, _t("source"), n) for n in numbers),
    )
    return format_html('<sup class="ref">{}</sup>', links) if links else SafeString("")


@register.filter
def ref(number: int) -> SafeString:
    """Show one source as a small link to the numbered list."""
    return refs([number])


@register.simple_tag
def badge(label: str, tone: str = "") -> SafeString:
    """Show a word with a shape; the tone is calm, warning, alarm or none."""
    extra = f" badge--{tone}" if tone in {"calm", "warning", "alarm"} else ""
    return format_html('<span class="badge{}">{}</span>', extra, label)


@register.simple_tag(takes_context=True)
def to(context: Context, url: str) -> str:
    """Return a link that keeps the day that is shown, and the reader's language."""
    request = context["request"]
    prefix = "/es" if getattr(request, "LANGUAGE_CODE", "en") == "es" else ""
    day = request.GET.get("on") if context.get("is_another_day") else None
    if not day:
        return f"{prefix}{url}"
    return f"{prefix}{url}{'&' if '?' in url else '?'}on={context['on'].isoformat()}"
