"""What the pages of judging show."""

from apps.judging.pages.accuracy import judge_accuracy
from apps.judging.pages.advice import writing
from apps.judging.pages.answers import answer, call
from apps.judging.pages.bakeoffs import bakeoff, bakeoff_form, bakeoff_initial
from apps.judging.pages.calibrating import calibration
from apps.judging.pages.combining import cascade, cascade_initial, of_answer, together
from apps.judging.pages.effects import effect
from apps.judging.pages.eliciting import swing, tradeoffs
from apps.judging.pages.ensembles import ensemble_panel
from apps.judging.pages.fits import fit_form, weight_fit
from apps.judging.pages.judges import judge, judge_crumbs, judge_form, judge_initial, judge_rows
from apps.judging.pages.live import live_scores
from apps.judging.pages.pins import pin_choice, pinning
from apps.judging.pages.rankings import run_ranking, run_smoothed
from apps.judging.pages.rescoring import rescore, rescored
from apps.judging.pages.runs import crumbs, run_initial, run_name, run_weights
from apps.judging.pages.sides import run_comparison
from apps.judging.pages.sliders import ranking, sliders
from apps.judging.pages.steps import score_trace, steps_effect
from apps.judging.pages.strategies import unquoted
from apps.judging.pages.trials import picked, texts_of, trial, try_initial
from apps.judging.pages.weighing import address as weights_address
from apps.judging.pages.weighing import evidence as weights_evidence
from apps.judging.pages.weighing import overview as weights_page
from apps.judging.pages.weighing import profile, proposed, typed_weights
from apps.judging.pages.weighing import result as weights_result
from apps.judging.pages.weights import weights
from apps.judging.pages.whitening import whitening

__all__ = [
    "answer",
    "bakeoff",
    "bakeoff_form",
    "bakeoff_initial",
    "calibration",
    "call",
    "cascade",
    "cascade_initial",
    "crumbs",
    "effect",
    "ensemble_panel",
    "fit_form",
    "judge",
    "judge_accuracy",
    "judge_crumbs",
    "judge_form",
    "judge_initial",
    "judge_rows",
    "live_scores",
    "of_answer",
    "picked",
    "pin_choice",
    "pinning",
    "profile",
    "proposed",
    "ranking",
    "rescore",
    "rescored",
    "run_comparison",
    "run_initial",
    "run_name",
    "run_ranking",
    "run_smoothed",
    "run_weights",
    "score_trace",
    "sliders",
    "steps_effect",
    "swing",
    "texts_of",
    "together",
    "tradeoffs",
    "trial",
    "try_initial",
    "typed_weights",
    "unquoted",
    "weight_fit",
    "weights",
    "weights_address",
    "weights_evidence",
    "weights_page",
    "weights_result",
    "whitening",
    "writing",
]
