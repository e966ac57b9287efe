"""The embedded model as a server of its own on 127.0.0.1, for clients in other environments; prints its address."""

import signal
import sys
import threading

from engines.embedded import CONTEXT_TOKENS, model_path


def main() -> None:
    """Serve until told to end; one slot, as slots do not share a cold prompt."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_path())
    params.model_alias = {"bench"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cache_ram_mib = 0
    params.verbosity = 0
    params.ui = False
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    ended.wait()


if __name__ == "__main__":
    main()
