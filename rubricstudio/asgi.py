"""The ASGI door, used by the web server: static files first, then Django."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rubricstudio.settings")

from rubricstudio.statics import CompressedStatics

django = get_asgi_application()


def _with_static_files() -> CompressedStatics:
    from django.conf import settings

    return CompressedStatics(
        django,
        root=settings.BASE_DIR / "static",
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        max_age=300,
        packed=settings.DATA_DIR / "static-packed",
        allow_all_origins=False,
    )


def _settle() -> None:
    """Load what requests need before the first one, and spare the garbage collector walking through it ever after."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()


_settle()
application = _with_static_files()
