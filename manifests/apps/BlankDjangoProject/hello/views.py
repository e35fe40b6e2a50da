# SPDX-License-Identifier: Apache-2.0
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .forms import GreetingForm
from .models import Greeting
from .status import facts


@require_http_methods(['GET', 'HEAD', 'POST'])
def index(request):
    """The start page. Change the template hello/templates/hello/index.html, or write another view."""
    known, usable = facts(request.META)
    context = {'facts': known, 'usable': usable}
    if usable:
        form = GreetingForm(request.POST or None, initial={'name': request.session.get('name', '')}, label_suffix='')
        if form.is_valid():
            form.save()
            Greeting.forget_old()
            request.session['name'] = form.cleaned_data['name']
            return redirect('hello:index')
        context.update(form=form, greetings=Greeting.objects.all()[:5])
    return render(request, 'hello/index.html', context, status=200 if usable else 503)
