"""Made-up covers, for tests and a first try: synthetic.py (plans), sheet.py (paint), looks.py (fourteen ways)."""
