"""Agreement over many labels: how long its page takes, with every coefficient, interval and plot on it."""

from bench import _studio
from bench.figures import Figure

LABELS = 100_000
CALLS = 5


def run() -> list[Figure]:
    """Fill a studio with labels and open the page in process."""
    with _studio.fresh() as studio:
        told = studio.told("bench._agreement_load", str(LABELS), str(CALLS))
    note = (
        f"{told['labels']:,} labels, four criteria, ten people, three an answer; median of {CALLS}, the first "
        f"{told['first']:.2f}, the slowest {told['most']:.2f} s; {_studio.load()}"
    )
    return [Figure("review.agreement_100k_s", round(told["median"], 3), "s", CALLS, 1, note=note)]
