"""The states that versions and sets go through."""

from django.db import models


class VersionStatus(models.TextChoices):
    """The life of a version; it only moves to the right."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    APPROVED = "approved", "approved"
    RETIRED = "retired", "retired"


class VersionEnd(models.TextChoices):
    """Why a version was retired."""

    NONE = "", "still open"
    WITHDRAWN = "withdrawn", "withdrawn by the author"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    SUPERSEDED = "superseded", "superseded by a later version"
    RETIRED = "retired", "retired"
    DISCARDED = "discarded", "draft discarded"
