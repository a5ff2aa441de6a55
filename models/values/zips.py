"""What Python raises where a zip is broken: more than one exception, since each part of a zip is read by its own code.

What is looked for in a zip, and how much of it is read, is said where zips are read.
"""

import struct
import zlib
from zipfile import BadZipFile

BROKEN = (
    BadZipFile,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,  # a password is needed; NotImplementedError, too: a version that nobody uses
    ValueError,
    struct.error,
    zlib.error,
)
