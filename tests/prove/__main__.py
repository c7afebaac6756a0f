"""`python -m tests.prove`"""

import logging
import sys

from tests.prove.table import main

logging.disable(logging.WARNING)  # Streamlit's script runner misses its server in every run
sys.exit(main(sys.argv[1:]))
