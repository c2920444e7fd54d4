"""Numbers that look random and are the same in Python and in TypeScript.

The formula is documented in benchmarks/workloads/synthetic.ts.
"""

import numpy as np


def _mix32(h):
    h = h ^ (h >> np.uint32(16))
    h = h * np.uint32(0x85EBCA6B)
    h = h ^ (h >> np.uint32(13))
    h = h * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def _fnv1a32(name):
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return np.uint32(h)


def _bits(name, start, length):
    counter = np.arange(start, start + length, dtype=np.uint32)
    with np.errstate(over="ignore"):
        return _mix32(counter * np.uint32(0x9E3779B1) + _fnv1a32(name)) >> np.uint32(8)


def signed_numbers(name, start, length, scale=1.0):
    """`length` 32-bit floats in [-scale, scale)."""
    unit = _bits(name, start, length).astype(np.float32) / np.float32(0x800000) - np.float32(1)
    return unit * np.float32(scale)


def ids(name, start, length, n):
    """`length` uniform integers in [0, n)."""
    return ((_bits(name, start, length).astype(np.uint64) * np.uint64(n)) >> np.uint64(24)).astype(np.int64)


def chances(name, start, length, p):
    """`length` floats that are 1 with probability p and 0 otherwise."""
    return (_bits(name, start, length) < int(p * 0x1000000)).astype(np.float32)


def crossed(name, a, b, n):
    """The bucket in [0, n) of each pair of ids."""
    with np.errstate(over="ignore"):
        h = _mix32(a.astype(np.uint32) * np.uint32(0x9E3779B1) + b.astype(np.uint32) + _fnv1a32(name))
    return (((h >> np.uint32(8)).astype(np.uint64) * np.uint64(n)) >> np.uint64(24)).astype(np.int64)
