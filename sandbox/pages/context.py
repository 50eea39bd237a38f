"""What every page's template may use."""

from typing import Any

from django.http import HttpRequest

from accounts import demo


def demo_accounts(request: HttpRequest) -> dict[str, Any]:
    """Give templates the demo accounts on offer."""
    return {"demo_accounts": demo.demo_accounts()}
