"""Which terms is a text found by? Folding, segmentation, character pairs, and the fingerprint of it all.

The only package that imports a segmenter.
"""
