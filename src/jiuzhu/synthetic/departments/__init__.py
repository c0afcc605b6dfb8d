"""What each department knows of the people of a block; importing this makes every dataset known to `town.MAKERS`."""

from jiuzhu.synthetic.departments import (
    benefits,
    harm,
    health,
    homes,
    meters,
    payments,
    police,
    school,
    services,
    society,
    trade,
    wealth,
    work,
)

__all__ = [
    "benefits",
    "harm",
    "health",
    "homes",
    "meters",
    "payments",
    "police",
    "school",
    "services",
    "society",
    "trade",
    "wealth",
    "work",
]
