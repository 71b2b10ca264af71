"""Addresses of accounts."""

from django.urls import path

from opendimona.portal.accounts import access, community, elsewhere, mine, second, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demonstration/", views.sign_in_demo, name="sign_in_demo"),
    path("sign-in/code/", second.second, name="second"),
    path("sign-in/forgotten/", views.forgotten, name="forgotten"),
    path("sign-in/with/<slug:name>/", elsewhere.leave, name="sign_in_elsewhere"),
    path("sign-in/keys/<slug:name>/", elsewhere.keys, name="sign_in_keys"),
    path("sign-in/back/<slug:name>/", elsewhere.come_back, name="signed_elsewhere"),
    path("sign-in/link/", elsewhere.link, name="link"),
    path("account/", mine.account, name="account"),
    path("account/unlink/", mine.unlink, name="unlink"),
    path("access/community/", community.access_all, name="access_all"),
    path("access/community/change/", community.access_all_change, name="access_all_change"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("school/", views.school, name="school"),
    path("access/", access.access, name="access"),
    path("access/withdraw/", access.withdraw, name="withdraw"),
    path("invitation/<int:number>/<str:token>/", access.invitation, name="invitation"),
    path("language/", views.language, name="language"),
]
