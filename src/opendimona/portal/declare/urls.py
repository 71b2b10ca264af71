"""Addresses of declaring."""

from django.urls import path

from opendimona.portal.declare import people, views
from opendimona.portal.declare.approvals import approve
from opendimona.portal.declare.late import export, late, reason
from opendimona.portal.declare.many import many
from opendimona.portal.declare.quarters import split
from opendimona.portal.declare.receipt import receipt, verify
from opendimona.portal.declare.replacing import replace
from opendimona.portal.declare.table import table

urlpatterns = [
    path("", people.find, name="declare"),
    path("person/", people.add, name="add_person"),
    path("many/", many, name="many"),
    path("late/", late, name="late"),
    path("late/reason/", reason, name="late_reason"),
    path("late/export.csv", export, name="late_export"),
    path("table/", table, name="table"),
    path("approve/<int:number>/", approve, name="approve"),
    path("start/", views.start, name="start"),
    path("<uuid:key>/", views.draft, name="draft"),
    path("<uuid:key>/check/", views.check, name="check"),
    path("<uuid:key>/review/", views.review, name="review"),
    path("<uuid:key>/split/", split, name="split"),
    path("<uuid:key>/replace/", replace, name="replace"),
    path("<uuid:key>/discard/", views.discard, name="discard"),
    path("answers/<uuid:key>/", views.answer, name="answer"),
    path("answers/<uuid:key>/receipt/", receipt, name="receipt"),
    path("verify/<uuid:key>/<slug:seal>/", verify, name="verify"),
]
