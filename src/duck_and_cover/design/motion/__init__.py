"""The moving loop: the front as a short upright film in which the art moves and the letters stand still.

`stage` lays the square front out on an upright frame, `moves` says how art may move, `field` moves it, `drawing` has
the finish draw it, `lettered` keeps the words readable and `overlay` keeps them still; `loop` gives the frames and
`encode` makes them an MP4.
"""
