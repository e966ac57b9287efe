"""Pages and actions of people: the way in, their profile, and Admin."""

from apps.accounts.views import admin, entry, history, profile, tokens, webhooks
from apps.accounts.views.entry import locked_out

__all__ = ["admin", "entry", "history", "locked_out", "profile", "tokens", "webhooks"]
