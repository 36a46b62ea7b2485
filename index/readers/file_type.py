"""What a file really is, by its first bytes, against what its name says."""

import re
from pathlib import PurePath

from index.errors import DamagedDocument, EncryptedDocument, ScannedDocument, UnsupportedFormat

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (_OLE, "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
)
_KINDS = {
    "pdf": "PDF 文件",
    "zip": "压缩包或 Office 文件",
    "docx": "Word 文档（.docx）",
    "xlsx": "Excel 表格",
    "pptx": "PowerPoint 演示文稿",
    "odt": "OpenDocument 文档",
    "ofd": "OFD 文件",
    "ole": "旧版 Office 或 WPS 文件",
    "rtf": "RTF 文档",
    "image": "图片",
    "archive": "压缩包",
    "program": "程序",
    "html": "网页（HTML）",
    "mhtml": "网页存档（MHTML）",
    "text": "纯文本",
}
_ENDINGS = {"pdf": ".pdf", "docx": ".docx", "html": ".html", "text": ".txt"}
_EXPECTED = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
_ADVICE = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".docm", ".dotx"), ".docx"),
    ".ofd": ".pdf",
}
_SAVE_AS = "请用 Word 或 WPS 打开后另存为 {} 格式再添加。"
_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp"}
_SPREADSHEETS = {".csv", ".tsv", ".xls", ".xlsx", ".et", ".ods"}
_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"}
_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S
)


def suffix(name: str) -> str:
    """The ending of a file's name, in lower case, dot included."""
    return PurePath(name).suffix.lower()


def kind_of(data: bytes) -> str:
    """What the bytes are: a key of the table of kinds; `text` where nothing else shows."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return _package(data) if kind == "zip" else kind
    if b"%PDF-" in data[:1024]:  # readers allow junk before the header
        return "pdf"
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\x00", b"")
    head = head.lstrip()
    if _HTML.match(head):
        return "html"
    if re.match(
        rb"(?:From:|MIME-Version:)[^\n]*\n(?:[\w-]+:[^\n]*\n|\s[^\n]*\n)*?Content-Type:\s*multipart", head
    ):
        return "mhtml"
    return "text"


def check_kind(data: bytes, name: str) -> None:
    """Raise a DocumentError where no reader fits the name, or the bytes are of another kind."""
    ending = suffix(name)
    expected = _EXPECTED.get(ending)
    if expected is None:
        raise _unsupported(ending, name)
    kind = kind_of(data)
    if kind == expected or (expected == "html" and kind == "text"):  # a page may begin with any tag
        return
    if kind == "ole" and "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"文件“{name}”设了打开密码，请用 Word 或 WPS 去掉密码后再添加。")
    if kind == "zip" and expected == "docx":
        return  # its reader says what is missing
    if kind == "ole":
        raise DamagedDocument(
            f"文件“{name}”其实是旧版 Office 文件（如 .doc）或 WPS 文件，" + _SAVE_AS.format(".docx")
        )
    if kind == "image":
        raise DamagedDocument(f"文件“{name}”其实是图片，请提供可以选中文字的原文件。")
    if kind == "text" and b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise DamagedDocument(f"文件“{name}”已损坏，或者不是 {ending} 文件，请重新获取原文件。")
    if kind in _ENDINGS:
        raise DamagedDocument(
            f"文件“{name}”的扩展名是 {ending}，内容却是{_KINDS[kind]}，"
            f"请把扩展名改为 {_ENDINGS[kind]} 后再添加。"
        )
    if kind in {"rtf", "odt"}:
        raise DamagedDocument(f"文件“{name}”其实是{_KINDS[kind]}，" + _SAVE_AS.format(".docx"))
    raise DamagedDocument(
        f"文件“{name}”的扩展名是 {ending}，内容却是{_KINDS[kind]}，请提供 txt、md、html、docx 或 pdf 文件。"
    )


def _package(data: bytes) -> str:
    """What a zip file holds, by the names of its parts (they stand uncompressed at its end)."""
    directory = data[-262_144:] + data[:4096]
    if b"word/" in directory:
        return "docx"
    if b"xl/" in directory:
        return "xlsx"
    if b"ppt/" in directory:
        return "pptx"
    if b"opendocument" in data[:200]:
        return "odt"
    if b"OFD.xml" in directory:
        return "ofd"
    return "zip"


def _unsupported(ending: str, name: str) -> UnsupportedFormat | ScannedDocument:
    if ending in _ADVICE:
        return UnsupportedFormat(f"不能直接读取 {ending} 文件“{name}”，" + _SAVE_AS.format(_ADVICE[ending]))
    if ending in _IMAGES:
        return ScannedDocument(f"“{name}”是图片，读不出文字，请提供可以选中文字的 docx 或 pdf 文件。")
    if ending in _SPREADSHEETS:
        return UnsupportedFormat(
            f"不能读取 {ending} 文件“{name}”，请把表格连同标题复制到 Word 文档里，存成 .docx 再添加。"
        )
    if ending in _ARCHIVES:
        return UnsupportedFormat(f"“{name}”是压缩包，请解压后添加里面的文件。")
    if not ending:
        return UnsupportedFormat(
            f"文件“{name}”没有扩展名，请按内容加上 .txt、.md、.html、.docx 或 .pdf 后再添加。"
        )
    return UnsupportedFormat(f"不能读取 {ending} 文件“{name}”，请提供 txt、md、html、docx 或 pdf 文件。")
