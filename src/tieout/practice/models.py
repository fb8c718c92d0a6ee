"""Where Django looks for tables: each lives in the module of its meaning."""

from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Client, Contact
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member, Role, User
from tieout.practice.outbox import OutboxNote

__all__ = ["ChangeRecord", "Client", "Contact", "Firm", "ImportDraft", "Member", "OutboxNote", "Role", "User"]
