"""Addresses of the guide."""

from django.urls import path

from opendimona.portal.guide import views
from opendimona.portal.guide.help import help_with

urlpatterns = [
    path("", views.guide, name="guide"),
    path("help/", help_with, name="help"),
    path("<slug:name>/", views.guide, name="guide_page"),
]
