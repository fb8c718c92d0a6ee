"""Acts: opens the sample firm with its people and clients, once. ``python -m tieout.demo.seed``.

Everything goes through the practice's verbs, as a person's work would, so history and outbox are as in real life.
"""

from __future__ import annotations

import os

import django
from django.db import transaction


def main() -> None:
    """One transaction: an interrupted seeding leaves nothing, and the next start does it again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    django.setup()
    from tieout.demo.sample_firm import open_sample_firm  # models exist from here on

    with transaction.atomic():
        print("The sample firm was opened." if open_sample_firm() else "The sample firm is there.")


if __name__ == "__main__":
    main()
