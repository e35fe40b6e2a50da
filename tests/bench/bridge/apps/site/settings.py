# SPDX-License-Identifier: Apache-2.0
"""The settings of the seed's sample project (tests/fixtures/seed-project), with MariaDB as the database."""

import os

SECRET_KEY = 'a benchmark has no secrets, but Django asks for fifty characters of one'
DEBUG = False
ALLOWED_HOSTS = ['*']
INSTALLED_APPS = ['django.contrib.contenttypes', 'pages']
MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'django.middleware.csrf.CsrfViewMiddleware']
ROOT_URLCONF = 'urls'
TEMPLATES = [{
    'BACKEND': 'django.template.backends.django.DjangoTemplates',
    'APP_DIRS': True,
    'OPTIONS': {'context_processors': ['django.template.context_processors.media', 'django.template.context_processors.request']},
}]
DATABASES = {'default': {
    'ENGINE': 'django.db.backends.mysql',
    'NAME': 'bench',
    'USER': 'root',
    # The benchmark keeps the database beside the copy of this folder.
    'HOST': os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'db.sock'),
}}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True
