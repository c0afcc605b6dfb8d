"""One family judged by the programmes of the catalogue: exact, three-valued, with every reason told."""

from jiuzhu.engines.programmes.answers import Assessment, LineAnswer, Missing, ProgrammeAnswer, TestAnswer, UsedNumber
from jiuzhu.engines.programmes.assess import assess
from jiuzhu.engines.programmes.written import plain, written

__all__ = ["Assessment", "LineAnswer", "Missing", "ProgrammeAnswer", "TestAnswer", "UsedNumber", "assess", "plain", "written"]
