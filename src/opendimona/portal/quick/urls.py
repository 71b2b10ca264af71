"""Addresses of the quick declaration."""

from django.urls import path

from opendimona.portal.quick import views

urlpatterns = [path("", views.quick, name="quick")]
