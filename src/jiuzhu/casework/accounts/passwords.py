"""How passwords are kept: argon2id, or PBKDF2 over SM3 where the national suite is required (B7).

A cost at which one try takes some 26 ms (argon2id) or 120 ms (SM3) of one core: 1,826 windows sign in within ten minutes on two.
`python -m bench.signing_in` measures it. Whoever signs in with a hash of another cost gets a new one.
"""

from __future__ import annotations

import hashlib
from functools import partial

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


class Pbkdf2Sm3(PBKDF2PasswordHasher):
    algorithm = "pbkdf2_sm3"
    iterations = 100_000
    digest = partial(hashlib.new, "sm3")
