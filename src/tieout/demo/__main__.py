"""Acts: ``python -m tieout.demo``, which is what ``./run demo`` becomes."""

import sys

from tieout.demo.supervisor import main

sys.exit(main(sys.argv[1:]))
