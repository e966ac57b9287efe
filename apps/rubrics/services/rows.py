"""The rubric of the domain → the columns of a version; its parts are in `parts`."""

from collections.abc import Iterable

from apps.accounts.models import Workspace
from apps.datasets.models import Prompt
from apps.rubrics.models import RubricVersion
from domain import errors, rubric

MAX_ID = 80
MAX_TITLE = 300
MAX_LANGUAGE = 16
COLUMNS = (
    "title", "description", "language", "translation_of", "scope", "prompt", "scope_ref", "scoring", "unscored",
    "content_gate", "extensions", "digest", "judged_digest",
)  # fmt: skip

_OWN = {"scoring", "unscored", "content_gate", "extensions"}


def check_fits(said: rubric.Rubric) -> None:
    """Refuse what the tables cannot hold, with the place of each fault."""
    problems = [
        *_too_long("/title", said.title, MAX_TITLE),
        *_too_long("/language", said.language, MAX_LANGUAGE),
        *(p for n, c in enumerate(said.criteria) for p in _too_long(f"/criteria/{n}/id", c.id, MAX_ID)),
        *(p for n, g in enumerate(said.groups) for p in _too_long(f"/groups/{n}/id", g.id, MAX_ID)),
        *(p for n, g in enumerate(said.guidelines) for p in _too_long(f"/guidelines/{n}/id", g.id, MAX_ID)),
    ]
    if problems:
        raise errors.Invalid(
            f"The rubric cannot be stored: {problems[0].message}", code="rubric_invalid", problems=problems
        )


BoundPrompts = dict[tuple[str | None, str], Prompt]


def fill_columns(
    version: RubricVersion,
    said: rubric.Rubric,
    workspace: Workspace,
    *,
    prompts: BoundPrompts | None = None,
    digest: str | None = None,
) -> None:
    """Set the version's own columns; the rows of its parts are stored apart. `digest` is said's, where it is known."""
    body = said.model_dump(mode="json", include=_OWN)
    if prompts is None:
        prompts = bound_prompts(workspace, [said])
    version.title = said.title or version.title
    version.description, version.language = said.description, said.language
    version.translation_of = translation_source(said.translation_of, workspace)
    version.scope, version.scope_ref = said.scope.kind, {}
    if isinstance(said.scope, rubric.PromptScope):
        version.scope_ref = {"dataset": said.scope.dataset, "prompt_id": said.scope.prompt_id}
    bind_prompt(version, said, prompts)
    version.scoring, version.unscored = body["scoring"], body["unscored"]
    version.content_gate, version.extensions = body["content_gate"], body["extensions"]
    version.digest, version.judged_digest = digest or rubric.digest(said), rubric.judged_digest(said)


def bind_prompt(version: RubricVersion, said: rubric.Rubric, prompts: BoundPrompts) -> None:
    """Name the stored prompt that a rubric belongs to, where it is stored already."""
    scope = said.scope
    version.prompt = prompts.get((scope.dataset, scope.prompt_id)) if isinstance(scope, rubric.PromptScope) else None


def bound_prompts(workspace: Workspace, rubrics: Iterable[rubric.Rubric]) -> BoundPrompts:
    """The stored prompts that rubrics are bound to, by dataset and prompt id; those not imported yet are left out."""
    wanted = [said.scope for said in rubrics if isinstance(said.scope, rubric.PromptScope)]
    if not wanted:
        return {}
    rows = Prompt.objects.filter(
        dataset__workspace=workspace,
        dataset__slug__in={scope.dataset for scope in wanted if scope.dataset},
        external_id__in={scope.prompt_id for scope in wanted},
    ).select_related("dataset")
    return {(row.dataset.slug, row.external_id): row for row in rows}


def translation_source(ref: str | None, workspace: Workspace) -> RubricVersion | None:
    """The version `slug@n` that this one translates."""
    if ref is None:
        return None
    slug, _, number = ref.partition("@")
    found = RubricVersion.objects.filter(
        rubric__workspace=workspace, rubric__slug=slug, number=int(number) if number.isdecimal() else 0
    ).first()
    if found is None:
        problem = errors.Problem("/translation_of", f"There is no version {ref} here; write slug@number.")
        raise errors.Invalid(problem.message, code="rubric_invalid", problems=[problem])
    return found


def _too_long(pointer: str, text: str, most: int) -> list[errors.Problem]:
    return [errors.Problem(pointer, f"At most {most} characters fit here.")] if len(text) > most else []
