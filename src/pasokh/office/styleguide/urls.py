"""The address of the style guide."""

from django.urls import path

from pasokh.office.styleguide import views

urlpatterns = [path("styleguide/", views.styleguide_page, name="styleguide")]
