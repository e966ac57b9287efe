"""Files that wait for their columns to be chosen."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Upload
from domain import errors

KEPT = timedelta(days=1)
MAX_BYTES = 64 * 1024 * 1024


def check_size(data: bytes) -> None:
    """Refuse empty files and those too large to be read at once."""
    if not data.strip():
        raise errors.Invalid("The file is empty.", code="file_empty")
    if len(data) > MAX_BYTES:
        raise _too_large(len(data))


def _too_large(size: int) -> errors.Invalid:
    return errors.Invalid(
        f"The file has {size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB can be imported at once. "
        "Split it and import the parts into the same data set.",
        code="file_too_large",
    )


def read_file(file: "UploadedFile[Any]") -> bytes:
    """The bytes of a file that was sent; one that is too large is refused before it is read into memory."""
    if (file.size or 0) > MAX_BYTES:
        raise _too_large(file.size or 0)
    return bytes(file.read())


@transaction.atomic
def keep_upload(
    *, by: Actor, name: str, target: Mapping[str, str], data: bytes, dataset: Dataset | None = None
) -> Upload:
    """Keep a file until its import is confirmed."""
    by.require(Role.AUTHOR, "import data")
    by.require_scope("data:write")
    check_size(data)
    return Upload.objects.create(
        workspace=by.workspace, dataset=dataset, by=by.user, name=name[:200], target=dict(target), content=data
    )


def get_upload(*, by: Actor, key: uuid.UUID) -> Upload:
    """A person's own waiting file."""
    upload = Upload.objects.select_related("dataset").filter(pk=key, workspace=by.workspace, by=by.user).first()
    if upload is None:
        raise errors.NotFound(
            "This file was imported already, or waited too long. Choose it again.", code="upload_gone"
        )
    return upload


def drop_upload(*, by: Actor, upload: Upload) -> None:
    """Forget a waiting file."""
    Upload.objects.filter(pk=upload.pk, by=by.user).delete()


def forget_old_uploads() -> int:
    """Forget files that waited for more than a day; called by the sweeper."""
    return Upload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
