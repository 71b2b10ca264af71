"""Addresses of the personnel."""

from django.urls import path

from opendimona.portal.staff import appointments, views
from opendimona.portal.staff.export import export
from opendimona.portal.staff.missing import missing
from opendimona.portal.staff.register import register

urlpatterns = [
    path("", views.staff, name="staff"),
    path("search/", views.search, name="search"),
    path("renew/", appointments.renew, name="renew"),
    path("missing/", missing, name="missing"),
    path("register/", register, name="register"),
    path("export.csv", export, {"kind": "csv"}, name="export"),
    path("export.xlsx", export, {"kind": "xlsx"}, name="export_xlsx"),
    path("<int:number>/", views.person, name="person"),
    path("<int:number>/appointments/", appointments.add, name="add_appointment"),
]
