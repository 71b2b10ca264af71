"""Addresses of texts."""

from django.urls import path

from opendimona.portal.texts import views

urlpatterns = [
    path("", views.texts, name="texts"),
    path("anomaly/<str:code>/", views.anomaly, name="text_anomaly"),
    path("calendar/<slug:level>/<int:year>/", views.school_year, name="text_calendar"),
]
