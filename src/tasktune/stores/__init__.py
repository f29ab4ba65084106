"""Where passages and their vectors are kept and searched: one file by default, a server where that is not enough."""
