"""English for what only Telegram needs to have said: hints about its rules, and the way into a private chat."""

from __future__ import annotations

from typing import Final

ENGLISH: Final = {
    "telegram.description": "Send me a picture, a sticker or a few words, and I make a meme of it. Vote with 👍 and "
    "👎; /top shows what a chat likes best.\n\n"
    "I work in private, in groups, in channels, and in any chat when you type my name and "
    "a few words. I keep votes and captions, never your pictures or messages; /privacy shows and erases them.",
    "telegram.short": "Makes memes of pictures and words, and lets you vote on them.",
    "telegram.hello": "Hello! Reply to a picture with /meme, or write /meme and a few words. "
    "/help says what else I do.",
    "telegram.privacy_mode": "I only see commands, replies to me and messages that name me. That is enough to make "
    "memes; I read nothing else.",
    "telegram.no_admin": "Buttons count votes for everybody. Emoji put on my memes count too, once an admin has made "
    "me an administrator; no right is needed for it.",
    "telegram.no_pictures": "I'm not allowed to send pictures here. An admin can allow it, and then I'll make memes.",
    "telegram.no_avatar": "There is no profile photo that I may see.",
    "telegram.cannot_delete": "Telegram no longer lets me remove that message: it is older than two days.",
    "telegram.not_yours": "That is for the person who asked.",
    "telegram.check_private": "I have looked at it. What I found is for the person who asked, and for nobody else.",
    "telegram.check_show": "Show me",
    "telegram.check_gone": "I can't see any more what this was about. Please ask again.",
    "telegram.too_slow": "That takes too long just now. Please try again in a moment.",
    "telegram.in_private": "That is between you and me: please open our private chat.",
    "telegram.open_private": "Open the private chat",
    "telegram.compose": "What should it be about?",
    "telegram.compose_how": "Reply to this message with a few words or a picture. The buttons set the mood, and how "
    "many captions there are to choose from.",
    "telegram.surprise": "Surprise me",
    "telegram.inline_hint": "Type what the meme should be about",
    "telegram.inline_start": "Say hello to me first, then memes appear here",
    "telegram.broken": "Something went wrong, and it is my fault. Please try again.",
}
