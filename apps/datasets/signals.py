"""What happened to data, for the apps above.

`dataset_imported` is sent within the import: with `dataset`, `actor` and `rubrics` (those of the file, as
`domain.formats.ImportedRubric`; never empty). A receiver stores them and returns one sentence for the report, or None.
An error of a receiver undoes the import.

`verdicts_imported` is sent within the import, after the rubrics were stored: with `dataset`, `actor`, `rubrics` and
`verdicts` (`domain.dataset_formats.ImportedVerdict`; never empty). A receiver stores them and returns one sentence.

`responses_forgotten` is sent within the transaction that blanks the texts of responses: with `keys`, their ids. A
receiver blanks what it copied from them.
"""

from django.dispatch import Signal

dataset_imported = Signal()
verdicts_imported = Signal()
responses_forgotten = Signal()
