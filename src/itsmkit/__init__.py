"""
itsmkit: the service-management core to import.

Import an engine alone (``from itsmkit.sla import BusinessCalendar``) or start with a whole desk
(``from itsmkit import Desk``). The names here load on first use, so that importing the package costs next
to nothing.
"""

from itsmkit._lazy import lazily
from itsmkit._version import __version__

TYPE_CHECKING = False  # the one in `typing` would load typing, which costs more than all the rest
if TYPE_CHECKING:
    from itsmkit.desk import Desk
    from itsmkit.errors import ItsmkitError
else:
    __getattr__, __dir__ = lazily(__name__, {"itsmkit.desk": ("Desk",), "itsmkit.errors": ("ItsmkitError",)})

__all__ = ["Desk", "ItsmkitError", "__version__"]
