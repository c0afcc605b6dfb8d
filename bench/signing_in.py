"""What a password costs to look at: CPU of one try, and of all windows of the country's busiest counties signing in at once (B7)."""

from __future__ import annotations

import os
import time

WINDOWS, CORES, TRIES = 1_826, 2, 20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.config.settings")
    from jiuzhu.casework.accounts.passwords import Argon2, Pbkdf2Sm3

    for hasher in (Argon2(), Pbkdf2Sm3()):
        kept = hasher.encode("a long enough one", "salt of sixteen.")
        began = time.process_time()
        for _ in range(TRIES):
            assert hasher.verify("a long enough one", kept)
        each = (time.process_time() - began) / TRIES
        print(
            f"{hasher.algorithm}: {1000 * each:.0f} ms of CPU a try; {WINDOWS:,} windows {each * WINDOWS / CORES:.0f} s on {CORES} cores"
        )


if __name__ == "__main__":
    main()
