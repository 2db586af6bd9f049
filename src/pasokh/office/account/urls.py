"""Addresses of the doors, the account, and what administrators set."""

from django.urls import path

from pasokh.office.account import administration_views, door_views, views

urlpatterns = [
    path("login/", door_views.login_page, name="login"),
    path("logout/", door_views.logout_page, name="logout"),
    path("sign-in/second/", door_views.second_step_page, name="second_step"),
    path("sign-in/passkey/", door_views.passkey_answer, name="passkey_answer"),
    path("sign-in/sso/", door_views.sso_page, name="sso"),
    path("sign-in/sso-answer/", door_views.sso_answer, name="sso_answer"),
    path("sign-in/sso/<str:organisation>/", door_views.sso_begin, name="sso_begin"),
    path("forgotten/", door_views.forgotten_page, name="forgotten"),
    path("new-password/<str:token>/", door_views.new_password_page, name="new_password"),
    path("new-address/<str:token>/", door_views.new_mail_page, name="new_mail"),
    path("invitation/<str:token>/", door_views.invitation_page, name="invitation"),
    path("account/", views.profile_page, name="own_profile"),
    path("account/password/", views.password_page, name="own_password"),
    path("account/second-factor/", views.factor_page, name="own_factor"),
    path("account/passkeys/", views.passkeys_page, name="own_passkeys"),
    path("account/sessions/", views.sessions_page, name="own_sessions"),
    path("account/confirm/", views.confirm_page, name="own_confirm"),
    path("agents/<str:username>/access/", administration_views.access_page, name="person_access"),
    path("setup/invitations/", administration_views.invitations_page, name="invitations"),
    path("setup/invitations/new/", administration_views.invite_page, name="invite"),
    path("setup/sign-in/", administration_views.sign_in_settings_page, name="sign_in_settings"),
]
