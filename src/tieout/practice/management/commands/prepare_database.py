"""Acts: migrates, then installs roles and row policies. The one command to run after every update."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tieout.practice.isolation import install_policies


class Command(BaseCommand):
    help = "Bring the database to this version: tables, the cache, the restricted role, one row policy per firm table."

    def handle(self, *args: Any, **options: Any) -> None:
        if "role=" in str(connection.settings_dict["OPTIONS"].get("options", "")):
            raise CommandError("Run this as the owner of the database: TIEOUT_DATABASE_OWNER=1.")
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=options["verbosity"])
        install_policies(connection)
