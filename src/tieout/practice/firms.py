"""Acts: the tables of who works where. A user signs in; a member is that user's place in one firm."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from tieout.practice.permissions import MODULE_LABELS, PERMISSIONS, Module, Permission


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who can sign in with ``email``; without a password only after one was set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. Rights come from their membership in a firm, never from here."""

    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[Users] = Users()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] or self.email


class Plan(models.TextChoices):
    """What the firm pays for. Integrations need a paid plan."""

    PAID = "paid", "Paid"
    FREEMIUM = "freemium", "Free"
    LEGACY = "legacy", "Legacy"


class Firm(models.Model):
    name = models.CharField(max_length=200)
    plan = models.CharField(max_length=20, choices=Plan.choices, default=Plan.PAID)
    modules = ArrayField(
        models.CharField(
            max_length=40, choices=[(each.value, label) for each, label in MODULE_LABELS.items()]
        ),
        default=list,
        blank=True,
    )
    time_zone = models.CharField(max_length=60, default="America/New_York")
    """IANA name; decides on which date the firm's day ends."""
    second_factor_required = models.BooleanField(default=False)
    """Nobody opens anything of the firm before they have set up two-factor sign-in."""
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    def has_module(self, module: Module) -> bool:
        return module.value in self.modules


class Role(models.Model):
    """A firm's set of permissions. One with a ``preset`` is read-only: the verbs refuse to change it."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField(max_length=80)
    preset = models.SlugField(max_length=40, blank=True)
    permissions = ArrayField(
        models.CharField(
            max_length=40, choices=[(each.value, facts.label) for each, facts in PERMISSIONS.items()]
        ),
        default=list,
        blank=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("firm", Lower("name"), name="role_name_once"),
            models.UniqueConstraint(
                "firm", "preset", condition=~models.Q(preset=""), name="role_preset_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    stand_in: str | None = None
    """Set while a program acts for them: how the history names it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "user"], name="member_once")]

    def __str__(self) -> str:
        return self.user.get_full_name()

    def may(self, permission: Permission) -> bool:
        """Has the permission, is not switched off, and the firm has bought the module it belongs to."""
        module = PERMISSIONS[permission].module
        return (
            self.is_active
            and permission.value in self.role.permissions
            and (module is None or self.firm.has_module(module))
        )
