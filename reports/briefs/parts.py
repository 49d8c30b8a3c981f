"""What a brief is made of: plain values without layout, which page and PDF can both set.

A text is a row of phrases. Whatever a phrase says is printed as it stands; what it cites are
numbers of the record's sources.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from reports.briefs.charts import BarRow, Timeline


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of text.

    `refs` are the numbers of its sources. `lang` is set where it differs from the brief's
    language, `url` where it leads somewhere. `tone` is strong, soft or empty.
    """

    text: str
    refs: tuple[int, ...] = ()
    lang: str = ""
    tone: str = ""
    url: str = ""


Text = tuple[Phrase, ...]


def strong(text: str, refs: tuple[int, ...] = ()) -> Phrase:
    """Return a phrase that stands out."""
    return Phrase(text, refs, tone="strong")


def soft(text: str) -> Phrase:
    """Return a phrase that stands back."""
    return Phrase(text, tone="soft")


def missing() -> Phrase:
    """Say that a value is not recorded."""
    return soft(_t("Not recorded"))


def compose(template: str, **values: "str | Phrase | Text") -> Text:
    """Return a translated template such as "By %(day)s" with its names filled in."""
    found: list[Phrase] = []
    for place, part in enumerate(re.split(r"%\((\w+)\)s", template)):
        value = values[part] if place % 2 else part
        if isinstance(value, tuple):
            found += value
        elif value:
            found.append(Phrase(value) if isinstance(value, str) else value)
    return tuple(found)


def joined(texts: "list[Phrase] | list[Text]", separator: str = "; ") -> Text:
    """Return phrases or texts with a separator between each two."""
    found: list[Phrase] = []
    for text in texts:
        found += [Phrase(separator)] if found else []
        found += [text] if isinstance(text, Phrase) else text
    return tuple(found)


def letters(texts: Iterable[Text]) -> int:
    """Return how many characters texts have in all."""
    return sum(len(phrase.text) for text in texts for phrase in text)


def numbers(rising: Sequence[int], separator: str = ", ") -> str:
    """Return rising numbers in short: 4, 5, 8–20."""
    found: list[str] = []
    for _, group in groupby(enumerate(rising), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        found += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run)
    return separator.join(found)


def shortened(text: str, most: int) -> str:
    """Return a text cut to so many characters, after a word if it can be, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[:most]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > most // 2 else cut[:-1]).rstrip(" ,;:") + "…"


def cut_text(text: Text, most: int) -> Text:
    """Return a text with so many characters at most, its phrases else as they are."""
    found: list[Phrase] = []
    for phrase in text:
        if len(phrase.text) > most:
            return (*found, replace(phrase, text=shortened(phrase.text, max(most, 1)), url=""))
        found.append(phrase)
        most -= len(phrase.text)
    return text


def excerpts(before: str, after: str, most: int) -> tuple[str, str]:
    """Return two texts cut to so many characters, from shortly before the place where they part."""
    if max(len(before), len(after)) <= most:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    parting = next((at for at, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(parting - most // 3, 0)
    start = before.rfind(" ", 0, start) + 1
    sign = "…" if start else ""
    return sign + shortened(before[start:], most), sign + shortened(after[start:], most)


@dataclass(frozen=True, slots=True)
class Badge:
    """A status word; the tone is calm, warning, alarm or neutral."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, its value in a few words, and a note below it."""

    label: str
    value: Text
    note: Text = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the brief, read in this order: title, lead, table, list, closing words.

    `heads` are the columns of the table `rows`, whose first cell names the row; `faded` are the
    places of rows that stand back; `bars` are pictures, one for each row, in a last column below
    `bars_head`. Where both table and list are empty, `lead` says why.
    """

    title: str
    lead: tuple[Text, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Text, ...], ...] = ()
    faded: frozenset[int] = frozenset()
    items: tuple[Text, ...] = ()
    closing: tuple[Text, ...] = ()
    summary: str = ""
    bars: tuple[BarRow, ...] = ()
    bars_head: str = ""

    def texts(self) -> Iterator[Text]:
        """Yield all its texts but for title and heads."""
        yield from self.lead
        for row in self.rows:
            yield from row
        yield from self.items
        yield from self.closing

    def cut(self, most: int, longest: int) -> "Section":
        """Return it with so many rows and items at most, none longer than so many characters.

        It says where the others stand.
        """
        rows = tuple(tuple(cut_text(cell, longest) for cell in row) for row in self.rows[:most])
        items = tuple(cut_text(item, longest) for item in self.items[:most])
        if len(self.rows) > most:
            blank: tuple[Text, ...] = ((),) * (len(self.heads) - 1)
            rows = (*rows, (_and_more(len(self.rows) - most), *blank))
        if len(self.items) > most:
            items = (*items, _and_more(len(self.items) - most))
        return replace(self, rows=rows, items=items, bars=self.bars[:most])


def _and_more(count: int) -> Text:
    text = ngettext(
        "and %(n)s more, in full behind this page",
        "and %(n)s more, in full behind this page",
        count,
    )
    return (soft(text % {"n": count}),)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided, with labelled answers below: by when, by whom, what next."""

    text: Text
    answers: tuple[tuple[str, Text], ...]
    tone: str = "accent"

    def cut(self, longest: int) -> "Question":
        """Return it with answers of so many characters at most."""
        answers = tuple((label, cut_text(text, longest)) for label, text in self.answers)
        return replace(self, answers=answers)


@dataclass(frozen=True, slots=True)
class Brief:
    """A council brief: page one from `question` to `council`, page two from `terms` to `stamp`.

    All sections are complete; the layout cuts those of page one if it must, and then sets them
    again behind. `changes` is there where a brief was issued before, `withheld` in the internal
    edition only, `incidents` where one is recorded. `code` is that of an issued brief, in groups;
    then `address` is the page that says whether it is still current, else the record's page on
    the day that is shown.
    """

    reference: str
    label: str
    title: Text
    edition: str
    as_of: str
    language: str
    parties: Text
    question: Question
    badges: tuple[Badge, ...]
    status: Text
    key_facts: tuple[Fact, ...]
    timeline: Timeline
    timeline_caption: str
    shared: Section
    money: Section
    concerns: Section
    options: Section
    council: Section
    terms: Section
    conflicts: Section
    evidence: Section
    answered: Section
    events: Section
    sources: Section
    stamp: Section
    address: str
    changes: Section | None = None
    withheld: Section | None = None
    incidents: Section | None = None
    code: str = ""

    @property
    def whole_text(self) -> str:
        """All that the record says in it, in one text."""
        parts = [part for f in fields(self) if isinstance(part := getattr(self, f.name), Section)]
        texts = [self.title, self.parties, self.status, self.question.text]
        texts += [text for _, text in self.question.answers]
        texts += [text for part in parts for text in part.texts()]
        return "".join(phrase.text for text in texts for phrase in text)

    @property
    def in_full(self) -> Section:
        """What page one says in its first lines, for where these are cut."""
        items = tuple((strong(f"{label}: "), *text) for label, text in self.question.answers)
        lead = (self.title, self.parties, self.question.text)
        return Section(_t("Page one in full"), lead, items=items)
