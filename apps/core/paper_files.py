"""Reports as downloads: a page that stands alone, or a PDF."""

from django.http import HttpResponse

from domain import errors, papers

FORMATS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def answer(paper: papers.Paper, *, name: str, kind: str) -> HttpResponse:
    """A download of the report of a kind of `FORMATS`."""
    if kind not in FORMATS:
        raise errors.NotFound(f"Reports come as {' or '.join(FORMATS)}.", code="format_unknown")
    data = papers.as_pdf(paper) if kind == "pdf" else papers.as_html(paper)
    sent = HttpResponse(data, content_type=FORMATS[kind])
    sent["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return sent
