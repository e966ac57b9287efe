"""Property tests run the same cases every time, however slow the machine is."""

from hypothesis import settings

settings.register_profile("domain", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("domain")
