"""What the page about the quality of labels shows."""

from typing import Any

from apps.review import queries
from domain.label_quality import Band

MOST_LISTED = 100
BANDS = {
    Band.FLIP: ("may be turned round", "the lowest fifth"),
    Band.AMBIGUOUS: ("close to chance", "the next fifth"),
    Band.NORMAL: ("usual", "the middle"),
    Band.STRONG: ("very strong", "the top tenth"),
}


def doubts_page(found: queries.LabelQuality) -> dict[str, Any]:
    """Bands, the histogram of strengths, and the preferences that judges doubt most."""
    means = [one.strength.mean for one in found.doubts if one.strength.mean is not None]
    return {
        "found": found,
        "bands": [(title, note, found.bands.get(str(band), 0)) for band, (title, note) in BANDS.items()],
        "judged": len(means),
        "below": sum(mean < 0 for mean in means),
        "listed": found.doubts[:MOST_LISTED],
        "plot": _plot(means),
    }


def _plot(means: list[float]) -> dict[str, Any] | None:
    """How many preferences have which strength; nothing to draw without any."""
    if not means:
        return None
    return {
        "data": [{"type": "histogram", "x": [round(mean, 4) for mean in means], "nbinsx": 40}],
        "layout": {
            "height": 260, "showlegend": False, "xaxis": {"title": "mean margin of the judges"},
            "yaxis": {"title": "preferences"},
        },
    }  # fmt: skip
