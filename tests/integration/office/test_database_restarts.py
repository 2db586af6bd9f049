"""A restart of the database costs a web process nothing but the time it takes, pooled connections included."""

import dataclasses

import psycopg
from django.conf import settings
from django.db.utils import ConnectionHandler
from psycopg.conninfo import conninfo_to_dict

from pasokh.office.configuration import django_database
from pasokh.store import schema


def test_a_pooled_connection_that_broke_is_replaced_unseen(pg_dsn):
    superuser = pg_dsn("postgres")
    known = {name: str(value) for name, value in conninfo_to_dict(superuser).items()}
    configuration = dataclasses.replace(settings.CONFIGURATION, database=known)
    connection = ConnectionHandler({"default": django_database(configuration, schema.APP, pool=1)})["default"]

    def asked():
        """What one request does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        connection.close()
        return pid

    try:
        first = asked()
        assert asked() == first, "the pool keeps it"
        with psycopg.connect(superuser, autocommit=True) as other:
            assert other.execute("SELECT pg_terminate_backend(%s, 5000)", (first,)).fetchone() == (True,)
        assert asked() != first
    finally:
        connection.close_pool()
