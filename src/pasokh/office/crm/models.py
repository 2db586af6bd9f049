"""Customers of an organisation. `projection` makes their acquaintance; `actions` writes what staff say of them."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy.models import TenantManager, TenantModel


class Customer(TenantModel):
    """Somebody who came at least once."""

    key = models.CharField(max_length=80)
    """The core's customer id, else the key made of an address (`rules.customer_key`)."""
    name = models.CharField(max_length=200, default="", blank=True)
    folded = models.CharField(max_length=200, default="", blank=True, db_collation="C")
    """The name as `search_key` folds it: what a search by its beginning goes along."""
    language = models.CharField(max_length=16, default="", blank=True)
    needs = models.CharField(max_length=200, default="", blank=True)
    """What everyone who serves them must know at once, such as "hard of hearing" (R17)."""
    notes = models.TextField(default="", blank=True)
    vip = models.CharField(max_length=16, default="", blank=True)
    """A class of `rules.CLASSES`; empty = an ordinary customer."""
    met_at = models.BigIntegerField()
    changed_at = models.BigIntegerField(default=0)
    """When staff last wrote something of them."""
    last_contact_at = models.BigIntegerField(default=0)
    last_channel = models.CharField(max_length=16, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    """Turned out to be the same person; undone by emptying it, so nothing is ever moved."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="customer_key")]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-last_contact_at", "-id"], name="customer_latest"),
            models.Index(fields=["organisation", "folded"], name="customer_folded"),
        ]

    def __str__(self) -> str:
        return self.key


class Address(TenantModel):
    """Where a customer was reached, in its one spelling (`rules.as_address`). Families share telephones."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=200)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="address_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "value"], name="address_value")]

    def __str__(self) -> str:
        return self.value
