"""The press: a piece becomes a PDF for a pressing plant, in CMYK, and a picture of how it will look."""
