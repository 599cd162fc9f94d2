"""Files: pixels and outlines as PNG, JPEG, SVG and PDF, and what each says of itself."""
