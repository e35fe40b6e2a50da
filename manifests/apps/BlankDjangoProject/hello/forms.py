# SPDX-License-Identifier: Apache-2.0
from django import forms

from .models import Greeting


class GreetingForm(forms.ModelForm):
    class Meta:
        model = Greeting
        fields = ['name', 'text']
