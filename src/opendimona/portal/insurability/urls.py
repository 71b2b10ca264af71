"""Addresses of insurability."""

from django.urls import path

from opendimona.portal.insurability import person, views

urlpatterns = [
    path("person/<int:number>/", person.insured, name="insured"),
    path("", views.overview, name="runs"),
    path("load/", views.load, name="run_load"),
    path("<int:number>/", views.run, name="run"),
    path("<int:number>/again/", views.again, name="run_again"),
    path("<int:number>/gaps.csv", views.export, name="run_export"),
]
