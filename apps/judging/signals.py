"""What happened to runs, for the apps above.

`undecided_left` is sent by a worker when a cascade has asked its last judge and is to go on with people: with `run`
and `places`, a list of `queries.Undecided` (never empty). It may be sent twice for the same run; a receiver makes a
queue of them once.
"""

from django.dispatch import Signal

undecided_left = Signal()
