"""The accounts that everybody may use while `DEMO_ACCOUNTS` is on, and where their password is public."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from .models import User, UserType

PASSWORD = "password123"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One button on the landing page."""

    key: str
    username: str
    first_name: str
    last_name: str
    purpose: str
    user_type: UserType = UserType.SHOPPER
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return self.first_name[:1] + self.last_name[:1]


DEMO_ACCOUNTS = (
    DemoAccount("shopper", "shopper", "Maya", "Lindqvist", "Buys, has orders, writes reviews"),
    DemoAccount("staff", "staff", "Jonas", "Weber", "Looks after users and the stock", is_staff=True),
    DemoAccount("superuser", "superuser", "Ada", "Okafor", "May change everything", is_staff=True, is_superuser=True),
    DemoAccount(
        "teacher", "prof_davis", "Eleanor", "Davis", "Teaches; the courses are still being built", UserType.TEACHER
    ),
    DemoAccount("student", "emma1", "Emma", "Clarke", "Studies; the courses are still being built", UserType.STUDENT),
)


def demo_accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts on offer: none unless the settings say so."""
    return DEMO_ACCOUNTS if settings.DEMO_ACCOUNTS else ()


def find_demo_user(key: str) -> User | None:
    """Return the user behind a button, None if there is no such button or user."""
    usernames = {account.key: account.username for account in demo_accounts()}
    return User.objects.filter(username=usernames.get(key), is_active=True).first()


def create_demo_users() -> int:
    """Create the demo accounts that are missing and return how many these were."""
    existing = set(
        User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS]).values_list(
            "username", flat=True
        )
    )
    missing = [account for account in DEMO_ACCOUNTS if account.username not in existing]
    if not missing:
        return 0
    # One hash for all of them: the password is public, and hashing is slow on purpose.
    password = make_password(PASSWORD)
    User.objects.bulk_create(
        User(
            username=account.username,
            password=password,
            email=f"{account.username}@example.com",
            first_name=account.first_name,
            last_name=account.last_name,
            user_type=account.user_type,
            is_staff=account.is_staff,
            is_superuser=account.is_superuser,
        )
        for account in missing
    )
    return len(missing)
