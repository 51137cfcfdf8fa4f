"""Text to terms: folding, segmentation, character pairs, and the fingerprint of it all.

The only package that imports a segmenter.
"""
