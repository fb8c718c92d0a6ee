"""Acts: writes the OpenAPI description to docs/openapi.json, the copy that is committed."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from tieout.config.environment import PROJECT_ROOT


class Command(BaseCommand):
    help = "Write docs/openapi.json from the operations. Run after a change of the API; a test compares."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        from tieout.web.api.operations import description

        target = PROJECT_ROOT / "docs" / "openapi.json"
        target.write_text(json.dumps(description(), indent=1, ensure_ascii=False) + "\n")
        self.stdout.write(f"Wrote {target.relative_to(PROJECT_ROOT)}.")
