# SPDX-License-Identifier: Apache-2.0
"""Which address goes where: https://docs.djangoproject.com/en/stable/topics/http/urls/"""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path('admin/', admin.site.urls),
    path('', include('hello.urls')),
]
