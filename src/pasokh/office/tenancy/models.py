"""Organisations (each one shard), the client businesses they serve, and the base of every tenant table."""

from typing import ClassVar, Self

from django.db import models

from pasokh.office.tenancy import scope


class TenantManager[M: models.Model](models.Manager[M]):
    """Sees rows of the open scope's organisation only; raises `tenancy.no_scope` outside of one.

    The database holds the same line by row-level security; this one makes mistakes visible and queries quick.
    """

    column = "organisation_id"

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows of the scope's organisation."""
        return self.fenced(super().get_queryset())

    def fenced(self, rows: models.QuerySet[M]) -> models.QuerySet[M]:
        """`rows` of the scope's organisation."""
        return rows.filter(**{self.column: scope.required()})


class OrganisationManager(TenantManager["Organisation"]):
    """An organisation sees itself."""

    column = "id"


class Organisation(models.Model):
    """An operator of a contact centre: the tenant, and the shard of the log (same id)."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.JSONField(default=dict)
    """Language code → name."""
    zone = models.CharField(max_length=64, default="UTC")
    """IANA time zone: when its days begin."""
    language = models.CharField(max_length=8, default="en")
    colour = models.CharField(max_length=7, default="", blank=True)
    """Brand colour `#rrggbb` for what customers see; empty = Pasokh's own."""
    created_at = models.BigIntegerField()
    """An instant: milliseconds UTC, as everywhere."""

    objects: ClassVar[OrganisationManager] = OrganisationManager()

    class Meta:  # noqa: D106 - Django options
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.id


class TenantModel(models.Model):
    """Base of every table that belongs to an organisation. Its migration must `fence` it; a check holds that."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:  # noqa: D106 - Django options
        abstract = True
        base_manager_name = "objects"


class Client(TenantModel):
    """A business the organisation answers for; `own` is the organisation itself."""

    key = models.CharField(max_length=80)
    """The core's client id."""
    name = models.JSONField(default=dict)
    greeting = models.JSONField(default=dict)
    """What agents answer its calls with, by language: the first line of the call; empty = nothing."""
    archived_at = models.BigIntegerField(default=0)
    """Since when it is put away; 0 = in use."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):  # noqa: D106 - Django options
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "key"], name="client_key")]

    def __str__(self) -> str:
        return self.key
