# SPDX-License-Identifier: Apache-2.0
from django.db import models


class Result(models.Model):
    text = models.CharField(max_length=40)
