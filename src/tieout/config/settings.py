"""Django settings. Decides nothing that ``environment`` has not read; the only place that joins both sides."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from tieout.config.environment import database, email_url, idle_seconds, kept_secret
from tieout.config.mail import NOWHERE, mail_settings

PACKAGE = Path(__file__).resolve().parents[1]
MODE = os.environ.get("TIEOUT_MODE", "production")
DEBUG = False
SECRET_KEY = kept_secret("TIEOUT_SECRET_KEY", "secret_key", "50 or more random characters", MODE)
TOKEN_KEYS = kept_secret("TIEOUT_TOKEN_KEYS", "token_keys", "id:base64 of 32 random bytes", MODE)
BASE_URL = os.environ.get("TIEOUT_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = BASE_URL.startswith("https://")

ALLOWED_HOSTS = [BASE_URL.split("://", 1)[1].split(":", 1)[0], "localhost", "127.0.0.1", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "tieout.practice",
    "tieout.sync",
    "tieout.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tieout.web.middleware.IdleMiddleware",
    "tieout.web.middleware.FirmMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tieout.config.urls"
ASGI_APPLICATION = "tieout.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tieout.web.context.page",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
COTTON_DIR = "components"

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", "postgresql:///tieout"),
        as_owner=os.environ.get("TIEOUT_DATABASE_OWNER") == "1",
    )
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tieout_cache"}}
"""Shared by all processes: what was used once (a code) or too often (a sign-in) is used so everywhere."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tieout.web.accounts.ClosedSignUp"
ACCOUNT_FORMS = {
    "login": "tieout.web.people.own_sign_in.SignInForm",
    "reset_password": "tieout.web.people.own_sign_in.ForgottenForm",
}
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/15m/key"}
"""Passwords are axes' business (``ClosedSignUp.pre_authenticate``); here counts who has the password and guesses codes."""
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25
AXES_USERNAME_CALLABLE = "tieout.web.accounts.attempted_name"
AXES_LOCKOUT_CALLABLE = "tieout.web.accounts.locked_out"
MFA_ADAPTER = "tieout.web.people.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tieout.web.people.second_factor.CodeForm",
    "reauthenticate": "tieout.web.people.second_factor.CodeAgainForm",
}
MFA_TOTP_ISSUER = "Tieout"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
"""Browsers themselves allow passkeys without https only on localhost."""
CSRF_FAILURE_VIEW = "tieout.web.errors.csrf_failed"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
IDLE_SECONDS = idle_seconds(os.environ.get("TIEOUT_IDLE_MINUTES", "60"))
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-tieout" if SECURE else "tieout"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_USE_SESSIONS = False
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin-allow-popups"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("TIEOUT_STATIC_ROOT", PACKAGE.parents[1] / ".tieout" / "static"))
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = MODE != "production"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

_mail = mail_settings(email_url(MODE), os.environ.get("TIEOUT_EMAIL_FROM", ""))
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail.sender
MAIL_IS_SET_UP = _mail.backend != NOWHERE
MAIL_OUTBOX = _mail.outbox
"""The folder of mails kept as files instead of sent; a demonstration shows them as a page."""

API_CALLS_A_MINUTE = int(os.environ.get("TIEOUT_API_CALLS_A_MINUTE", "600"))
"""Of one token."""
OUTBOX_BELL = "tieout.sync.tasks.ring"
"""Called with a firm's id when a verb has noted a change, in the same transaction. The practice only knows the name."""
BULK_BELL = "tieout.sync.bulk_tasks.ring_bulk"
"""Likewise, with the id of a list of invoices that is too long for a page to work through."""
LEDGERS = "tieout.config.ledgers"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TIEOUT_LOG_LEVEL", "INFO")},
    "loggers": {
        "urllib3": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {
            "level": "ERROR"
        },  # refusals are logged by web.errors; addresses may hold a link's secret
    },
}
