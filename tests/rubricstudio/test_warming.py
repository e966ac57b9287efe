"""A process that serves pages has compiled every template before they are asked for."""

import pytest
from django.template.base import Template
from django.template.loader import get_template

from rubricstudio import warming


def test_every_template_is_compiled_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    warming.load_views()
    assert warming.compile_templates() > 100

    def again(self: Template) -> None:
        raise AssertionError(f"{self.name} is compiled when somebody waits for it")

    monkeypatch.setattr(Template, "compile_nodelist", again)
    assert get_template("rubrics/version_edit.html")
    assert warming.compile_templates() > 100
