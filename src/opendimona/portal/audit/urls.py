"""Addresses of the audit."""

from django.urls import path

from opendimona.portal.audit import file_of, views

urlpatterns = [
    path("person/<int:number>/", file_of.file_of, name="audit_file"),
    path("", views.audit, name="audit"),
    path("find/", views.find, name="audit_find"),
    path("entries.csv", views.export, name="audit_export"),
]
