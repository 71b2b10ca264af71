"""Addresses of statistics."""

from django.urls import path

from opendimona.portal.statistics import views

urlpatterns = [
    path("", views.statistics, name="statistics"),
    path("weeks.svg", views.picture, name="statistics_svg"),
    path("<str:name>.csv", views.table, name="statistics_csv"),
]
