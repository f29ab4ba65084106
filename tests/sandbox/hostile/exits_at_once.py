"""Leaves without any cleaning up."""

import os

os._exit(0)
