"""A dataset goes to the Hugging Face hub: rights.py (what may), card.py (what it says), publish.py (how it goes)."""
