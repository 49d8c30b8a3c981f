"""How text is written into a page: characters as codes of the fonts that are embedded.

Source: ISO 32000-1, 9.4 (text objects) and 7.3.4.2 (literal strings). The codes are those that
ReportLab assigns; it is asked once for each character of a file.
"""

from typing import Any
from unicodedata import combining

from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas

from reports.briefs.text import font_widths

Escapes = dict[int, str]
OCTAL = {
    code: f"\\{code:03o}" for code in range(256) if chr(code) in "()\\" or not 32 <= code < 127
}
BINARY = {ord("("): r"\(", ord(")"): r"\)", ord("\\"): r"\\", ord("\n"): r"\n", ord("\r"): r"\r"}
"""Escapes in a string of a page: all but printing ASCII, or only what must be (7.3.4.2)."""


class TextCanvas(Canvas):
    """A canvas that gives the operators for text, for what is drawn as ready-made code."""

    escapes: Escapes = OCTAL  # ReportLab does not write other bytes as they are

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.codes: dict[str, tuple[str, dict[str, str]]] = {}
        self.font_shown = ""

    def text_begins(self) -> str:
        """Return the operator that begins a text object; no font is chosen in it yet."""
        self.font_shown = ""
        return "BT"

    def showing(self, font: str, size: float, text: str) -> str:
        """Return the operators that show text, all of it in the font, at the current point."""
        if font not in self.codes:
            self.codes[font] = (getFont(font).getSubsetInternalName(0, self._doc), {})
        name, known = self.codes[font]
        if not known.keys() >= set(text):
            self._embed(font, text)
        try:  # the first 224 characters of a font are in its first subset
            return self._chosen(name, size) + f"({''.join(map(known.__getitem__, text))}) Tj"
        except KeyError:
            parts = getFont(font).splitString(text, self._doc)
        return " ".join(
            self._chosen(getFont(font).getSubsetInternalName(subset, self._doc), size)
            + f"({self._escaped(codes)}) Tj"
            for subset, codes in parts
        )

    def spelling(self, font: str, size: float, text: str) -> str:
        """Return the operators that show letters and marks, a mark over the middle of its letter.

        The type's marks have no width and are drawn around the current point (9.4.3).
        """
        shown = self.showing(font, size, text)
        known, widths = self.codes[font][1], font_widths(font)
        if not any(map(combining, text)) or not known.keys() >= set(text):
            return shown
        parts, half = [], 0.0
        for char in text:
            if combining(char):
                parts.append(f"{half:.0f} ({known[char]}) {-half:.0f}")
            else:
                half = widths[char] / 2
                parts.append(f"({known[char]})")
        return f"{shown.partition('(')[0]}[{' '.join(parts)}] TJ"

    def _embed(self, font: str, text: str) -> None:
        """Take the characters into the font, and note the codes of those in its first subset."""
        known = self.codes[font][1]
        for char in text:
            if char not in known:
                ((subset, code),) = getFont(font).splitString(char, self._doc)
                if subset == 0:
                    known[char] = self._escaped(code)

    def _chosen(self, name: str, size: float) -> str:
        """Return the operator that chooses a font, unless it is chosen."""
        chosen = f"{name} {size:.4g} Tf "
        if chosen == self.font_shown:
            return ""
        self.font_shown = chosen
        return chosen

    def _escaped(self, codes: bytes) -> str:
        return codes.decode("latin-1").translate(self.escapes)
