"""The documentation's addresses and one for tests: a page of any template text, `/show/?body=...`."""

from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

PAGE = "{% load components %}<!doctype html><html><head>{% component_scripts %}</head><body>BODY</body></html>"


def show(request):
    return HttpResponse(Template(PAGE.replace("BODY", request.GET["body"])).render(RequestContext(request)))


urlpatterns = [path("show/", show), path("", include("mysite.urls"))]
