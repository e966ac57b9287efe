"""Reports that leave the studio as files: one value, written as a page that stands alone or as a PDF."""

from domain.papers.pages import as_html
from domain.papers.pdf import as_pdf
from domain.papers.shapes import Column, Fact, Paper, Part, Table

__all__ = ["Column", "Fact", "Paper", "Part", "Table", "as_html", "as_pdf"]
