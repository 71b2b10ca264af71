"""Addresses of agents."""

from django.urls import path

from opendimona.portal.agents import views

urlpatterns = [
    path("", views.desk, name="agents"),
    path("decide/", views.decide, name="agents_decide"),
    path("pass/", views.pass_by, name="agents_pass"),
    path("undo/", views.undo, name="agents_undo"),
    path("find/", views.find, name="agents_find"),
]
