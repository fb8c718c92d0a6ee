"""Acts: ``python -m tieout <command>`` is Django's command line with our settings."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
execute_from_command_line(sys.argv)
