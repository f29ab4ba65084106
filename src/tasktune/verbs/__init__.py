"""What one can do with a task and a model: one file a verb."""
