"""Addresses of one's own file."""

from django.urls import path

from opendimona.portal.mine import views

urlpatterns = [
    path("", views.mine, name="mine"),
    path("invite/<int:number>/", views.mine_invite, name="mine_invite"),
]
