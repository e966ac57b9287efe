"""What apps above hear from this one."""

from django.dispatch import Signal

# Sent inside the transaction that erases a person, with `user` and `handle`: receivers blank what the person wrote
# and replace their name; decisions and values stay.
person_erased = Signal()
