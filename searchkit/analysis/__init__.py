"""By which terms is a text found? Folding, segmentation, character pairs, and the fingerprint of all this.

The only package that imports a segmenter.
"""
