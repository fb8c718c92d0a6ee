"""The pages of billing: service items, invoices, payments, credits."""
