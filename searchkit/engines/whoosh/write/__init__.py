"""How do articles become segments, and segments a generation?"""
