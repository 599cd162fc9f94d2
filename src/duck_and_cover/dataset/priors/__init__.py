"""What real covers of a genre and a time do, as numbers that the design can use.

observe.py  one cover -> what is counted        shrink.py  many covers -> effects of family and decade, drawn towards
learn.py    all statistics, held against covers            their parents where few covers speak
            that were kept back                 chart.py   the result as a picture
"""
