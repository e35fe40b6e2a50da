# SPDX-License-Identifier: Apache-2.0
from django.urls import path
from pages import views

urlpatterns = [path('a', views.page_a), path('b', views.page_b)]
