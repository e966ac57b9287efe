"""What happened to data, for the apps above.

`dataset_imported` is sent within the import: with `dataset`, `actor` and `rubrics` (those of the file, as
`domain.formats.ImportedRubric`; never empty). A receiver stores them and returns one sentence for the report, or None.
An error of a receiver undoes the import.
"""

from django.dispatch import Signal

dataset_imported = Signal()
