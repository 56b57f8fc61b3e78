"""`memesmith doctor`: looks at everything a Memesmith needs, and says in one line each what is fine or what to do.

One file per kind of check; each check is a coroutine that takes a `Kit` and returns findings. A check reads and asks,
and changes nothing: no migration runs, no update is taken from Telegram, no command is registered.
"""
