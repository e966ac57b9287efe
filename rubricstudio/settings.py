"""Settings: everything from the environment, each with a default that works in embedded mode."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from rubricstudio import database, embedded, env, secrets

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("STUDIO_DATA_DIR", BASE_DIR / ".studio")

DEBUG = env.flag("STUDIO_DEBUG", False)
SECRET_KEY = secrets.secret_key(env.secret("STUDIO_SECRET_KEY", ""), DATA_DIR)
ALLOWED_HOSTS = env.words("STUDIO_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.words("STUDIO_TRUSTED_ORIGINS", [])

APP_URL, OWNER_URL = embedded.urls(DATA_DIR)
DATABASE_URL = env.secret("DATABASE_URL", APP_URL)
STUDIO_MIGRATION_DATABASE_URL = env.secret(
    "STUDIO_MIGRATION_DATABASE_URL", OWNER_URL if DATABASE_URL == APP_URL else DATABASE_URL
)
USE_OWNER = env.flag("STUDIO_USE_OWNER", False)
DATABASES: dict[str, dict[str, Any]] = {
    "default": database.settings(
        STUDIO_MIGRATION_DATABASE_URL if USE_OWNER else DATABASE_URL,
        pool_size=0 if USE_OWNER else env.number("STUDIO_DB_POOL", 12),
    )
}
STUDIO_APP_ROLE = database.role(DATABASE_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "pgtrigger",
    "rest_framework",
    "template_partials",
    "apps.core",
    "apps.jobs",
    "apps.history",
    "apps.accounts",
    "apps.datasets",
    "apps.rubrics",
    "apps.judging",
    "apps.review",
    "apps.audit",
    "apps.refinement",
    "apps.training",
    "apps.api",
    "apps.home",
]

MIDDLEWARE = [
    "apps.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.middleware.PageCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.core.middleware.SignInMiddleware",
    "apps.core.middleware.OnlyFormsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.ErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rubricstudio.urls"
ASGI_APPLICATION = "rubricstudio.asgi.application"
WSGI_APPLICATION = "rubricstudio.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.studio",
            ],
            "builtins": ["apps.core.templatetags.studio"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home:start"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "apps.accounts.views.locked_out"
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

HTTPS = env.flag("STUDIO_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("STUDIO_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = env.number("STUDIO_MAX_BODY_MB", 64) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.api.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.api.auth.ScopePermission"],
    "DEFAULT_RENDERER_CLASSES": ["apps.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.renderers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.api.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Rubric Studio",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": ["apps.api.docs.natural_ids"],
}

CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL", database.pgmq_url(DATABASE_URL))
CELERY_BROKER_TRANSPORT_OPTIONS = database.broker_options(CELERY_BROKER_URL)
CELERY_TASK_DEFAULT_QUEUE_TYPE = database.queue_type(CELERY_BROKER_URL)
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"

STUDIO_EMBEDDINGS_URL = env.text("STUDIO_EMBEDDINGS_URL", "")
STUDIO_EMBEDDINGS_MODEL = env.text("STUDIO_EMBEDDINGS_MODEL", "")
STUDIO_EMBEDDINGS_KEY = env.secret("STUDIO_EMBEDDINGS_KEY", "")
STUDIO_JUDGE_URL = env.text("STUDIO_JUDGE_URL", "")
STUDIO_JUDGE_MODEL = env.text("STUDIO_JUDGE_MODEL", "")
STUDIO_LEASE_SECONDS = env.number("STUDIO_LEASE_SECONDS", 60)
STUDIO_SWEEP_SECONDS = env.number("STUDIO_SWEEP_SECONDS", 15)
STUDIO_USAGE_SECONDS = env.number("STUDIO_USAGE_SECONDS", 5, low=0, high=3600)
STUDIO_ENGINE_TIMEOUT = env.number("STUDIO_ENGINE_TIMEOUT", 120)
STUDIO_SANDBOX_PROCESSES = env.number("STUDIO_SANDBOX_PROCESSES", 2, low=1, high=64)
STUDIO_ANSWERS_IN_FLIGHT = env.number("STUDIO_ANSWERS_IN_FLIGHT", 16)
STUDIO_REWARD_BACKLOG = env.number("STUDIO_REWARD_BACKLOG", 50_000)
STUDIO_WEBHOOK_HTTP = env.flag("STUDIO_WEBHOOK_HTTP", False)
STUDIO_WEBHOOK_PRIVATE_HOSTS = env.words("STUDIO_WEBHOOK_PRIVATE_HOSTS", [])
STUDIO_WEBHOOK_SECONDS = env.number("STUDIO_WEBHOOK_SECONDS", 10, low=1, high=60)
STUDIO_WEBHOOK_LOG_DAYS = env.number("STUDIO_WEBHOOK_LOG_DAYS", 30, low=1, high=3650)
STUDIO_METRICS_TOKEN = env.secret("STUDIO_METRICS_TOKEN", "")
STUDIO_ADMIN_PASSWORD = env.secret("STUDIO_ADMIN_PASSWORD", "")
STUDIO_PUBLIC_URL = env.text("STUDIO_PUBLIC_URL", "")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("STUDIO_LOG_LEVEL", "INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "httpx", "pgmq")},
}
