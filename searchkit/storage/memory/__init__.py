"""How does a record behave? The reference, in memory: slow and simple; tests compare others with it."""
