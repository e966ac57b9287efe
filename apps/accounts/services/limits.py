"""How often a token may ask: a bucket of requests that fills up evenly, one bucket a token in each process.

It lives in memory, so that a request costs no query. With several web processes a token may ask up to the limit in
each of them: the limit protects the studio from a loop gone wild, it is no bill.
"""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from apps.accounts.models import Token

DEFAULT_PER_MINUTE = 6000
MOST_BUCKETS = 10_000


@dataclass(frozen=True)
class Allowance:
    """Whether this request may pass, and what the RateLimit headers say."""

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        """What is left of the caller's rate."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


@dataclass
class _Bucket:
    level: float
    at: float


_buckets: OrderedDict[int, _Bucket] = OrderedDict()
_lock = threading.Lock()


def take(token: Token, *, now: float | None = None) -> Allowance:
    """Take one request out of the token's bucket."""
    limit = token.requests_per_minute or DEFAULT_PER_MINUTE
    moment = time.monotonic() if now is None else now
    with _lock:
        bucket = _buckets.pop(token.pk, None) or _Bucket(float(limit), moment)
        bucket.level = min(float(limit), bucket.level + max(0.0, moment - bucket.at) * limit / 60)
        bucket.at = moment
        allowed = bucket.level >= 1
        bucket.level -= 1 if allowed else 0
        _buckets[token.pk] = bucket
        while len(_buckets) > MOST_BUCKETS:
            _buckets.popitem(last=False)
        level = bucket.level
    missing = (1 - level) if not allowed else (limit - level)
    return Allowance(limit, int(level), math.ceil(missing * 60 / limit), allowed)
