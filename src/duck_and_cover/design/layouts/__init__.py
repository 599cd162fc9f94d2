"""Layouts: where picture and words stand, and how well that suits the picture."""
