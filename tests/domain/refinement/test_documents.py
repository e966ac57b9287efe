"""Files that somebody gives: what is read of them, and what is refused."""

import pytest

from domain import errors
from domain.refinement import documents

PAGE = b"<html><head><title>T</title><style>p {}</style></head><body><h1>Doses</h1><p>Take\n75&nbsp;mg.</p><script>x()"


def test_text_markdown_and_html_are_read() -> None:
    assert documents.read("a.txt", "\ufeffDose: 75 mg, naïve.".encode()) == "Dose: 75 mg, naïve."
    assert documents.read("A.MD", "# Dose".encode("utf-16")) == "# Dose"
    assert documents.read("a.html", PAGE) == "Doses\n\nTake 75 mg."


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"x" * 5_000_000, "document_long"),
        ("a.pdf", b"%PDF-1.7", "document_pdf"),
        ("a.txt", b"%PDF-1.7", "document_pdf"),
        ("a.docx", b"PK", "document_kind"),
        ("a.txt", b"\xff\xd8\xff\xe0", "document_binary"),
        ("a.txt", b"a\x00b", "document_binary"),
    ],
)
def test_what_is_no_readable_text_is_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        documents.read(name, data)
    assert refused.value.code == code
