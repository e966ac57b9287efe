"""The WSGI door, for tools that need one; waiting for rewards wants ASGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rubricstudio.settings")

application = get_wsgi_application()
