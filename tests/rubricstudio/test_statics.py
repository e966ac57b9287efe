"""Static files are sent compressed to those who can read that, and as they are to the others."""

import gzip
from pathlib import Path

import brotli

from rubricstudio.statics import CompressedStatics


def served(root: Path, packed: Path) -> CompressedStatics:
    return CompressedStatics(None, root=root, prefix="/static/", packed=packed)


def test_texts_are_sent_compressed(tmp_path: Path) -> None:
    root, packed = tmp_path / "static", tmp_path / "packed"
    root.mkdir()
    (root / "a.css").write_text("a { color: red }\n" * 500)
    (root / "b.css").write_text("a {}")
    (root / "c.png").write_bytes(b"\x89PNG" * 500)
    files = served(root, packed).files
    small = files["/static/a.css"].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip"})
    headers = dict(small.headers)
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"].startswith("text/css")
    assert headers["Vary"] == "Accept-Encoding"
    with small.file as file:
        assert gzip.decompress(file.read()) == (root / "a.css").read_bytes()
    smaller = files["/static/a.css"].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip, br"})
    assert dict(smaller.headers)["Content-Encoding"] == "br"
    with smaller.file as file:
        assert brotli.decompress(file.read()) == (root / "a.css").read_bytes()
    assert "Content-Encoding" not in dict(files["/static/a.css"].get_response("HEAD", {}).headers)
    for name in ("b.css", "c.png"):
        answer = files[f"/static/{name}"].get_response("HEAD", {"HTTP_ACCEPT_ENCODING": "gzip"})
        assert "Content-Encoding" not in dict(answer.headers)


def test_copies_are_kept_by_what_they_hold(tmp_path: Path) -> None:
    root, packed = tmp_path / "static", tmp_path / "packed"
    root.mkdir()
    (root / "a.js").write_text("x();\n" * 500)
    served(root, packed)
    first = sorted(packed.iterdir())
    assert [copy.suffix for copy in first] == [".br", ".gz"]
    served(root, packed)
    assert sorted(packed.iterdir()) == first
    (root / "a.js").write_text("y();\n" * 500)
    served(root, packed)
    assert len(list(packed.iterdir())) == 4


def test_without_a_place_for_copies_files_are_sent_as_they_are(tmp_path: Path) -> None:
    root, packed = tmp_path / "static", tmp_path / "packed"
    root.mkdir()
    packed.write_text("a file in the way")
    (root / "a.js").write_text("x();\n" * 500)
    answer = served(root, packed).files["/static/a.js"].get_response("HEAD", {"HTTP_ACCEPT_ENCODING": "gzip"})
    assert "Content-Encoding" not in dict(answer.headers)
