"""Addresses of the guide."""

from django.urls import path

from opendimona.portal.guide import views

urlpatterns = [path("", views.guide, name="guide"), path("<slug:name>/", views.guide, name="guide_page")]
