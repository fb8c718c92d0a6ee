"""Acts: what a firm pays for, set by whoever runs the installation. ``./run manage change_plan --help``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tieout.practice.actions.plans import change_plan
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Firm, Plan
from tieout.practice.permissions import Module


class Command(BaseCommand):
    help = (
        "Set a firm's plan and modules, e.g. change_plan 'Byrne & Cole CPA' --module transcripts_and_notices"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("firm", help="the firm's name, or its number when several have that name")
        parser.add_argument("--plan", choices=Plan.values)
        parser.add_argument(
            "--module",
            action="append",
            choices=[each.value for each in Module],
            help="a module the firm is to have; repeat for several. Those not named are taken off",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["firm"]
        found = Firm.objects.filter(pk=int(named)) if named.isdecimal() else Firm.objects.filter(name=named)
        if found.count() != 1:
            known = ", ".join(f"{each.pk}: {each.name}" for each in Firm.objects.order_by("pk")[:20])
            raise CommandError(f"{found.count()} firms are called {named!r}. Known are {known}.")
        modules = options["module"]
        firm = change_plan(
            firm_id=found.get().pk,
            actor=Actor(ActorKind.SYSTEM, "Tieout"),
            plan=options["plan"],
            modules=None if modules is None else [Module(each) for each in modules],
        )
        self.stdout.write(f"{firm.name}: plan {firm.plan}, modules {', '.join(firm.modules) or 'none'}.")
