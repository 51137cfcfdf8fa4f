"""Which articles are reprints of one another?"""
