"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest


class Credentials(AuthenticationForm):
    """Account and password; the refusal does not say which of the two was wrong."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        english = bool(request is not None and getattr(request, "english", False))
        self.error_messages["invalid_login"] = (
            "The account or the password is not right. Check both and try again." if english else "账号或密码不对，请核对后再试。"
        )


class SignIn(LoginView):
    template_name = "desk/login.html"
    authentication_form = Credentials
    redirect_authenticated_user = True


class SignOut(LogoutView):
    pass
