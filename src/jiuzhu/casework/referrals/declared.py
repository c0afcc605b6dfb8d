"""What the catalogue says of visits and referrals, as every step from here on asks for it."""

from jiuzhu.casework.working_rules.declared import visiting

__all__ = ["visiting"]
