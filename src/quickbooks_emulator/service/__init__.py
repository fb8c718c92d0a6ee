"""The company data service: /v3/company/{realm}/..."""
