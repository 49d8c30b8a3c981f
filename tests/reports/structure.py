"""The structure tree of a PDF read back: what a screen reader is told, in its order.

Text comes from the marked content of the pages, decoded by the fonts' own tables; it is
independent of the code that wrote it. Content outside of any mark is an error.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf


@dataclass
class Node:
    """An element: its role, what it holds in order, and the attributes tests ask for."""

    role: str
    kids: list["Node | str"] = field(default_factory=list)
    lang: str = ""
    alt: str = ""
    actual: str = ""
    scope: str = ""
    pages: set[int] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, with what placeholders stand for."""
        parts = (kid if isinstance(kid, str) else kid.text for kid in self.kids)
        return self.actual or "".join(parts)

    def all(self, *roles: str) -> list["Node"]:
        """The elements of these roles, in order, itself left out."""
        found = []
        for kid in self.kids:
            if isinstance(kid, Node):
                found += [kid] if kid.role in roles else []
                found += kid.all(*roles)
        return found

    def blocks(self) -> list[tuple[str, str]]:
        """Role and text of each innermost block, in order; white space is made single."""
        inline = {"Span", "Link", "Reference"}
        blocks = [k for k in self.kids if isinstance(k, Node) and k.role not in inline]
        if not blocks:
            return [(self.role, " ".join(self.text.split()))]
        return [block for kid in blocks for block in kid.blocks()]


def read(data: bytes) -> Node:
    """Return the tree; asserts that it and the marks on the pages belong together."""
    with pikepdf.open(BytesIO(data)) as pdf:
        root = pdf.Root.StructTreeRoot
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        marks = [_marked_text(page) for page in pdf.pages]
        nums = list(root.ParentTree.Nums)
        parents = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
        used: set[tuple[int, int]] = set()
        tree = _node(root.K, pages, marks, used)
        for number, page in enumerate(pdf.pages):
            assert page.Tabs == "/S"
            owners = parents[int(page.StructParents)] if "/StructParents" in page else []
            assert set(marks[number]) == set(range(len(owners)))
            assert used >= {(number, mark) for mark in marks[number]}
            for mark, owner in enumerate(owners):
                assert mark in _own_marks(owner, number, pages)
        return tree


def artifacts(data: bytes, page: int) -> str:
    """Return the text of a page's artifacts: header, footer, repeated table headers."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return _texts(pdf.pages[page])[1]


def _own_marks(element: pikepdf.Object, page: int, pages: dict) -> set[int]:
    home = pages[element.Pg.objgen] if "/Pg" in element else -1
    marks = set()
    for kid in _kids(element):
        if isinstance(kid, int):
            marks |= {kid} if home == page else set()
        elif "/MCID" in kid and (pages[kid.Pg.objgen] if "/Pg" in kid else home) == page:
            marks.add(int(kid.MCID))
    return marks


def _kids(element: pikepdf.Object) -> list:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _node(
    element: pikepdf.Object, pages: dict, marks: list[dict[int, str]], used: set[tuple[int, int]]
) -> Node:
    node = Node(str(element.S)[1:])
    node.lang, node.alt = str(element.get("/Lang", "")), str(element.get("/Alt", ""))
    node.actual = str(element.get("/ActualText", ""))
    node.scope = str(element.get("/A", {}).get("/Scope", ""))[1:]
    home = pages[element.Pg.objgen] if "/Pg" in element else -1
    for kid in _kids(element):
        if not isinstance(kid, int) and kid.get("/Type") == "/OBJR":
            node.links.append(str(kid.Obj.A.URI))
            assert str(kid.Obj.Contents)
        elif isinstance(kid, int) or "/MCID" in kid:
            mark = int(kid if isinstance(kid, int) else kid.MCID)
            page = (
                home if isinstance(kid, int) else pages[kid.get("/Pg", element.get("/Pg")).objgen]
            )
            assert (page, mark) not in used
            used.add((page, mark))
            node.pages.add(page)
            node.kids.append(marks[page][mark])
        else:
            assert kid.P.objgen == element.objgen
            child = _node(kid, pages, marks, used)
            node.pages |= child.pages
            node.kids.append(child)
    return node


def _marked_text(page: pikepdf.Page) -> dict[int, str]:
    return _texts(page)[0]


def _texts(page: pikepdf.Page) -> tuple[dict[int, str], str]:
    """Return the text of each mark of a page, and that of its artifacts."""
    tables: dict[str, dict[int, str]] = {}
    marks: dict[int, str] = {}
    outside = ""
    stack: list[int] = []  # marks that are open, -1 for an artifact
    font = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            is_artifact = operands[0] == "/Artifact"
            stack.append(-1 if is_artifact else int(operands[1]["/MCID"]))
            assert len(stack) == 1, "a mark within a mark"
            if not is_artifact:
                assert stack[0] not in marks
                marks[stack[0]] = ""
        elif name == "EMC":
            stack.pop()
        elif name == "Tf":
            font = str(operands[0])
            if font not in tables:
                tables[font] = _characters(page.resources.Font[font])
        elif name in {"Tj", "TJ"}:
            assert stack, "text without a mark"
            shown = operands if name == "Tj" else operands[0]
            strings = [part for part in shown if isinstance(part, pikepdf.String)]
            text = "".join(tables[font][code] for part in strings for code in bytes(part))
            if stack[0] < 0:
                outside += text + "\n"
            else:
                marks[stack[0]] += text
        elif name in {"S", "s", "f", "f*", "B", "B*", "b", "sh", "Do"}:
            assert stack, "a drawing without a mark"
    assert not stack
    return marks, outside


def _characters(font: pikepdf.Object) -> dict[int, str]:
    """Return the characters of a font by their codes, from its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, values in re.findall(r"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]", block, re.DOTALL):
            codes = range(int(low, 16), int(high, 16) + 1)
            texts = re.findall(r"<(\w+)>", values)
            found |= {
                c: bytes.fromhex(t).decode("utf-16-be") for c, t in zip(codes, texts, strict=True)
            }
        for low, high, value in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            codes = range(int(low, 16), int(high, 16) + 1)
            found |= {code: chr(int(value, 16) + at) for at, code in enumerate(codes)}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, value in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(value).decode("utf-16-be")
    found.pop(0, None)  # the glyph for what a font lacks: no text may show it
    return found
