"""Canvases for ReportLab: one that tags all it draws, and a plain one to fall back on.

Sources: ISO 32000-1, 14.6 to 14.8 (marked content and structure) and ISO 14289-1 (PDF/UA-1).
ReportLab writes no tags. `TaggedCanvas` marks content while it is drawn and, on saving, adds the
structure tree as ready-made bytes; for that it leans on private parts of ReportLab 5.1.
`PlainCanvas` has the same methods, tags nothing and leans on none. Lengths are points, measured
from the lower left corner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfmetrics import standardFonts

from reports.briefs.outline import Entry, outline
from reports.briefs.pdffile import Facts, metadata, pdf_text, srgb_profile, stream, write_file
from reports.briefs.strings import BINARY, TextCanvas
from reports.briefs.text import BOLD, ITALIC, REGULAR, printable


class TaggingError(RuntimeError):
    """The story cannot be tagged as it is, or this ReportLab works otherwise."""


Leaf = tuple[int, int, int]  # content: its page, and its mark or its annotation's object number


class Element:
    """A node of the structure tree (ISO 32000-1, 14.7.2); it joins a tree when first drawn.

    All parts of a split flowable hold the same element, so its content may span pages.
    `attributes` are ready-made entries of its dictionary; `box` is one more, of a figure.
    """

    __slots__ = ("attributes", "box", "kids", "number", "parent", "role", "tree")

    def __init__(self, role: str, attributes: str = "") -> None:
        self.role = role
        self.attributes = attributes
        self.box = ""
        self.tree: Element | None = None
        self.parent: Element | None = None
        self.kids: list[Element | Leaf] = []
        self.number = 0

    def body(self, pages: list[int]) -> bytes:
        """Return its dictionary, given the object numbers of the pages."""
        kids, home = [], -1
        for kid in self.kids:
            if isinstance(kid, Element):
                kids.append(f"{kid.number} 0 R")
                continue
            place, mark, annotation = kid
            if home < 0:
                home = place
            page = "" if place == home else f"/Pg {pages[place]} 0 R"
            if annotation:
                kids.append(f"<</Type/OBJR/Obj {annotation} 0 R{page}>>")
            else:
                kids.append(f"<</Type/MCR{page}/MCID {mark}>>" if page else str(mark))
        page = f"/Pg {pages[home]} 0 R" if home >= 0 else ""
        parent = self.parent.number if self.parent else self.number - 1
        entries = f"/P {parent} 0 R{page}{self.attributes}{self.box}/K[{' '.join(kids)}]"
        return f"<</Type/StructElem/S/{self.role}{entries}>>".encode("ascii")


class PlainCanvas(TextCanvas):
    """A canvas without tags, on which all fonts are embedded (ISO 19005-2, 6.2.11.4)."""

    def __init__(self, output: BinaryIO, **options: Any) -> None:
        options |= {"initialFontName": REGULAR, "invariant": 1, "pageCompression": 1}
        super().__init__(output, pdfVersion=(1, 7), **options)

    def setFont(self, name: str, size: float, leading: float | None = None) -> None:  # noqa: N802
        """Set the font; one of the fourteen that are never embedded gives way to ours."""
        if name in standardFonts:
            slanted = "Italic" in name or "Oblique" in name
            name = BOLD if "Bold" in name else ITALIC if slanted else REGULAR
        super().setFont(name, size, leading)

    def drawString(self, x: float, y: float, text: str, *options: Any, **more: Any) -> None:  # noqa: N802
        """Draw a label of a picture, with placeholders, and a space to part it from the next."""
        super().drawString(x, y, f"{printable(text, self._fontname)} ", *options, **more)

    def once(self, flowable: Any) -> None:
        """Note that the flowable is drawn; where there are tags, it has one place only."""

    def attach(self, element: Element) -> None:
        """Join the element to the tree, below the one that was entered last."""

    def enter(self, element: Element | None) -> Element | None:
        """Make the element the parent of what is drawn next; return the parent until now."""

    def leave(self, outer: Element | None) -> None:
        """Take back the parent that `enter` returned."""

    def opening(self, element: Element) -> str:
        """Return the operator that begins content of the element; none inside an artifact."""
        return ""

    def closing(self) -> str:
        """Return the operator that ends it."""
        return ""

    @contextmanager
    def sealed(self, operator: str = "") -> Iterator[None]:
        """Draw what belongs to one mark, whatever tags it has of its own."""
        yield

    def artifact(self, kind: str = "") -> Any:
        """Draw what nobody needs to hear: rules, backgrounds, what pages repeat."""
        return self.sealed(f"/Artifact <<{kind}>> BDC" if kind else "/Artifact BMC")

    def figure(self, element: Element, width: float, height: float) -> Any:
        """Draw a picture of that size from the origin; all text in it belongs to the figure."""
        return self.sealed()

    def link(self, element: Element, url: str, label: str, box: tuple[float, ...]) -> None:
        """Make the box a link to the address."""
        self.linkURL(url, box, relative=1)

    def heading(self, level: int, title: str, top: float) -> None:
        """Enter a heading, whose upper edge is there, into the outline."""
        outline = self._doc.outline
        key = f"heading-{len(outline.destinationnamestotitles) + 1}"
        self.bookmarkHorizontal(key, 0, top)
        self.addOutlineEntry(title, key, min(level - 1, outline.currentlevel + 1))


class _Ready(pdfdoc.PDFObject):
    """An object of the file whose bytes are known."""

    __RefOnly__ = 1

    def __init__(self, body: bytes) -> None:
        self.body = body

    def format(self, document: Any) -> bytes:
        return self.body


class TaggedCanvas(PlainCanvas):
    """A canvas on which all is tagged or an artifact (ISO 14289-1, 7.1).

    `furnish(canvas, number, count)` draws header and footer, for each page once all are drawn.
    Raises `TaggingError` for text without a tag, for a skipped heading level (7.4.2), and for a
    flowable that stands in two places.
    """

    escapes = BINARY

    def __init__(
        self,
        output: BinaryIO,
        *,
        facts: Facts,
        furnish: Callable[[PlainCanvas, int, int], None],
        **options: Any,
    ) -> None:
        super().__init__(output, **options)
        self.facts = facts
        self.furnish = furnish
        self.root = self.parent = Element("Document")
        self.owners: list[list[Element] | Element] = []  # parent tree, by page and by annotation
        self.page_owners: list[Element] | None = None
        self.page_key = 0
        self.is_sealed = False
        self.headings: list[Entry] = []

    def once(self, flowable: Any) -> None:
        """Refuse a flowable drawn before: its text would join that of the place before."""
        if not self.is_sealed:
            if vars(flowable).get("drawn_in") is self.root:
                message = f"the same {type(flowable).__name__} stands in two places"
                raise TaggingError(message)
            flowable.drawn_in = self.root

    def attach(self, element: Element) -> None:
        """Join the element to the tree, unless it is there or its content belongs to another."""
        if element.tree is not self.root and not self.is_sealed:
            element.tree, element.parent, element.kids = self.root, self.parent, []
            self.parent.kids.append(element)

    def enter(self, element: Element | None) -> Element | None:
        """Make the element the parent of what comes, with None the one there is."""
        outer = self.parent
        if element is not None and not self.is_sealed:
            self.attach(element)
            self.parent = element
        return outer

    def leave(self, outer: Element | None) -> None:
        """Take back the parent."""
        self.parent = outer or self.root

    def opening(self, element: Element) -> str:
        """Return the operator, with a number that leads back to the element (14.7.4.4)."""
        if self.is_sealed:
            return ""
        self.attach(element)
        if self.page_owners is None:
            self.page_owners, self.page_key = [], len(self.owners)
            self.owners.append(self.page_owners)
        mark = len(self.page_owners)
        self.page_owners.append(element)
        element.kids.append((self._pageNumber - 1, mark, 0))
        return f"/{element.role} <</MCID {mark}>> BDC"

    def closing(self) -> str:
        """Return the operator."""
        return "" if self.is_sealed else "EMC"

    @contextmanager
    def sealed(self, operator: str = "") -> Iterator[None]:
        """Draw within one mark; what is inside adds none of its own."""
        if self.is_sealed:
            yield
            return
        self.addLiteral(operator)
        self.is_sealed = True
        yield
        self.is_sealed = False
        self.addLiteral("EMC")

    def figure(self, element: Element, width: float, height: float) -> Any:
        """Draw a picture and note where it stands (14.8.5.4.3)."""
        x1, y1 = self.absolutePosition(0, 0)
        x2, y2 = self.absolutePosition(width, height)
        box = f"{x1:.2f} {y1:.2f} {x2:.2f} {y2:.2f}"
        element.box = f"/A<</O/Layout/Placement/Block/BBox[{box}]>>"
        return self.sealed(self.opening(element))

    def link(self, element: Element, url: str, label: str, box: tuple[float, ...]) -> None:
        """Make a link with a name, below its element (ISO 14289-1, 7.18.5)."""
        if self.is_sealed:
            return
        left, bottom = self.absolutePosition(*box[:2])
        right, top = self.absolutePosition(*box[2:])
        body = (
            f"<</Type/Annot/Subtype/Link/F 4/StructParent {len(self.owners)}/Border[0 0 0]"
            f"/Rect[{left:.2f} {bottom:.2f} {right:.2f} {top:.2f}]/Contents{pdf_text(label)}"
            f"/A<</S/URI/URI{pdf_text(url)}>>>>"
        )
        self.owners.append(element)
        self._addAnnotation(_Ready(body.encode("ascii")))
        name = self._doc.annotationName(f"NUMBER{self._annotationCount}")
        number = self._doc.idToObjectNumberAndVersion[name][0]
        element.kids.append((self._pageNumber - 1, 0, number))

    def heading(self, level: int, title: str, top: float) -> None:
        """Enter a heading; no level is skipped (ISO 14289-1, 7.4.2)."""
        last = self.headings[-1].depth + 1 if self.headings else 0
        if level > last + 1:
            message = f"heading of level {level} after level {last}: {title}"
            raise TaggingError(message)
        _, y = self.absolutePosition(0, top)
        self.headings.append(Entry(level - 1, title, self._pageNumber - 1, y))

    def drawText(self, text: Any) -> None:  # noqa: N802
        """Draw ReportLab's own text, which bears no tags: in an artifact or a figure only."""
        if not self.is_sealed:
            message = f"text without a tag: {text.getCode()[:80]}"
            raise TaggingError(message)
        super().drawText(text)

    def showPage(self) -> None:  # noqa: N802
        """End the page and note its place in the parent tree (ISO 32000-1, 14.7.4.4)."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.Tabs = "/S"
        if self.page_owners is not None:
            page.StructParents = self.page_key
        self.page_owners = None

    def save(self) -> None:
        """Write the file; it depends on nothing but what was drawn and said."""
        if self._code:
            self.showPage()
        pages = self._doc.Pages.pages
        for number, page in enumerate(pages, 1):
            self._code: list[str] = []
            self.furnish(self, number, len(pages))
            content = "\n".join([page.stream, *self._code])
            page.Contents = _Ready(stream("", content.encode("latin-1")))
        objects = self._objects()
        catalog = self._number(self._doc.Catalog)
        if b"/StructTreeRoot" not in objects[catalog]:
            message = "the catalog has lost the structure tree"
            raise TaggingError(message)
        self._filename.write(write_file(objects, catalog, self.facts))

    def _number(self, thing: Any) -> int:
        name = self._doc.Reference(thing).name
        number: int = self._doc.idToObjectNumberAndVersion[name][0]
        return number

    def _objects(self) -> dict[int, bytes]:
        """Return all objects of the file by their numbers."""
        doc = self._doc
        for font in doc.delayedFonts:
            font.addObjects(doc)
        self._number(doc.Catalog)
        xmp = stream("/Type/Metadata/Subtype/XML", metadata(self.facts), packed=False)
        profile = self._number(_Ready(stream("/N 3", srgb_profile())))
        catalog = doc.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.Metadata = _Ready(xmp)
        catalog.MarkInfo = "<</Marked true>>"
        catalog.ViewerPreferences = "<</DisplayDocTitle true>>"
        catalog.OutputIntents = (
            "[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
            f"/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>]"
        )
        pages = [self._number(page) for page in doc.Pages.pages]
        first = doc.objectcounter + 1
        made = self._structure(first, pages)
        catalog.StructTreeRoot = f"{first} 0 R"
        catalog.Outlines = f"{first + len(made)} 0 R" if self.headings else None
        made += outline(self.headings, first + len(made), pages) if self.headings else []
        objects = dict(enumerate(made, first))
        doc.objectcounter += len(objects)
        number = 0
        while number < doc.objectcounter:  # formatting one object may add others
            number += 1
            if number not in objects:
                thing = doc.idToObject[doc.numberToId[number]]
                objects[number] = pdfdoc.format(thing, doc, toplevel=1)
        return objects

    def _structure(self, first: int, pages: list[int]) -> list[bytes]:
        """Return the structure tree as objects, its root being the first (14.7.2 to 14.7.4)."""
        elements = [self.root]
        for number, element in enumerate(elements, first + 1):  # the list grows while it is read
            element.number = number
            elements += [kid for kid in element.kids if isinstance(kid, Element)]
        bodies = [element.body(pages) for element in elements]
        nums = []
        for key, owner in enumerate(self.owners):
            if isinstance(owner, Element):
                nums.append(f"{key} {owner.number} 0 R")
            else:
                nums.append(f"{key} {first + 1 + len(bodies)} 0 R")
                bodies.append(f"[{' '.join(f'{o.number} 0 R' for o in owner)}]".encode("ascii"))
        root = (
            f"<</Type/StructTreeRoot/K {self.root.number} 0 R/ParentTreeNextKey {len(nums)}"
            f"/ParentTree<</Nums[{' '.join(nums)}]>>>>"
        )
        return [root.encode("ascii"), *bodies]
