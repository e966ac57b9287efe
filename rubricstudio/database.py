"""PostgreSQL addresses: a URL → Django's settings, → the role's name, → Celery's broker URL."""

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from psycopg.conninfo import make_conninfo


def settings(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's DATABASES entry for a `postgresql://` URL; a socket folder goes into the host, encoded, or `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SystemExit("DATABASE_URL must start with postgresql:// (PostgreSQL is the only database).")
    options: dict[str, Any] = {"application_name": "rubricstudio", "connect_timeout": 10}
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    options.update(query)
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "studio",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _socket_path(url, host),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": bool(pool_size),
    }


def role(url: str) -> str:
    """The role a URL signs in as."""
    return unquote(urlsplit(url).username or "")


def pgmq_url(url: str) -> str:
    """Celery's broker on the same PostgreSQL; a socket folder goes percent-encoded into the host."""
    entry = settings(url, pool_size=0)
    password = f":{quote(entry['PASSWORD'], safe='')}" if entry["PASSWORD"] else ""
    port = f":{entry['PORT']}" if entry["PORT"] else ""
    host = quote(entry["HOST"], safe="") or "localhost"
    return f"pgmq://{quote(entry['USER'], safe='')}{password}@{host}{port}/{entry['NAME']}"


def broker_options(url: str) -> dict[str, Any]:
    """What Celery tells each kind of broker: a message that nobody finished comes back after two minutes."""
    kind = urlsplit(url).scheme
    if kind == "pgmq":
        return {
            # Given whole, for the client would else take DATABASE_URL as it stands, percent signs and all.
            "conn_string": _conninfo(url),
            "init_extension": False,
            "use_notify": True,
            "polling_interval": 0.1,
            "wait_time_seconds": 0,
            "queue_name_prefix": "studio_",
            "visibility_timeout": 120,
            "pool_size": 4,
            "pool_timeout": 5,
        }
    if kind in {"amqp", "amqps", "pyamqp"}:
        return {"confirm_publish": True}
    return {"visibility_timeout": 120, "global_keyprefix": "studio:"}


def _conninfo(url: str) -> str:
    entry = settings(url.replace("pgmq://", "postgresql://", 1), pool_size=0)
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return make_conninfo(**{name: entry[key] for name, key in names.items() if entry[key]})


def queue_type(url: str) -> str:
    """RabbitMQ keeps messages in quorum queues; the other brokers know one kind only."""
    return "quorum" if urlsplit(url).scheme in {"amqp", "amqps", "pyamqp"} else "classic"


def _socket_path(url: str, host: str) -> str:
    """`urlsplit` lower-cases hosts; a socket folder keeps its case."""
    if not host.startswith("/"):
        return host
    netloc = urlsplit(url).netloc.rpartition("@")[2]
    encoded = netloc.partition(":")[0]
    return unquote(encoded) if encoded else host
