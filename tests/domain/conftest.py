"""Property tests run the same cases every time, however slow the machine is; a soak runs many more, at random."""

import os

from hypothesis import settings

SOAK = int(os.environ.get("STUDIO_SOAK_EXAMPLES", "0"))

settings.register_profile("domain", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("soak", deadline=None, max_examples=SOAK or 1)
settings.load_profile("soak" if SOAK else "domain")
