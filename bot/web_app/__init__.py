"""The web room: a chat with the bot in it, in any browser. Transport and layout only; `bot.core` decides what is done.

The files have the names that every front end gives to the same jobs: `client` connects, `convert` turns the platform's
objects into values of the core, `commands` and `reactions` hand them over, `replies` carries the answers out.
"""
