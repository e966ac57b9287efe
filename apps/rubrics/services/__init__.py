"""What can be done with rubrics: one function an intention."""

from apps.rubrics.services.archiving import archive, restore
from apps.rubrics.services.bulk import (
    change_together,
    delete_criteria,
    duplicate_criteria,
    insert_criterion,
    move_criteria,
    nest_criteria,
    nest_group,
    unnest_criteria,
)
from apps.rubrics.services.checking import Tried, drop_check, set_check, set_condition, try_check
from apps.rubrics.services.copying import clone_rubric, start_from, take_criterion
from apps.rubrics.services.creation import create_rubric, discard, new_draft, replace_draft, set_tags
from apps.rubrics.services.criteria import (
    add_criteria,
    add_criterion,
    add_pasted,
    delete_criterion,
    edit_criterion,
    move_criterion,
    order_criteria,
)
from apps.rubrics.services.drafts import NotADraft, Stale
from apps.rubrics.services.eliciting import (
    compare_items,
    finish_elicitation,
    rate_swings,
    start_elicitation,
)
from apps.rubrics.services.good_criteria import rubric_for_criteria
from apps.rubrics.services.groups import add_group, delete_group, edit_group, edit_version, move_group, place_group
from apps.rubrics.services.imports import AUTO, ImportResult, import_rubrics, store_rubrics
from apps.rubrics.services.joining import Clash, Pick, Seen
from apps.rubrics.services.linting import dismiss_finding, fix_all_safe, fix_finding, restore_finding
from apps.rubrics.services.merging import MergeOpen, MergePlan, merge_into, plan_merge
from apps.rubrics.services.policy import change_approval_policy
from apps.rubrics.services.presence import be_present, leave
from apps.rubrics.services.previewing import Planned, Preview, preview_import
from apps.rubrics.services.profiles import retire_profile, save_profile
from apps.rubrics.services.proposals import (
    METHODS,
    Changed,
    Decided,
    HunkConflict,
    accept_hunks,
    close_proposal,
    propose,
    propose_hunks,
    refuse_method,
    reject_hunks,
    revise_proposal,
    start_proposal,
)
from apps.rubrics.services.replacing import replace_text
from apps.rubrics.services.scoring import add_step, edit_truth_table, order_steps, remove_step, set_step, shape_of
from apps.rubrics.services.set_samples import review_sampled
from apps.rubrics.services.sets import approve_set, request_changes_to_set, retire_set, submit_set, withdraw_set
from apps.rubrics.services.shelving import keep_favourite, mark_templates, tag_rubrics
from apps.rubrics.services.standards import set_reference_profile
from apps.rubrics.services.suggested_weights import suggest_weights
from apps.rubrics.services.suggesting import (
    as_suggestion,
    redo_suggestion,
    take_back_edit,
    take_back_hunks,
    undo_suggestion,
)
from apps.rubrics.services.threads import (
    comment,
    delete_comment,
    edit_comment,
    open_thread,
    read_mentions,
    reopen_thread,
    resolve_thread,
)
from apps.rubrics.services.undoing import go_back, redo, undo
from apps.rubrics.services.weighting import apply_weights, normalise_points, weigh_by
from apps.rubrics.services.workflow import (
    GatesOpen,
    WrongState,
    approve,
    request_changes,
    retire,
    submit,
    take_back,
    withdraw,
)

__all__ = [
    "AUTO",
    "METHODS",
    "Changed",
    "Clash",
    "Decided",
    "GatesOpen",
    "HunkConflict",
    "ImportResult",
    "MergeOpen",
    "MergePlan",
    "NotADraft",
    "Pick",
    "Planned",
    "Preview",
    "Seen",
    "Stale",
    "Tried",
    "WrongState",
    "accept_hunks",
    "add_criteria",
    "add_criterion",
    "add_group",
    "add_pasted",
    "add_step",
    "apply_weights",
    "approve",
    "approve_set",
    "archive",
    "as_suggestion",
    "be_present",
    "change_approval_policy",
    "change_together",
    "clone_rubric",
    "close_proposal",
    "comment",
    "compare_items",
    "create_rubric",
    "delete_comment",
    "delete_criteria",
    "delete_criterion",
    "delete_group",
    "discard",
    "dismiss_finding",
    "drop_check",
    "duplicate_criteria",
    "edit_comment",
    "edit_criterion",
    "edit_group",
    "edit_truth_table",
    "edit_version",
    "finish_elicitation",
    "fix_all_safe",
    "fix_finding",
    "go_back",
    "import_rubrics",
    "insert_criterion",
    "keep_favourite",
    "leave",
    "mark_templates",
    "merge_into",
    "move_criteria",
    "move_criterion",
    "move_group",
    "nest_criteria",
    "nest_group",
    "new_draft",
    "normalise_points",
    "open_thread",
    "order_criteria",
    "order_steps",
    "place_group",
    "plan_merge",
    "preview_import",
    "propose",
    "propose_hunks",
    "rate_swings",
    "read_mentions",
    "redo",
    "redo_suggestion",
    "refuse_method",
    "reject_hunks",
    "remove_step",
    "reopen_thread",
    "replace_draft",
    "replace_text",
    "request_changes",
    "request_changes_to_set",
    "resolve_thread",
    "restore",
    "restore_finding",
    "retire",
    "retire_profile",
    "retire_set",
    "review_sampled",
    "revise_proposal",
    "rubric_for_criteria",
    "save_profile",
    "set_check",
    "set_condition",
    "set_reference_profile",
    "set_step",
    "set_tags",
    "shape_of",
    "start_elicitation",
    "start_from",
    "start_proposal",
    "store_rubrics",
    "submit",
    "submit_set",
    "suggest_weights",
    "tag_rubrics",
    "take_back",
    "take_back_edit",
    "take_back_hunks",
    "take_criterion",
    "try_check",
    "undo",
    "undo_suggestion",
    "unnest_criteria",
    "weigh_by",
    "withdraw",
    "withdraw_set",
]
