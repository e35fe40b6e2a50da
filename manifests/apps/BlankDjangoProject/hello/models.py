# SPDX-License-Identifier: Apache-2.0
from django.db import models


class Greeting(models.Model):
    """What a visitor left on the start page: an example to change or delete."""

    KEPT = 50

    name = models.CharField(max_length=40)
    text = models.CharField('greeting', max_length=120)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ['-created', '-pk']

    def __str__(self):
        return '%s: %s' % (self.name, self.text)

    @classmethod
    def forget_old(cls):
        """Keeps the table small, because anybody may write into it."""
        newest = list(cls.objects.values_list('pk', flat=True)[:cls.KEPT])
        cls.objects.exclude(pk__in=newest).delete()
