"""Many families judged by the programmes of the catalogue at once, column by column: answers without words, equal to the reference."""

from jiuzhu.engines.programmes.many.columns import OneByOne
from jiuzhu.engines.programmes.many.judged import Brief, brief_of, judged_many

__all__ = ["Brief", "OneByOne", "brief_of", "judged_many"]
