"""Addresses of schools."""

from django.urls import path

from opendimona.portal.schools import views

urlpatterns = [path("", views.schools, name="schools")]
