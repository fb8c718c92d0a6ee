"""Decides: which picture can be a firm's logo. Pure: bytes in, a small PNG out.

The picture is drawn anew, so that nothing but pixels of the uploaded file is kept or handed to a browser.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from tieout.practice.validation import Invalid

LARGEST_FILE = 2 * 1024 * 1024
"""In bytes."""
MOST_PIXELS = 16_000_000
WIDEST, HIGHEST = 800, 300
"""Pixels that are kept: enough for a letterhead in print."""


def clean_logo(content: bytes) -> bytes:
    """The picture as PNG, at most ``WIDEST`` by ``HIGHEST``. Raises Invalid."""
    if len(content) > LARGEST_FILE:
        raise Invalid({"logo": f"The picture is larger than {LARGEST_FILE // 1024**2} MB. Save it smaller."})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise Invalid({"logo": "The picture has more than 16 million pixels. Save it smaller."})
        drawn = picture.convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as problem:
        raise Invalid({"logo": "This is no PNG or JPEG picture. Save it as one of these."}) from problem
    drawn.thumbnail((WIDEST, HIGHEST))
    kept = io.BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()
