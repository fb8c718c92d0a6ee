"""Acts: the verb that changes what a firm pays for. Called by whoever runs the installation, never by a page."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from tieout.practice.actions.sign_in import FIRM
from tieout.practice.actor import Actor, history_row
from tieout.practice.firms import Firm, Plan
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import Module
from tieout.practice.validation import Invalid


def change_plan(
    *, firm_id: int, actor: Actor, plan: str | None = None, modules: Collection[Module] | None = None
) -> Firm:
    """Set the plan, the modules, or both. What a module made stays, out of reach until it is back. Raises Invalid."""
    if plan is not None and plan not in Plan.values:
        raise Invalid({"plan": f"Choose one of {', '.join(Plan.values)}."})
    with transaction.atomic(), firm_scope(firm_id):
        firm = Firm.objects.select_for_update().get(pk=firm_id)
        changes = {}
        if plan is not None and plan != firm.plan:
            changes["plan"] = [firm.plan, plan]
            firm.plan = plan
        if modules is not None and set(modules) != set(firm.modules):
            now = [each.value for each in Module if each in modules]
            changes["modules"] = [", ".join(firm.modules), ", ".join(now)]
            firm.modules = now
        if changes:
            firm.save(update_fields=["plan", "modules"])
            history_row(firm.pk, FIRM, str(firm.pk), 0, "changed", actor, changes).save()
    return firm
