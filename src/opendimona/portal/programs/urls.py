"""Addresses of programs."""

from django.urls import path

from opendimona.portal.programs import views

urlpatterns = [
    path("", views.programs, name="programs"),
    path("revoke/", views.program_revoke, name="program_revoke"),
]
