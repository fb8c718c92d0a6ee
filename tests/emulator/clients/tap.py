"""Runs the unmodified tap with other addresses: python tap.py <emulator address> <the tap's own arguments>."""

import sys

import tap_quickbooks  # type: ignore[import-not-found]
from tap_quickbooks import client  # type: ignore[import-not-found]

base = sys.argv.pop(1)
client.PROD_ENDPOINT_BASE = client.SANDBOX_ENDPOINT_BASE = base
client.TOKEN_REFRESH_URL = f"{base}/oauth2/v1/tokens/bearer"
tap_quickbooks.main()
