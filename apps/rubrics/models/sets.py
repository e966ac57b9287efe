"""Rubric sets: their versions, their members, and the sample that stands for them."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.core.models import Stamped
from apps.rubrics.models import guards
from apps.rubrics.models.states import VersionStatus


class RubricSet(Stamped):
    """Prompt-bound rubrics handled, approved and released as one."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="rubric_sets")
    name = models.SlugField(max_length=120)
    title = models.CharField(max_length=300)
    source = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="rubric_set_once")]

    def __str__(self) -> str:
        return self.title


class RubricSetVersion(Stamped):
    """A numbered version of a set; approval needs a reviewed sample of declared size."""

    rubric_set = models.ForeignKey(RubricSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    digest = models.CharField(max_length=71, blank=True, default="")
    sample_size = models.PositiveIntegerField(default=0)
    sample_seed = models.PositiveIntegerField(default=0)
    submitted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rubric_set", "number"], name="set_version_once"),
            models.UniqueConstraint(fields=["rubric_set"], condition=Q(status="approved"), name="set_one_approved"),
        ]

    def __str__(self) -> str:
        return f"set:{self.rubric_set.name}@{self.number}"


class RubricSetMember(models.Model):
    """A rubric version in a set version, with the prompt it is bound to."""

    set_version = models.ForeignKey(RubricSetVersion, on_delete=models.CASCADE, related_name="members")
    version = models.ForeignKey("rubrics.RubricVersion", on_delete=models.PROTECT, related_name="set_memberships")
    prompt_id_text = models.CharField(max_length=200, blank=True, default="")
    sample_place = models.PositiveIntegerField(
        null=True, blank=True, help_text="Where it stands in the sample, from 1; drawn when the set is submitted"
    )
    sample_ok = models.BooleanField(null=True, blank=True, help_text="What the reviewer of the sample found")
    sample_note = models.TextField(blank=True, default="")
    reviewed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["set_version", "version"], name="set_member_once"),
            models.UniqueConstraint(fields=["set_version", "sample_place"], name="set_sample_place_once"),
            models.CheckConstraint(
                condition=Q(sample_ok=None) | Q(sample_place__isnull=False, reviewed_by__isnull=False),
                name="set_sample_read_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["set_version", "prompt_id_text"], name="set_member_by_prompt")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="set_sample_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=guards.SAMPLE_GUARD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.set_version_id}"
