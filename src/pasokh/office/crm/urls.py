"""Addresses of customers."""

from django.urls import path

from pasokh.office.crm import views, who_views

urlpatterns = [
    path("customers/", views.customers_page, name="customers"),
    path("customers/<int:customer>/", views.customer_page, name="customer"),
    path("contacts/<str:contact>/customer/", who_views.contact_customer_page, name="contact_customer"),
    path("customers/<int:customer>/merge/", views.merge_page, name="customer_merge"),
    path("customers/<int:customer>/part/", views.part_page, name="customer_part"),
]
