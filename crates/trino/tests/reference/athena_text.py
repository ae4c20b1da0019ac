"""Values as Athena writes them."""

from decimal import Decimal


def shown(value: object) -> str:
    """A value as Athena writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join("null" if one is None else shown(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
