# SPDX-License-Identifier: Apache-2.0
"""Django settings. What differs between machines stands in settings.ini.

https://docs.djangoproject.com/en/stable/topics/settings/
"""

from pathlib import Path

import django

from .configuration import Configuration, database, stored_secret

BASE_DIR = Path(__file__).resolve().parent.parent
CONFIGURATION = Configuration(BASE_DIR / 'settings.ini')

SECRET_KEY = CONFIGURATION.text('site', 'secret_key') or stored_secret(BASE_DIR / 'data' / 'secret_key')
DEBUG = CONFIGURATION.boolean('site', 'debug')
ALLOWED_HOSTS = CONFIGURATION.words('site', 'allowed_hosts')

INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'django.contrib.staticfiles',
    'hello',
]

MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]

ROOT_URLCONF = 'project.urls'
WSGI_APPLICATION = 'project.wsgi.application'

TEMPLATES = [{
    'BACKEND': 'django.template.backends.django.DjangoTemplates',
    'DIRS': [],
    'APP_DIRS': True,
    'OPTIONS': {
        'context_processors': [
            'django.template.context_processors.debug',
            'django.template.context_processors.request',
            'django.contrib.auth.context_processors.auth',
            'django.contrib.messages.context_processors.messages',
        ],
    },
}]

DATABASES = {'default': database(CONFIGURATION, BASE_DIR)}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'

AUTH_PASSWORD_VALIDATORS = [
    {'NAME': 'django.contrib.auth.password_validation.UserAttributeSimilarityValidator'},
    {'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator'},
    {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},
    {'NAME': 'django.contrib.auth.password_validation.NumericPasswordValidator'},
]

LANGUAGE_CODE = 'en-us'
TIME_ZONE = CONFIGURATION.text('site', 'time_zone', 'UTC')
USE_I18N = True
USE_TZ = True

# The web server serves the folder media. Without a leading slash the addresses follow the application's own path, so that
# the project also works below another site. Static files are collected on the server, where Django's own are at hand,
# and therefore below a folder that may be written to: the rest of the site is read-only for the application.
MEDIA_URL = 'media/'
MEDIA_ROOT = BASE_DIR / 'media'
STATIC_URL = 'media/static/'
STATIC_ROOT = MEDIA_ROOT / 'static'
STATICFILES_DIRS = [BASE_DIR / 'static']

# https = true. Strict transport security is a promise that cannot be taken back: switch it on when the site is settled.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.boolean('site', 'https')
SECURE_HSTS_SECONDS = 0
SILENCED_SYSTEM_CHECKS = ['security.W004']

# Warnings and errors go to standard error, which the web server keeps in the folder log; failures also by mail.
_mail = CONFIGURATION.text('site', 'admin_mail')
_people = [_mail] if django.VERSION >= (6, 0) else [('Administrator', _mail)]
ADMINS = MANAGERS = _people if _mail else []
LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'formatters': {'line': {'format': '%(levelname)s %(name)s: %(message)s'}},
    'handlers': {
        'stderr': {'class': 'logging.StreamHandler', 'level': 'WARNING', 'formatter': 'line'},
        'mail': {'class': 'django.utils.log.AdminEmailHandler', 'level': 'ERROR'},
    },
    'root': {'handlers': ['stderr']},
    'loggers': {'django': {'handlers': ['stderr', 'mail'] if _mail else ['stderr'], 'propagate': False}},
}
