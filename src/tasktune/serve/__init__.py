"""What is tuned or indexed here, answered over HTTP: JSON in, JSON out, answers streamed where that is asked for."""
