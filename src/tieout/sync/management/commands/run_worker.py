"""Acts: ``python -m tieout run_worker``: works until it is told to stop. Start as many as you like, on any machine."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tieout.sync.worker import run_worker


class Command(BaseCommand):
    help = "Run the sync worker until SIGTERM or SIGINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="companies worked on at once")

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(options["concurrency"])
