"""What the bot does, for every chat platform alike. Knows no platform, no web framework, no database and no model.

Front ends import `bot.core.core.Core` and the values of `bot.core.values`; nothing else is needed.
"""
