"""What can be done with judges, runs and scores."""

from apps.judging.services.advice import ask_about_writing
from apps.judging.services.bakeoffs import MOST_JUDGES, start_bakeoff
from apps.judging.services.calibrating import CalibrationInvalid, calibrate, named_calibrations
from apps.judging.services.cascades import CascadeInvalid, make_cascade
from apps.judging.services.choosing import Pair
from apps.judging.services.computed import JudgeNeeded, computed_judge, judge_for, judges_for
from apps.judging.services.ensembles import EnsembleMade, make_ensemble
from apps.judging.services.judge_settings import that_matter as settings_that_matter
from apps.judging.services.judges import TEST, JudgeInvalid, create_judge, fingerprint, make_default, test_judge
from apps.judging.services.juries import JuryInvalid, combine_run, make_jury
from apps.judging.services.licences import grant_licence, revoke_licence
from apps.judging.services.pins import MOST_PINNED, pin_answer, unpin_answer
from apps.judging.services.recorded import Recorded, record_verdicts
from apps.judging.services.replays import replay_call
from apps.judging.services.runs import JUDGE, NotApproved, RunInvalid, estimate_run, start_run
from apps.judging.services.scores import NotJudged, rescore, start_rescore
from apps.judging.services.steering import cancel_run, pause_run, resume_run, retry_run
from apps.judging.services.trying import judge_missing, try_response
from apps.judging.services.weighing import start_weight_fit
from apps.judging.services.whitening import WhitenedFit, fit_whitened

__all__ = [
    "JUDGE",
    "MOST_JUDGES",
    "MOST_PINNED",
    "TEST",
    "CalibrationInvalid",
    "CascadeInvalid",
    "EnsembleMade",
    "JudgeInvalid",
    "JudgeNeeded",
    "JuryInvalid",
    "NotApproved",
    "NotJudged",
    "Pair",
    "Recorded",
    "RunInvalid",
    "WhitenedFit",
    "ask_about_writing",
    "calibrate",
    "cancel_run",
    "combine_run",
    "computed_judge",
    "create_judge",
    "estimate_run",
    "fingerprint",
    "fit_whitened",
    "grant_licence",
    "judge_for",
    "judge_missing",
    "judges_for",
    "make_cascade",
    "make_default",
    "make_ensemble",
    "make_jury",
    "named_calibrations",
    "pause_run",
    "pin_answer",
    "record_verdicts",
    "replay_call",
    "rescore",
    "resume_run",
    "retry_run",
    "revoke_licence",
    "settings_that_matter",
    "start_bakeoff",
    "start_rescore",
    "start_run",
    "start_weight_fit",
    "test_judge",
    "try_response",
    "unpin_answer",
]
