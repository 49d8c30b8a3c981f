"""The outer shell of a PDF/A-2a and PDF/UA-1 file: metadata, colour profile, compressed objects.

Sources: ISO 32000-1 (PDF 1.7), ISO 19005-2 (PDF/A-2), ISO 14289-1 (PDF/UA-1). All functions are
pure: the same arguments give the same bytes.
"""

import datetime as dt
import hashlib
import re
import struct
import zlib
from functools import cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab import Version

PRODUCER = f"ReportLab {Version}"
OBJECTS_PER_STREAM = 400
STREAM_END = b"endstream\n"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Facts(NamedTuple):
    """What a file says about itself. `created_at` is aware; None leaves all dates out."""

    title: str
    language: str
    author: str = ""
    subject: str = ""
    created_at: dt.datetime | None = None


def pdf_text(text: str) -> str:
    """Return a text string object: ASCII as it is, all else as UTF-16 (ISO 32000-1, 7.9.2.2)."""
    if text.isascii() and text.isprintable():
        text = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def stream(entries: str, data: bytes, *, packed: bool = True) -> bytes:
    """Return a stream object, compressed unless `packed` is false; `write_file` ends its line."""
    if packed:
        data = zlib.compress(data)
        entries += "/Filter/FlateDecode"
    head = f"<<{entries}/Length {len(data)}>>\nstream\n".encode("ascii")
    return head + data + STREAM_END


def language_entry(tag: str) -> str:
    """Return the entry for a language tag such as `es-US` (RFC 5646), else raise `ValueError`."""
    if not _LANGUAGE.fullmatch(tag):
        message = f"not a language tag: {tag!r}"
        raise ValueError(message)
    return f"/Lang({tag})"


@cache
def srgb_profile() -> bytes:
    """Return an sRGB profile without its time of making (ICC.1, 7.2: bytes 24 to 35)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return bytes(profile[:24] + bytes(12) + profile[36:])


PDFUA_SCHEMA = """\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file meets</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def metadata(facts: Facts) -> bytes:
    """Return the XMP packet that names both standards (ISO 19005-2, 6.6.4; ISO 14289-1, 5).

    PDF/UA's own property has to be described for PDF/A (6.6.2.3.3).
    """
    parts = [
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        f"<dc:title>{_alternative(facts.title)}</dc:title>",
        f"<dc:language><rdf:Bag><rdf:li>{facts.language}</rdf:li></rdf:Bag></dc:language>",
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>",
    ]
    if facts.author:
        author = f"<rdf:Seq><rdf:li>{escape(facts.author)}</rdf:li></rdf:Seq>"
        parts.append(f"<dc:creator>{author}</dc:creator>")
    if facts.subject:
        parts.append(f"<dc:description>{_alternative(facts.subject)}</dc:description>")
    if facts.created_at:
        moment = facts.created_at.astimezone(dt.UTC).isoformat(timespec="seconds")
        parts += [f"<xmp:{name}>{moment}</xmp:{name}>" for name in ("CreateDate", "ModifyDate")]
    lines = "\n".join(parts)
    packet = f"""\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
{lines}
</rdf:Description>
{PDFUA_SCHEMA}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
    return packet.encode("utf-8")


def _alternative(text: str) -> str:
    return f"<rdf:Alt><rdf:li xml:lang='x-default'>{escape(text)}</rdf:li></rdf:Alt>"


def information(facts: Facts) -> bytes:
    """Return the information dictionary; it repeats the metadata for older readers."""
    entries = {"Title": facts.title, "Author": facts.author, "Subject": facts.subject}
    entries["Producer"] = PRODUCER
    if facts.created_at:
        moment = facts.created_at.astimezone(dt.UTC)
        entries["CreationDate"] = entries["ModDate"] = f"{moment:D:%Y%m%d%H%M%SZ}"
    body = "".join(f"/{name}{pdf_text(text)}" for name, text in entries.items() if text)
    return f"<<{body}>>".encode("ascii")


def write_file(objects: dict[int, bytes], catalog: int, facts: Facts) -> bytes:
    """Return the file made of the objects, `catalog` being the number of the root.

    Streams stand by themselves, all else is packed into object streams and found through a
    cross-reference stream (ISO 32000-1, 7.5.7 and 7.5.8); a report shrinks to a third. Before
    `endstream` comes a line end that does not count (ISO 19005-2, 6.1.7.1); ReportLab omits it.
    """
    top = max(objects)
    objects = {**objects, top + 1: information(facts)}
    streams = {n: body for n, body in objects.items() if body.endswith(STREAM_END)}
    loose = sorted(objects.keys() - streams.keys())
    places = {}  # number -> type, then offset or number of the stream, then place in the stream
    for start in range(0, len(loose), OBJECTS_PER_STREAM):
        members = loose[start : start + OBJECTS_PER_STREAM]
        holder = top + 2 + start // OBJECTS_PER_STREAM
        index, bodies, at = [], [], 0
        for place, number in enumerate(members):
            places[number] = (2, holder, place)
            index.append(f"{number} {at}")
            bodies.append(objects[number])
            at += len(objects[number]) + 1
        head = " ".join(index).encode("ascii") + b"\n"
        entries = f"/Type/ObjStm/N {len(members)}/First {len(head)}"
        streams[holder] = stream(entries, head + b"\n".join(bodies))
    chunks = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
    offset = len(chunks[0])
    for number, body in streams.items():
        places[number] = (1, offset, 0)
        chunks.append(_stream_object(number, body))
        offset += len(chunks[-1])
    size = max(places) + 2
    places[0], places[size - 1] = (0, 0, 65535), (1, offset, 0)
    table = b"".join(struct.pack(">BIH", *places[number]) for number in range(size))
    digest = hashlib.md5(b"".join(chunks), usedforsecurity=False).hexdigest()
    entries = (
        f"/Type/XRef/Size {size}/W[1 4 2]/Root {catalog} 0 R/Info {top + 1} 0 R"
        f"/ID[<{digest}><{digest}>]"
    )
    chunks.append(_stream_object(size - 1, stream(entries, table)))
    return b"".join([*chunks, b"startxref\n%d\n%%%%EOF\n" % offset])


def _stream_object(number: int, body: bytes) -> bytes:
    """Return it with a line end of two bytes: data that ends in the half of one stays whole."""
    return b"%d 0 obj\n%b\r\nendstream\nendobj\n" % (number, body.removesuffix(STREAM_END))
