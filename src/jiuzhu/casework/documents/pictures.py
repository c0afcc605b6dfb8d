"""Photos and scans: known by their content, drawn anew from their pixels, so that nothing else of the file comes in (E9)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

READ = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15_000_000
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
QUALITY = 82


class NotAPicture(ValueError):
    """What was handed in as a photo is none, or too large to be one."""


@dataclass(frozen=True)
class Picture:
    """A JPEG without any word beside its pixels."""

    content: bytes
    width: int
    height: int


def redrawn(raw: bytes) -> Picture:
    """The picture of a file, turned the way it was held and no longer than 1600 pixels; position and device fall away.

    The kind is known by the content, whatever the file is called. Raises NotAPicture.
    """
    if len(raw) > MOST_BYTES:
        raise NotAPicture(f"the photo has {len(raw):,} bytes, at most {MOST_BYTES:,} are taken")
    try:
        with Image.open(BytesIO(raw), formats=READ) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NotAPicture(f"the photo has {found.width} × {found.height} pixels, at most {MOST_PIXELS:,} are taken")
            upright = ImageOps.exif_transpose(found).convert("RGB")
    except NotAPicture:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("the file is no photo (JPEG, PNG or WebP), or it is damaged: take it again") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.frombytes("RGB", upright.size, upright.tobytes())  # pixels alone: what else the file held stays behind
    target = BytesIO()
    clean.save(target, "JPEG", quality=QUALITY)
    return Picture(target.getvalue(), *clean.size)
