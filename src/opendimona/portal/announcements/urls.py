"""Addresses of announcements."""

from django.urls import path

from opendimona.portal.announcements import views

urlpatterns = [
    path("", views.announcements, name="announcements"),
    path("<int:number>/", views.announcement, name="announcement"),
    path("<int:number>/end/", views.end, name="announcement_end"),
    path("<int:number>/readers/", views.readers_export, name="announcement_readers"),
    path("received/", views.received, name="received"),
    path("received/read/", views.read, name="received_read"),
]
