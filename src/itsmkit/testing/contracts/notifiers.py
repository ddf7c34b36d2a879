"""What every notifier keeps."""

from collections.abc import Callable

import pytest

from itsmkit.plugin import (
    DeliveryReceipt,
    Plugins,
)
from itsmkit.testing.builders import a_notification

__all__ = ["NotifierContract"]


class NotifierContract:
    """What every notifier keeps: provide the fixture ``notifier``, a plugin that can deliver."""

    @pytest.fixture
    def notifier(self) -> object:
        """Return the plugin, ready to deliver."""
        message = "subclass NotifierContract and provide the fixture `notifier`"
        raise NotImplementedError(message)

    @pytest.fixture
    def deliver(self, notifier: object) -> Callable[..., DeliveryReceipt | None]:
        """Return the delivery, through the hook, as a desk calls it."""
        plugins = Plugins([notifier])
        return lambda **changes: plugins.deliver(a_notification(**changes))

    def test_the_receipt_carries_the_key(self, deliver: Callable[..., DeliveryReceipt | None]) -> None:
        receipt = deliver(key="a/b/c")
        assert receipt is not None
        assert receipt.key == "a/b/c"

    def test_the_same_key_may_come_again(self, deliver: Callable[..., DeliveryReceipt | None]) -> None:
        assert deliver(key="again") is not None
        assert deliver(key="again") is not None

    @pytest.mark.parametrize(
        "text",
        ["", "ok", "سرویس در دسترس نیست", "two\nlines", "x" * 10_000],
        ids=["empty", "short", "Persian", "two lines", "long"],
    )
    def test_any_text_is_delivered(self, deliver: Callable[..., DeliveryReceipt | None], text: str) -> None:
        assert deliver(key="text", body=text) is not None
