"""Discord as a front end: what happens there becomes values of the core, and what the core answers is shown there.

Holds no decision: rights, limits, words and languages are the core's. What is Discord's own stands here: deadlines and
tokens of interactions, intents, shards, where files may be fetched from, and which rights the bot itself has.
"""
