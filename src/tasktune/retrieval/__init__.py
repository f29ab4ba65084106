"""Finding the passages that answer a question: by words, by vectors, by both, and put in a better order."""
