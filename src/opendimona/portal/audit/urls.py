"""Addresses of the audit."""

from django.urls import path

from opendimona.portal.audit import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("find/", views.find, name="audit_find"),
    path("entries.csv", views.export, name="audit_export"),
]
