# SPDX-License-Identifier: Apache-2.0
"""The two test pages of the article: the time in high resolution, and the same by way of the database."""

from datetime import datetime

from django.shortcuts import render

from .models import Result


def page_a(request):
    return render(request, 'time.html', {'time': datetime.now().isoformat()})


def page_b(request):
    stored = Result.objects.create(text=datetime.now().isoformat())
    return render(request, 'time.html', {'time': Result.objects.get(pk=stored.pk).text})
