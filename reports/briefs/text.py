"""Text of a brief: its fonts, styles, and the runs that carry a look or a meaning.

Text is never markup: callers hand over values and runs (`strong`, `link`, `sup`, …), and every
character of data is printed as itself. Lengths are points.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_source_sans_pro
from django.utils.translation import gettext as _t
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, SEMIBOLD = "SourceSans", "SourceSans-Semibold"
BOLD, ITALIC = "SourceSans-Bold", "SourceSans-Italic"
FONT_FILES = {REGULAR: "Regular", SEMIBOLD: "Semibold", BOLD: "Bold", ITALIC: "It"}

INK, SOFT, HAIRLINE = HexColor("#1a1f26"), HexColor("#56606b"), HexColor("#d9d6cd")
ACCENT, ALARM = HexColor("#0b4f79"), HexColor("#9b1c1c")
WARNING, CALM = HexColor("#7a4b00"), HexColor("#1f5f3f")
TINTS = {
    ACCENT: HexColor("#edf3f6"),
    ALARM: HexColor("#fbeeee"),
    WARNING: HexColor("#fbf4e6"),
    CALM: HexColor("#ebf4ee"),
}

PLACEHOLDER = "■"  # printed for a character that the font lacks

_SPACES = re.compile(
    "[ \t-\r\x1c-\x1f\x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+"
)
_NO_BREAK_SPACES = re.compile("[\u2007\u202f]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VARIANTS = re.compile("[\ufe00-\ufe0f]")  # they choose the look of the character before
_LINK = re.compile(r'(?:https?://|mailto:)[^\s\x00-\x1f\x7f<>"\\]+', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: sizes and spaces in points, `align` is left, center or right."""

    font: str = REGULAR
    size: float = 9.5
    leading: float = 13
    color: Color = INK
    before: float = 0
    after: float = 4
    align: str = "left"


BODY = Style()
LEAD = Style(SEMIBOLD, 11.5, 15.5, after=6)
STATUS = Style(size=10.5, leading=16, before=6, after=6)
SMALL = Style(size=8, leading=11, color=SOFT, after=2)
LABEL = Style(size=8.5, leading=11, color=SOFT, after=1)
VALUE = Style(SEMIBOLD, 11.5, 14, after=1)
COLUMN_HEAD = Style(SEMIBOLD, 9, 12, after=0)
HEADINGS = {
    1: Style(SEMIBOLD, 20, 24, after=8),
    2: Style(SEMIBOLD, 12.5, 16, before=12, after=4),
    3: Style(SEMIBOLD, 10.5, 14, before=8, after=2),
}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with a look or a meaning of its own; the functions below make it.

    Its text is cleaned. Raises `ValueError` for an address that `is_link` refuses.
    """

    text: object
    font: str = ""
    color: Color | None = None
    raised: bool = False
    tint: Color | None = None
    role: str = ""
    lang: str = ""
    url: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))
        if self.url is not None and not is_link(self.url):
            message = f"not a web or mail address: {self.url!r}"
            raise ValueError(message)

    def __hash__(self) -> int:
        """Return the hash of its text: runs are looked up a thousand times for a brief."""
        return hash(self.text)


Content = object  # a value, a run, or a list of values and runs


def strong(text: object) -> Run:
    """Return text in semibold."""
    return Run(text, SEMIBOLD)


def emphasis(text: object) -> Run:
    """Return text in italics; Latin only, other scripts stay upright."""
    return Run(text, ITALIC)


def link(label: object, url: str) -> Run:
    """Return a link. Raises `ValueError` unless it is http, https or mailto."""
    return Run(label, color=ACCENT, role="Link", url=url)


def sup(mark: object) -> Run:
    """Return a raised reference mark."""
    return Run(mark, raised=True, role="Reference")


def foreign(text: object, lang: str) -> Run:
    """Return text in another language than its paragraph's, such as `es-US`."""
    return Run(text, role="Span", lang=lang)


def badge(text: object, color: Color = ACCENT) -> Run:
    """Return a status word on a tint of one of the colours in `TINTS`; it is never broken."""
    words = clean(text).replace(" ", "\xa0")
    return Run(f"\xa0\xa0{words}\xa0\xa0\xa0", SEMIBOLD, color, tint=TINTS[color])


def is_link(url: str) -> bool:
    """Tell whether a link may lead there: http, https or mailto, no spaces, no controls."""
    return bool(_LINK.fullmatch(url))


def clean(value: object) -> str:
    """Return the value as the text that is printed; None is empty.

    White space becomes one space, no-break spaces stay. Accents are composed (NFC), invisible
    format characters go, a control character or half a surrogate pair becomes U+FFFD.
    """
    text = "" if value is None else str(value)
    if text.isprintable() and "  " not in text and (text.isascii() or _is_plain(text)):
        return text
    text = _SPACES.sub(" ", _NO_BREAK_SPACES.sub("\xa0", text))
    text = unicodedata.normalize("NFC", _CONTROLS.sub("\ufffd", _VARIANTS.sub("", text)))
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _is_plain(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and not _VARIANTS.search(text)


def printable(text: object, font: str = REGULAR) -> str:
    """Return the value cleaned, with placeholders for what the font lacks."""
    widths = font_widths(font if font in FONT_FILES else REGULAR)
    return "".join(char if char in widths else spelled(char) for char in clean(text))


@cache
def spelled(char: str) -> str:
    """Return how a character that the font lacks is shown: as a letter and its marks, or not.

    A few letters of Sami, Irish, Livonian and Latgalian have no glyph of their own, as ǩ or ȱ.
    """
    parts = unicodedata.normalize("NFD", char)
    return parts if set(parts) <= font_widths(REGULAR).keys() else PLACEHOLDER


def unsupported_characters(text: object) -> set[str]:
    """Return the characters that cannot be shown, all right-to-left scripts among them.

    They are printed as `PLACEHOLDER`; whoever listens, copies or searches gets the true ones.
    """
    covered = font_widths(REGULAR).keys()
    if set(str(text)) <= covered:
        return set()
    return {char for char in set(clean(text)) - covered if spelled(char) == PLACEHOLDER}


def note_on_placeholders(text: str) -> str:
    """Say what the placeholder stands for, if a text needs one; else nothing."""
    if text.isascii() or not unsupported_characters(text):
        return ""
    return _t(
        "%(sign)s stands for a character that this type lacks, as of a script written from right "
        "to left. The page shows it, and so does the text when it is copied or read aloud."
    ) % {"sign": PLACEHOLDER}


@cache
def color_operator(color: Color, operator: str) -> str:
    """Return what makes a color that of what is filled (rg) or drawn (RG) next."""
    return f"{color.red:.3f} {color.green:.3f} {color.blue:.3f} {operator}"


@cache
def register_fonts() -> None:
    """Register the four fonts, once for the process."""
    folder = Path(font_source_sans_pro.font_directory)
    for name, file in FONT_FILES.items():
        path = folder / f"SourceSansPro-{file}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path), asciiReadable=False))


@cache
def font_widths(font: str) -> dict[str, float]:
    """Return the characters of a font with their widths, in thousandths of its size."""
    register_fonts()
    face = pdfmetrics.getFont(font).face
    return {chr(code): face.charWidths.get(code, face.defaultWidth) for code in face.charToGlyph}
