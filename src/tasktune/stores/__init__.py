"""Where passages and their vectors are kept and searched: one file by default, a server where that is not enough."""

from tasktune.stores.base import MAIN, Facts, Store, Where
from tasktune.stores.opening import open_store

__all__ = ["MAIN", "Facts", "Store", "Where", "open_store"]
