# SPDX-License-Identifier: Apache-2.0
import hashlib

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from site_app.models import Entry


def page(request):
    return render(request, 'page.html', {'name': request.GET.get('name', ''), 'models': Entry._meta.label})


@csrf_exempt
def upload(request):
    file = request.FILES['file']
    return HttpResponse('%s %d %s %s' % (file.name, file.size, hashlib.sha1(file.read()).hexdigest(), request.POST['text']))


def urls(request):
    return HttpResponse('%s %s %s' % (reverse('page'), request.build_absolute_uri(), request.path_info))


urlpatterns = [
    path('', page, name='page'),
    path('upload', upload),
    path('urls/', urls),
    path('стр/', urls),
    path('stream', lambda request: StreamingHttpResponse(iter((b'a', b'b')))),
    path('file', lambda request: FileResponse(open(__file__, 'rb'))),
    path('error', lambda request: 1 // 0),
]
