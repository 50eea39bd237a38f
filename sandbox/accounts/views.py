"""Log-in as a demo account; the rest are Django's own views."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .demo import find_demo_user


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Log in as the demo account named in `account`, without a password; 404 unless these are on."""
    if not settings.DEMO_ACCOUNTS:
        raise Http404
    user = find_demo_user(request.POST.get("account", ""))
    if user is None:
        messages.error(request, "This account is not there yet. Run: python manage.py seed_data")
        return redirect("login")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    messages.success(request, f"You are {user.display_name} now.")
    return HttpResponseRedirect(_next_url(request))


def _next_url(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is on this host."""
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
