"""What does Whoosh see of our index? The schema and the codec that its `open_dir` finds."""
