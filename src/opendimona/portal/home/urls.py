"""Addresses of the first page."""

from django.urls import path

from opendimona.portal.home import views

urlpatterns = [path("", views.home, name="home"), path("seen/", views.seen, name="seen")]
