"""What happened to runs, for the apps above.

`undecided_left` is sent by a worker when a cascade has asked its last judge and is to go on with people: with `run`
and `places`, a list of `queries.Undecided` (never empty). It may be sent twice for the same run; a receiver makes a
queue of them once.

`run_judged` is sent inside the transaction that ends a run of which nothing failed, with `run`; again when it was
retried and ends once more.
"""

from django.dispatch import Signal

undecided_left, run_judged = Signal(), Signal()
