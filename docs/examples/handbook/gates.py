from django.shortcuts import render
from django.utils import timezone
from django.views.generic import TemplateView

from cf_permissions import IsStaff
from cf_permissions.decorators import login_required_component, permission_classes
from cf_permissions.views import AuthenticatedComponentView, PermissionMixin


class ReportsView(AuthenticatedComponentView):
    component_name = "reports"
    permission_classes = [IsStaff]


class BackOffice(PermissionMixin, TemplateView):
    permission_classes = [IsStaff]
    template_name = "handbook/pages/back_office.html"


@permission_classes([IsStaff])
def back_office(request):
    return render(request, "handbook/pages/back_office.html")


@login_required_component
def moderation(request):
    days = (timezone.now() - request.user.date_joined).days
    return render(request, "handbook/pages/moderation.html", {"days": days})
