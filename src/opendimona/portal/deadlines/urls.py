"""Addresses of the deadlines."""

from django.urls import path

from opendimona.portal.deadlines import views

urlpatterns = [
    path("", views.deadlines, name="deadlines"),
    path("<str:token>.ics", views.calendar, name="calendar"),
]
