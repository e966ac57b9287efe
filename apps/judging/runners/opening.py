"""The engine of a judge as it is now: the addresses of its newest version, and what its model was when tested."""

from apps.core import gateway
from apps.judging import queries
from apps.judging.models import JudgeVersion
from engines.protocol import Engine
from engines.served import ServedEngine


def engine_of(version: JudgeVersion) -> Engine:
    """The engine of a judge version; a served one follows the addresses that its judge has now.

    Where a judge runs is no part of what it says, so that replicas may be added and taken away in mid-run by the next
    version. Raises Unavailable where the engine cannot be opened.
    """
    engine = gateway.engine_for(version)
    if isinstance(engine, ServedEngine):
        engine.serve_from(queries.addresses_now(version))
        engine.expect(queries.tested_identity(version))
    return engine
