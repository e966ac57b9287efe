"""The ASGI door, used by the web server: static files first, then Django."""

import gc
import os
import threading

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rubricstudio.settings")

from rubricstudio.statics import CompressedStatics

django = get_asgi_application()


def _with_static_files() -> CompressedStatics:
    from django.conf import settings

    from apps.api.unchanged import UnchangedFirst

    return CompressedStatics(
        UnchangedFirst(django),
        root=settings.BASE_DIR / "static",
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        max_age=300,
        packed=settings.DATA_DIR / "static-packed",
        allow_all_origins=False,
    )


def _settle() -> None:
    """Load what requests need before the first one, and spare the garbage collector walking through it ever after."""
    from rubricstudio import warming

    warming.load_views()
    gc.collect()
    gc.freeze()
    # A large batch makes objects by the hundred thousand; none of them is worth looking through them all again.
    gc.set_threshold(50_000, 20, 50)
    # Beside the first requests, so that the studio answers no later for it.
    threading.Thread(target=warming.compile_templates, name="compile-templates", daemon=True).start()


_settle()
application = _with_static_files()
