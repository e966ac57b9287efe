"""The word and the tone each state is shown with, in one place."""

GOOD, BAD, WARN, UNSCORED, ACCENT, PLAIN = "g", "r", "w", "u", "a", ""

# state → (tone, word). Colour never stands alone: the word is always shown.
STATES: dict[str, tuple[str, str]] = {
    # versions of a rubric
    "draft": (ACCENT, "draft"),
    "in_review": (WARN, "in review"),
    "approved": (GOOD, "approved"),
    "retired": (PLAIN, "retired"),
    # jobs, runs and shards
    "queued": (PLAIN, "queued"),
    "running": (ACCENT, "running"),
    "leased": (ACCENT, "running"),
    "paused": (WARN, "paused"),
    "done": (GOOD, "done"),
    "failed": (BAD, "failed"),
    "cancelled": (PLAIN, "cancelled"),
    # verdicts and scores
    "ok": (GOOD, "scored"),
    "partial": (WARN, "partly scored"),
    "unscored": (UNSCORED, "unscored"),
    "pending": (PLAIN, "pending"),
    "judge_error": (UNSCORED, "unscored: judge failed"),
    "unparseable": (UNSCORED, "unscored: reply not readable"),
    "cannot_assess": (UNSCORED, "unscored: cannot be decided"),
    "evidence_invalid": (UNSCORED, "unscored: evidence not in the answer"),
    "refused_input": (UNSCORED, "unscored: judge cannot read this input"),
    "expired": (UNSCORED, "unscored: time ran out"),
    "not_applicable": (PLAIN, "does not apply"),
    # tiers and polarity of a criterion
    "essential": (ACCENT, "essential"),
    "important": (PLAIN, "important"),
    "optional": (PLAIN, "optional"),
    "pitfall": (BAD, "pitfall, subtracts"),
    "gate": (BAD, "gate"),
    # people, tokens, releases, review items
    "active": (GOOD, "active"),
    "inactive": (PLAIN, "deactivated"),
    "invited": (WARN, "invited"),
    "revoked": (BAD, "revoked"),
    "lapsed": (PLAIN, "expired"),
    # webhooks and their messages
    "failing": (WARN, "failing"),
    "disabled": (BAD, "switched off"),
    "off": (PLAIN, "off"),
    "waiting": (PLAIN, "waiting"),
    "delivered": (GOOD, "delivered"),
    "open": (WARN, "open"),
    "reviewed": (GOOD, "reviewed"),
    "skipped": (PLAIN, "skipped"),
    "ready": (GOOD, "ready"),
    "forgotten": (WARN, "forgotten"),
    "unreachable": (BAD, "not reachable"),
    # findings of audits
    "good": (GOOD, "good"),
    "watch": (WARN, "watch"),
    "poor": (BAD, "poor"),
    "unclear": (PLAIN, "unclear"),
    "refused": (WARN, "refused"),
}

NOTICE_TONES = {"success": GOOD, "error": BAD, "warning": WARN, "info": ACCENT, "debug": PLAIN}


def tone_of(state: str) -> str:
    """Give the tone of a state, plain for one that has none."""
    return STATES.get(state, (PLAIN, state))[0]


def word_of(state: str) -> str:
    """Give the word a state is shown with."""
    return STATES[state][1] if state in STATES else state.replace("_", " ")
