"""What every template must keep to: it compiles, nothing inline, nothing from another host, no missing file."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)


def _source(name):
    return COMMENT.sub("", (ROOT / name).read_text())


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_inline(name):
    source = _source(name)
    assert not re.search(r"\sstyle\s*=", source), "inline styles are refused by the content security policy"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source), "handlers in attributes are refused, too"
    assert "hx-on" not in source
    assert "<style" not in source
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source) if "application/json" not in tag)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_from_another_host(name):
    assert not re.search(r"""(?:src|href|hx-get|hx-post|action)=["'](?:https?:)?//""", _source(name))


@pytest.mark.parametrize("name", NAMES)
def test_static_files_exist(name):
    for path in re.findall(r"{% static '([^']+)' %}", _source(name)):
        assert finders.find(path), path


@pytest.mark.parametrize("name", NAMES)
def test_posts_carry_the_csrf_token(name):
    for form in re.findall(
        r"<form[^>]*method=[\"']post[\"'].*?(?=</form>|\Z)", _source(name), re.DOTALL | re.IGNORECASE
    ):
        assert "csrf" in form, form[:120]
