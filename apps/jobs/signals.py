"""What apps above hear from this one.

`job_ended` is sent within the transaction in which a job is done, has failed or was cancelled, with `job`; quiet jobs
end without it. A job that is retried ends again.
"""

from django.dispatch import Signal

job_ended = Signal()
