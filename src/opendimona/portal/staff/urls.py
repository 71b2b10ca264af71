"""Addresses of the personnel."""

from django.urls import path

from opendimona.portal.staff import appointments, views
from opendimona.portal.staff.adopt import adopt
from opendimona.portal.staff.ends import ends
from opendimona.portal.staff.export import export
from opendimona.portal.staff.load import errors, load, template
from opendimona.portal.staff.missing import missing
from opendimona.portal.staff.register import register

urlpatterns = [
    path("adopt/", adopt, name="adopt"),
    path("ends/", ends, name="ends"),
    path("", views.staff, name="staff"),
    path("search/", views.search, name="search"),
    path("renew/", appointments.renew, name="renew"),
    path("load/", load, name="load"),
    path("load/errors/", errors, name="load_errors"),
    path("load/template.<slug:kind>", template, name="load_template"),
    path("missing/", missing, name="missing"),
    path("register/", register, name="register"),
    path("export.csv", export, {"kind": "csv"}, name="export"),
    path("export.xlsx", export, {"kind": "xlsx"}, name="export_xlsx"),
    path("appointments/<int:number>/", appointments.change, name="change_appointment"),
    path("<int:number>/", views.person, name="person"),
    path("<int:number>/appointments/", appointments.add, name="add_appointment"),
]
