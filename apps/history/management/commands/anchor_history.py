"""`manage.py anchor_history`: seal what waits and print the head of every chain, one JSON object a line.

Kept outside of the database, once a day, these lines show later that no chain was cut off or written anew.
"""

import json
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from apps.history import queries, services


class Command(BaseCommand):
    help = "Print the head of every history chain, to be kept somewhere else."

    def handle(self, *args: Any, **options: Any) -> None:
        services.seal_all(thorough=True)
        workspaces = apps.get_model("accounts", "Workspace").objects.order_by("pk")
        for workspace in (None, *workspaces):
            name = str(workspace.slug) if workspace is not None else ""
            self.stdout.write(json.dumps(queries.anchor(workspace, name)))
