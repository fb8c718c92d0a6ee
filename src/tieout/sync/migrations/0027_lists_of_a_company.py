"""Fills in of which company the list entries are that came before they knew.

An entry is of the company whose connection it was last linked in; without a link, of the one that was connected last,
whose lists have overwritten the others'.
"""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    entries, connections, links = (
        apps.get_model(app, model)
        for app, model in (("practice", "ListEntry"), ("sync", "Connection"), ("sync", "Link"))
    )
    lists = set(entries.objects.values_list("list", flat=True).distinct())
    for connection in connections.objects.order_by("firm_id", "connected_at", "id"):
        of_firm = entries.objects.filter(firm_id=connection.firm_id)
        linked = links.objects.filter(connection=connection, entity__in=lists)
        ids = [int(one) for one in linked.values_list("practice_id", flat=True)]
        of_firm.filter(pk__in=ids).update(company=connection.company_digest)
    for firm_id in set(entries.objects.values_list("firm_id", flat=True).distinct()):
        last = connections.objects.filter(firm_id=firm_id).order_by("-connected_at", "-id").first()
        if last is None:
            continue
        of_firm = entries.objects.filter(firm_id=firm_id)
        of_firm.filter(company="").update(company=last.company_digest)
        of_firm.exclude(company=last.company_digest).update(is_current=False)


class Migration(migrations.Migration):
    dependencies = [("sync", "0026_halves_of_a_pair"), ("practice", "0022_lists_of_a_company")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
