"""How far labels can be trusted by the votes of several judges: strength, peer review, unanimity."""

from __future__ import annotations

from collections import Counter

import numpy as np

from domain import label_quality as quality
from domain.audits import measured
from domain.audits.agreeing import margin_of
from domain.audits.entries import Audit
from domain.audits.params import Param, Params
from domain.audits.plots import Form, Plot, Series
from domain.audits.shapes import Band, Cell, Column, Figure, Finding, Holds, Inputs, Need, Pairs, Unit
from domain.audits.taking import TooFew, given_pairs


def votes(pairs: Pairs) -> tuple[list[str], list[list[float | None]]]:
    """The margin of each voter on each pair; None where it gave none."""
    names = [*pairs.margins, *(one.name for one in pairs.judged if one.name not in pairs.margins)]
    columns = [margin_of(pairs, name)[1] for name in names]
    return names, [[None if np.isnan(column[n]) else float(column[n]) for column in columns] for n in range(len(pairs))]


def run(inputs: Inputs, params: Params, _rng: np.random.Generator) -> Finding:
    """Mean margin over voters in bands (Secrets of RLHF II, 2401.06080), what every judge contradicts (CRM, 2505.10597,
    over all judges: ours), and the share that m of m judges confirm (RAG-RewardBench, 2412.13746)."""
    pairs = given_pairs(inputs)
    names, rows = votes(pairs)
    if len(names) < 2:
        raise TooFew("At least two judges have to have voted.")
    found = quality.strengths(rows)
    bounds = quality.Quantiles(
        params["flip"],
        max(params["flip"], params["ambiguous"]),
        max(params["strong"], params["ambiguous"], params["flip"]),
    )
    bands = quality.bands([one.mean for one in found], bounds)
    judged = [n for n, one in enumerate(found) if one.mean is not None]
    if not judged:
        raise TooFew("No pair was judged.")
    against = [n for n in judged if found[n].voters > 1 and all(vote is None or vote < 0 for vote in rows[n])]
    confirmed = quality.unanimous(rows, judges=len(names))
    below = sum((found[n].mean or 0.0) < 0 for n in judged)
    count = Counter(str(band) for band in bands if band is not None)
    headline = Figure(
        "contradicted",
        "Preferences that every judge contradicts",
        len(against) / len(judged),
        unit=Unit.SHARE,
        n=len(judged),
    )
    order = sorted(judged, key=lambda n: (found[n].mean or 0.0, n))
    cells: list[tuple[Cell, ...]] = [
        (
            pairs.ids[n],
            pairs.prompts[n],
            pairs.better[n],
            pairs.worse[n],
            found[n].mean,
            found[n].deviation,
            found[n].agreeing,
            found[n].voters,
            str(bands[n]),
        )
        for n in order
    ]
    means = np.array([found[n].mean for n in judged], dtype=np.float64)
    return Finding(
        figures=(
            headline,
            Figure("below", "Mean strength below 0", below / len(judged), unit=Unit.SHARE),
            Figure("unanimous", f"Confirmed by all {len(names)} judges", sum(confirmed) / len(pairs), unit=Unit.SHARE),
            *(
                Figure(f"band_{name}", f"In the band “{name}”", count[name] / len(judged), unit=Unit.SHARE)
                for name in quality.Band
            ),
        ),
        band=Band.GOOD
        if headline.value is not None and headline.value <= params["good"]
        else Band.WATCH
        if headline.value is not None and headline.value < params["poor"]
        else Band.POOR,
        reading=f"All judges that voted contradict {headline.said()} of the preferences: people should look at those "
        f"first. {100 * sum(confirmed) / len(pairs):.1f} % are confirmed by all {len(names)}.",
        columns=(
            Column("Pair", Holds.PAIR),
            Column("Prompt", Holds.PROMPT),
            Column("Better", Holds.RESPONSE),
            Column("Worse", Holds.RESPONSE),
            Column("Strength", Holds.NUMBER),
            Column("Deviation", Holds.NUMBER),
            Column("Agreeing", Holds.NUMBER),
            Column("Voters", Holds.NUMBER),
            Column("Band"),
        ),
        rows=tuple(cells),
        plot=Plot(
            "Preference strength",
            "mean margin in the voters' deviations",
            "pairs",
            [Series("pairs", *measured.histogram(means), Form.BARS)],
        ),
        notes=("Nothing is changed: what is likely mislabelled is listed for people.",),
    )


AUDIT = Audit(
    kind="preference_strength",
    version=1,
    title="Strength of preferences",
    needs=(Need.PAIRS, Need.JUDGED),
    run=run,
    question="Which preferences do several judges doubt?",
    source="P12; Secrets of RLHF II (2401.06080), CRM (2505.10597), RAG-RewardBench (2412.13746)",
    policy="A tie neither agrees nor contradicts, a missing vote does not count; unanimity needs every judge.",
    params=(
        Param("flip", "Flip candidates", "number", 0.2, "The share of weakest preferences that may be wrong.", 0, 1),
        Param("ambiguous", "Ambiguous up to", "number", 0.4, "The share up to which they are near chance.", 0, 1),
        Param("strong", "Very strong from", "number", 0.9, "The share from which they may be too sure.", 0, 1),
        Param("good", "Good up to", "number", 0.03, "Up to this share of contradicted preferences it is good.", 0, 1),
        Param("poor", "Poor from", "number", 0.1, "From this share on it is poor.", 0, 1),
    ),
)
