"""What can be done with data sets."""

from apps.datasets.services.forgetting import ERASED, forget_responses
from apps.datasets.services.hashes import of_context, of_parts, of_response_subject
from apps.datasets.services.importing import (
    DatasetImport,
    add_items,
    add_label_records,
    import_dataset,
    import_labels,
)
from apps.datasets.services.labels import add_labels, add_own_labels, revise_own_labels
from apps.datasets.services.managing import (
    archive_dataset,
    check_free,
    create_dataset,
    edit_dataset,
    restore_dataset,
    slug_for,
)
from apps.datasets.services.orders import MOST_PAIRS, lists_of, pairs_of, trajectories_of
from apps.datasets.services.preferring import add_own_preferences, revise_own_preferences
from apps.datasets.services.rollouts import rollouts_dataset, scratch_dataset, store_rollouts
from apps.datasets.services.rows import (
    LabelRow,
    Note,
    OwnLabel,
    OwnPreference,
    PreferenceRow,
    PromptRow,
    ResponseRow,
    RolloutRow,
    Stored,
)
from apps.datasets.services.score_tables import add_score_table
from apps.datasets.services.subjects import of_orders, of_responses, subjects_of
from apps.datasets.services.uploads import drop_upload, forget_old_uploads, get_upload, keep_upload, read_file

__all__ = [
    "ERASED",
    "MOST_PAIRS",
    "DatasetImport",
    "LabelRow",
    "Note",
    "OwnLabel",
    "OwnPreference",
    "PreferenceRow",
    "PromptRow",
    "ResponseRow",
    "RolloutRow",
    "Stored",
    "add_items",
    "add_label_records",
    "add_labels",
    "add_own_labels",
    "add_own_preferences",
    "add_score_table",
    "archive_dataset",
    "check_free",
    "create_dataset",
    "drop_upload",
    "edit_dataset",
    "forget_old_uploads",
    "forget_responses",
    "get_upload",
    "import_dataset",
    "import_labels",
    "keep_upload",
    "lists_of",
    "of_context",
    "of_orders",
    "of_parts",
    "of_response_subject",
    "of_responses",
    "pairs_of",
    "read_file",
    "restore_dataset",
    "revise_own_labels",
    "revise_own_preferences",
    "rollouts_dataset",
    "scratch_dataset",
    "slug_for",
    "store_rollouts",
    "subjects_of",
    "trajectories_of",
]
