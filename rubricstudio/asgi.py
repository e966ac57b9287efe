"""The ASGI door, used by the web server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rubricstudio.settings")

application = get_asgi_application()
