"""The Telegram front end: the bot in Telegram's private chats, groups, topics and channels, over `bot.core`.

`bot.app` starts a `TelegramBot` of `client` where a token is set. It decides nothing: sentences, rights, limits and
settings are the core's. Knows nothing of the other front ends.
"""
