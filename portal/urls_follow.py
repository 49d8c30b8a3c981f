"""Addresses of following by mail."""

from django.urls import path

from portal import follow

urlpatterns = [
    path("follow/", follow.follow, name="follow"),
    path("follow/asked/", follow.asked, name="follow-asked"),
    path("follow/confirm/<slug:token>/", follow.confirm, name="follow-confirm"),
    path("follow/manage/<slug:token>/", follow.manage, name="follow-manage"),
    path("follow/leave/<slug:token>/", follow.leave, name="follow-leave"),
]
