"""What can be done: release, ask for rewards, run and watch training."""

from apps.training.services.alarms import close_alarm, mute_alarm, queue_alarm, unmute_alarm
from apps.training.services.cohorts import join_cohort, look_at, serve_member
from apps.training.services.data_exports import create_data_export, delete_data_export, forget_texts
from apps.training.services.releases import create_release, deprecate
from apps.training.services.retention import forget_rollouts
from apps.training.services.rewards import gather, request_rewards, serve, try_out, worth_gathering
from apps.training.services.runs import add_telemetry, close_training_run, register_training_run, repin
from apps.training.services.suspending import check_none_suspended, lift_suspension, suspend_criterion
from apps.training.services.watching import set_watch, watch_run

__all__ = [
    "add_telemetry",
    "check_none_suspended",
    "close_alarm",
    "close_training_run",
    "create_data_export",
    "create_release",
    "delete_data_export",
    "deprecate",
    "forget_rollouts",
    "forget_texts",
    "gather",
    "join_cohort",
    "lift_suspension",
    "look_at",
    "mute_alarm",
    "queue_alarm",
    "register_training_run",
    "repin",
    "request_rewards",
    "serve",
    "serve_member",
    "set_watch",
    "suspend_criterion",
    "try_out",
    "unmute_alarm",
    "watch_run",
    "worth_gathering",
]
