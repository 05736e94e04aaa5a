"""`python -m benchmarks.replay` is `dispatch replay`."""

import sys

from dispatch.cli import main

sys.argv[1:1] = ["replay"]
main()
