"""Whether a judge may serve by its exams, in a sentence."""

from dataclasses import dataclass

from django.utils import timezone

from apps.audit.models import Sitting
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion


@dataclass(frozen=True)
class Standing:
    """How a judge stands: licensed or not, why, and the sitting that says so."""

    licensed: bool
    said: str
    sitting: Sitting | None

    @property
    def tone(self) -> str:
        """The band that it amounts to."""
        return "good" if self.licensed else "poor" if self.sitting is not None else "unclear"


def standing_of(judge: JudgeVersion) -> Standing:
    """By its newest marked exam; an exam that another version with the same fingerprint passed counts, too."""
    rows = Sitting.objects.filter(judge_version=judge, marked_at__isnull=False).select_related("exam", "licence")
    sitting = rows.order_by("-marked_at", "-pk").first()
    if judging.is_licensed(judge):
        return Standing(True, _licensed(sitting), sitting)
    if sitting is None:
        return Standing(False, "It sat no exam, so nothing says that it is fit to serve.", None)
    if sitting.passed:
        return Standing(False, f"Its licence by the exam “{sitting.exam.name}” ended: it must pass again.", sitting)
    failings = " ".join(sitting.failings)
    return Standing(False, f"Not fit to serve: it failed the exam “{sitting.exam.name}”. {failings}".strip(), sitting)


def _licensed(sitting: Sitting | None) -> str:
    if sitting is None or sitting.licence is None or not sitting.passed:
        return "Licensed to serve."
    ends = sitting.licence.expires_at
    if ends is None or ends <= timezone.now():
        return "Licensed to serve."
    return f"Licensed to serve until {ends:%Y-%m-%d}, by the exam “{sitting.exam.name}”."
