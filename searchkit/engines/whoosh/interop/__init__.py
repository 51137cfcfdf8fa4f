"""What does Whoosh see of our index? The schema and the codec that its own `open_dir` finds."""
