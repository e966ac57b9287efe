"""What a process that serves pages loads before somebody waits for it."""

from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver


def load_views() -> None:
    """Import every view, and with them nearly everything that requests need."""
    assert get_resolver().url_patterns


def compile_templates() -> int:
    """Compile every template of the studio, which Django keeps; the first page of each kind then is no slower."""
    root = Path(settings.BASE_DIR) / "templates"
    names = [file.relative_to(root).as_posix() for file in root.rglob("*.html")]
    for name in names:
        get_template(name)
    return len(names)
