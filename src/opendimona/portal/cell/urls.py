"""Addresses of the cell."""

from django.urls import path

from opendimona.portal.cell import views

urlpatterns = [
    path("", views.cell, name="cell"),
    path("claim/", views.claim, name="claim"),
    path("release/", views.release, name="release"),
    path("snooze/", views.snooze, name="snooze"),
]
