"""Addresses of the personnel."""

from django.urls import path

from opendimona.portal.staff import views

urlpatterns = [
    path("", views.staff, name="staff"),
    path("search/", views.search, name="search"),
    path("<int:number>/", views.person, name="person"),
]
