"""Processes of their own for what must not run in ours: code that users and models wrote, and slow algebra."""

from engines.sandbox.pool import Pool
from engines.sandbox.sandbox import Hurried, Sandbox, standard

__all__ = ["Hurried", "Pool", "Sandbox", "standard"]
