"""Many families judged by the programmes of the catalogue at once, column by column: answers without words, equal to the reference."""

from jiuzhu.engines.programmes.many.judged import Brief, brief_of, judged_many

__all__ = ["Brief", "brief_of", "judged_many"]
