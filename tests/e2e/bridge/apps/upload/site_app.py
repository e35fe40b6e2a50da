# SPDX-License-Identifier: Apache-2.0
"""A Django project in one file: a form with uploads, and sessions in the database that DATABASE names."""
import hashlib
import json
import os

from django.conf import settings

DATABASE = json.loads(os.environ['DATABASE'])

settings.configure(
    ALLOWED_HOSTS=['127.0.0.1'],
    SECRET_KEY='for tests only, and of a good length for that purpose',
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=['django.contrib.sessions'],
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware', 'django.middleware.csrf.CsrfViewMiddleware'],
    DATABASES={'default': DATABASE},
    DEFAULT_AUTO_FIELD='django.db.models.AutoField',
    LOGGING={'version': 1, 'disable_existing_loggers': False, 'handlers': {'errors': {'class': 'logging.StreamHandler'}}, 'root': {'handlers': ['errors']}},
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates'}],
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402

wsgi = get_wsgi_application()


def form(request):
    if request.method == 'POST':
        files = {name: [file.name, file.size, hashlib.sha256(b''.join(file.chunks())).hexdigest(), file.content_type]
                 for name, file in request.FILES.items()}
        return JsonResponse({'fields': request.POST.dict(), 'files': files})
    return HttpResponse('<form method="post" enctype="multipart/form-data"><input name="csrfmiddlewaretoken" value="%s">'
                        '<input type="file" name="file"></form>' % get_token(request))


def count(request):
    request.session['visits'] = request.session.get('visits', 0) + 1
    return HttpResponse(str(request.session['visits']))


def rows(request):
    return StreamingHttpResponse((b'row %d\n' % i for i in range(100000)), content_type='text/plain')


urlpatterns = [path('', form), path('count', count), path('rows', rows)]
