"""Documents in, passages out: a file a format, told apart by what they are, and cut along their structure."""
