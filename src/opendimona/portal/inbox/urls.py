"""Addresses of the inbox."""

from django.urls import path

from opendimona.portal.inbox import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read, name="inbox_read"),
    path("mails/", views.mails, name="mails"),
]
