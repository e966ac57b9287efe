"""The keys under which verdicts and scores are found."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apps.datasets.models import SubjectKind
from apps.rubrics import queries as rubric_queries
from domain import rubric as rubrics
from domain import strategies, verdicts

if TYPE_CHECKING:
    from apps.datasets.models import Subject
    from apps.judging.models import JudgeVersion
    from apps.rubrics.models import Profile, RubricVersion

MOST_KEPT = 2048
_frozen: dict[tuple[str, str], dict[str, str]] = {}


class Reader:
    """Reads each version once: frozen ones from this process's memory, drafts as they are now."""

    def __init__(self) -> None:
        self._drafts: dict[int, rubrics.Rubric] = {}
        self._digests: dict[tuple[int, str], dict[str, str]] = {}
        self._whole: dict[int, str] = {}

    def suppose(self, version: "RubricVersion", said: rubrics.Rubric) -> None:
        """Read a version as if it said this; to be called before it is read."""
        self._drafts[version.pk] = said

    def rubric(self, version: "RubricVersion") -> rubrics.Rubric:
        """What a version says."""
        if self._is_frozen(version):
            return rubric_queries.domain_rubric(version)
        if version.pk not in self._drafts:
            self._drafts[version.pk] = rubric_queries.domain_rubric(version)
        return self._drafts[version.pk]

    def digest(self, version: "RubricVersion") -> str:
        """The digest of a version: the stored one, for a draft that of its present content."""
        if self._is_frozen(version):
            return version.digest
        if version.pk not in self._whole:
            self._whole[version.pk] = rubrics.digest(self.rubric(version))
        return self._whole[version.pk]

    def criterion_digests(self, version: "RubricVersion", protocol: str) -> dict[str, str]:
        """What the judge is shown for each criterion of a version, as digests by criterion id."""
        frozen = self._is_frozen(version)
        known: dict[Any, dict[str, str]] = _frozen if frozen else self._digests
        key = (version.digest if frozen else version.pk, protocol)
        if key not in known:
            if len(known) >= MOST_KEPT:
                known.clear()
            known[key] = rubrics.criterion_digests(self.rubric(version), protocol)
        return known[key]

    def asked_digests(self, version: "RubricVersion", judge: "JudgeVersion") -> dict[str, str]:
        """What this judge is asked for each criterion: with some strategies not the same about a pitfall."""
        digests = self.criterion_digests(version, judge.protocol)
        if not strategies.heeds_polarity(judge.strategy):
            return digests
        pitfalls = {criterion.id for criterion in self.rubric(version).criteria if criterion.is_pitfall}
        return {
            name: rubrics.sha256({"criterion": found, "polarity": "negative"}) if name in pitfalls else found
            for name, found in digests.items()
        }

    def verdict_keys(
        self, version: "RubricVersion", judge: "JudgeVersion", subject: "Subject", sample: int = 0
    ) -> dict[str, uuid.UUID]:
        """The verdict key of each criterion of a version on one subject, in the order of the criteria.

        Which answers of a list are shown depends on the rubric's content gate, so that is part of their keys.
        """
        digests = self.asked_digests(version, judge)
        if subject.kind != SubjectKind.LIST:
            return keys_of(digests, judge, subject, sample)
        shown = f"{subject.hash}:{self.rubric(version).content_gate.min_words}"
        return keys_of(digests, judge, subject, sample, shown=shown)

    def _is_frozen(self, version: "RubricVersion") -> bool:
        return version.pk not in self._drafts and is_frozen(version)


def is_frozen(version: "RubricVersion") -> bool:
    """Whether what the version says can no longer change."""
    return bool(version.digest) and not version.is_draft


def criterion_digests(version: "RubricVersion", protocol: str) -> dict[str, str]:
    """What the judge is shown for each criterion of one version, as digests by criterion id."""
    return Reader().criterion_digests(version, protocol)


def asked_digests(version: "RubricVersion", judge: "JudgeVersion") -> dict[str, str]:
    """What a judge is asked for each criterion of one version, as digests by criterion id."""
    return Reader().asked_digests(version, judge)


def verdict_keys(
    version: "RubricVersion", judge: "JudgeVersion", subject: "Subject", sample: int = 0
) -> dict[str, uuid.UUID]:
    """The verdict key of each criterion of one version on one subject, in the order of the criteria."""
    return Reader().verdict_keys(version, judge, subject, sample)


def keys_of(
    digests: dict[str, str], judge: "JudgeVersion", subject: "Subject", sample: int = 0, *, shown: str = ""
) -> dict[str, uuid.UUID]:
    """The verdict key under each of these criterion digests; `shown` says what of the subject is, if not all."""
    return {
        criterion_id: verdicts.verdict_key(
            workspace_id=subject.workspace_id,
            criterion_digest=digest,
            fingerprint=judge.fingerprint,
            strategy=judge.strategy,
            protocol=judge.protocol,
            subject_hash=shown or subject.hash,
            context_hash=subject.prompt.context_hash,
            sample=sample,
        )
        for criterion_id, digest in digests.items()
    }


def digest_of(version: "RubricVersion") -> str:
    """The digest of one version: the stored one, for a draft that of its present content."""
    return Reader().digest(version)


def score_key(
    digest: str, judge: "JudgeVersion | None", subject: "Subject", *, sample: int = 0,
    profile: "Profile | None" = None, artefacts: Sequence[str] = (), group: str = "",
) -> uuid.UUID:  # fmt: skip
    """The key of a score: everything that decides it, so that the same score is stored once.

    No judge: that of several, whom the artefact that combines them names. `group` stands for the answers that it is
    compared with, where the scoring compares.
    """
    form = score_form(digest, judge, subject.workspace_id, profile=profile, artefacts=artefacts)
    return key_of(of_answer(form, subject.hash, subject.prompt.context_hash, sample, group))


def score_form(
    digest: str, judge: "JudgeVersion | None", workspace: int, *, profile: "Profile | None" = None,
    artefacts: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """What the keys of scores have in common that are made alike; an answer's own part is to be added."""
    return {
        "workspace": str(workspace),
        "version": digest,
        "profile": profile.digest if profile else "",
        "artefacts": sorted(artefacts),
        "fingerprint": judge.fingerprint if judge else "",
    }


def of_answer(form: Mapping[str, Any], subject: str, context: str, sample: int, group: str) -> dict[str, Any]:
    """The form of one answer; its group is named only where the score depends on it."""
    own = {**form, "subject": subject, "context": context, "sample": sample}
    return {**own, "group": group} if group else own


def answer_key(form: Mapping[str, Any], subject: str, context: str) -> uuid.UUID:
    """The key of the score of one answer that is compared with none, judged once."""
    return key_of(of_answer(form, subject, context, 0, ""))


def group_hash(subjects: Iterable[str]) -> str:
    """What stands for the answers that are compared, in whatever order."""
    return hashlib.sha256(rubrics.canonical(sorted(set(subjects)))).hexdigest()


def key_of(form: Mapping[str, Any]) -> uuid.UUID:
    """The key under which a form is found."""
    return uuid.UUID(bytes=hashlib.sha256(rubrics.canonical(dict(form))).digest()[:16])
