"""Small PDF files for tests, written by hand: text in a font that viewers bring, lines, pictures."""

from collections.abc import Iterable, Sequence

WIDTH, HEIGHT = 595, 842
"""Of a page, in points."""
EM = 10.0
"""The usual size of the letters: each Chinese one is a square."""

_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [<< "
    "/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /CIDSystemInfo "
    "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor "
    "/FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /Ascent 880 /Descent -120 /CapHeight 880 "
    "/StemV 93 /ItalicAngle 0 >> >>] >>"
)


def text(words: str, x: float, y: float, size: float = EM) -> str:
    """The operators that write `words` at a place."""
    return f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"


def line(x: float, y: float, to_x: float, to_y: float) -> str:
    """A drawn line."""
    return f"{x} {y} m {to_x} {to_y} l S\n"


def box(x: float, y: float, wide: float, high: float, paint: str = "S") -> str:
    """A rectangle: drawn (`S`) or filled (`f`)."""
    return f"{x} {y} {wide} {high} re {paint}\n"


def picture(x: float, y: float, wide: float, high: float) -> str:
    """A grey picture."""
    return f"q {wide} 0 0 {high} {x} {y} cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q\n"


def column(lines: Iterable[str], x: float, top: float = 700, pitch: float = 16) -> str:
    """Lines one below the other."""
    return "".join(text(words, x, top - number * pitch) for number, words in enumerate(lines))


def ruled(
    rows: Sequence[Sequence[str]], widths: Sequence[float], x: float = 60, top: float = 700, pitch: float = 20
) -> str:
    """A table with all its lines drawn; the lines of a cell are parted by bars."""
    parts: list[str] = []
    y = top
    edges = [x + sum(widths[:number]) for number in range(len(widths) + 1)]
    parts.append(line(edges[0], y, edges[-1], y))
    for row in rows:
        lines = max(len(cell.split("|")) for cell in row)
        for edge, cell in zip(edges, row, strict=False):
            parts.append(column(cell.split("|"), edge + 4, y - 14, 12))
        below = y - pitch - 12 * (lines - 1)
        parts += [line(edge, y, edge, below) for edge in edges]
        y = below
        parts.append(line(edges[0], y, edges[-1], y))
    return "".join(parts)


def pdf(*pages: str, turned: int = 0) -> bytes:
    """A file of these pages' content; a page shown `turned` by so many degrees clockwise."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", _FONT]
    kids = []
    for content in pages:
        kids.append(f"{len(objects) + 1} 0 R")
        rotate = f"/Rotate {turned} " if turned else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] {rotate}"
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    parts = [b"%PDF-1.7\n"]
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    start = sum(map(len, parts))
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    parts.append(
        f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return b"".join(parts)
