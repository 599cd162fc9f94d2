"""The same in a browser: one page on this machine, a few processes that make covers, one file that remembers them.

app.py      the application: routes, state, start and end      security.py  who may ask, and how much
recipe.py   a cover as the query of an address, and back       form.py      what was typed, checked field by field
pool.py     processes and a fair queue (jobs.py)               worker.py    the loop in each of them
easel.py    covers, in a worker                                tasks.py     all that workers do, by name
previews.py eight drafts, one after the other                  choices.py   genres and names to choose from
projects.py every sleeve made, in one SQLite file              uploads.py   pictures and music that were dropped
exports.py  kits and single files, whole or not at all         pages.py, api.py  what is answered
"""
