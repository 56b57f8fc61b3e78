"""What the doctor finds on Telegram, against a server that speaks the Bot API."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.doctor.findings import Findings, Level
from bot.doctor.telegram_bot import check_telegram, check_webhook_settings
from bot.settings import Settings
from tests.bot.doctor.conftest import MakeKit, said
from tests.wire.telegram import TelegramWire

Look = Callable[..., Coroutine[Any, Any, Findings]]

PUBLIC = "https://memes.example.org/secret-path"


@pytest.fixture
def look(telegram: TelegramWire, make_kit: MakeKit) -> Look:
    async def run(**settings: Any) -> Findings:
        values = {"telegram_token": telegram.token, "telegram_api_url": telegram.origin, **settings}
        return await check_telegram(make_kit(**values))

    return run


async def test_without_a_token_nothing_is_asked(telegram: TelegramWire, look: Look) -> None:
    """Staying away from Telegram is neither good nor bad."""
    (found,) = await look(telegram_token="")
    assert (found.level, found.fact) == (Level.NOTE, "TELEGRAM_TOKEN is not set: not connected.")
    assert not telegram.world.calls


async def test_a_good_token_names_the_bot_and_takes_no_update(telegram: TelegramWire, look: Look) -> None:
    """Asking for updates would take them from the bot that is running."""
    assert "https://t.me/memesmith_test_bot" in said(await look(), Level.FINE)
    assert {call.method for call in telegram.world.calls} == {"getMe", "getWebhookInfo", "getMyCommands"}


async def test_a_wrong_token_is_a_problem_and_is_not_shown(telegram: TelegramWire, look: Look) -> None:
    (found,) = await look(telegram_token="123456:not-the-token")  # noqa: S106 - opens nothing
    assert found.level is Level.PROBLEM
    assert "@BotFather" in found.remedy
    assert "not-the-token" not in said((found,))


async def test_being_slowed_down_is_no_problem(telegram: TelegramWire, look: Look) -> None:
    telegram.rate_limit_next("getMe", 9)
    (found,) = await look()
    assert (found.level, "9 s" in found.remedy) == (Level.HINT, True)


async def test_a_telegram_that_breaks_off_is_a_problem(telegram: TelegramWire, look: Look) -> None:
    """The reason names no address, since the address holds the token."""
    for _ in range(3):
        telegram.drop_next("getMe")
    (found,) = await look()
    assert found.level is Level.PROBLEM
    assert telegram.token not in said((found,))


@pytest.mark.parametrize(
    ("attribute", "good", "bad", "level", "words"),
    [
        pytest.param("reads_all", True, False, Level.NOTE, "Privacy mode is on", id="privacy mode"),
        pytest.param("inline_enabled", True, False, Level.HINT, "Inline mode is off", id="inline mode"),
    ],
)
async def test_what_botfather_set_is_told(
    telegram: TelegramWire, look: Look, attribute: str, good: bool, bad: bool, level: Level, words: str
) -> None:
    """With the way to change it, which lies in BotFather's menu."""
    setattr(telegram.world, attribute, bad)
    found = said(await look(), level)
    assert words in found
    assert "Bot Settings" in found
    setattr(telegram.world, attribute, good)
    assert words not in said(await look())


async def test_a_bot_that_may_not_join_groups_is_told(telegram: TelegramWire, look: Look) -> None:
    assert "can't be added" not in said(await look())
    telegram.world.joins_groups = False
    assert "can't be added to groups" in said(await look(), Level.HINT)


async def test_a_chat_for_uploads_has_to_be_one_that_it_is_in(telegram: TelegramWire, look: Look) -> None:
    """Unknown, left, and as it should be; without one nothing is asked."""
    assert not telegram.calls("getChat")
    assert "TELEGRAM_UPLOAD_CHAT" in said(await look(telegram_upload_chat="-100123"), Level.PROBLEM)
    channel = telegram.add_channel(telegram.add_user("Ann"))
    assert said(await look(telegram_upload_chat=str(channel.id)), Level.PROBLEM) == ""
    await telegram.kick_bot(channel)
    assert "TELEGRAM_UPLOAD_CHAT" in said(await look(telegram_upload_chat=str(channel.id)), Level.PROBLEM)


async def test_an_empty_menu_is_told(telegram: TelegramWire, look: Look) -> None:
    """It is filled at the first start."""
    assert "menu is empty" in said(await look(), Level.HINT)
    menu = [{"command": "meme", "description": "Make a meme"}]
    telegram.world.profile.commands[("all_private_chats",), ""] = menu
    assert "menu has 1 command." in said(await look(), Level.FINE)


async def test_polling_and_a_webhook_of_somebody_else(telegram: TelegramWire, look: Look) -> None:
    """Who asks for updates must not have a webhook; only its host is shown."""
    assert "no webhook" in said(await look(), Level.FINE)
    telegram.world.webhook.url = PUBLIC
    found = await look()
    assert "memes.example.org, but TELEGRAM_WEBHOOK_URL is empty" in said(found, Level.HINT)
    assert "secret-path" not in said(found)


async def test_a_webhook_that_telegram_was_not_told_yet(telegram: TelegramWire, look: Look) -> None:
    """The start tells it."""
    assert "nowhere, not to memes.example.org" in said(await look(telegram_webhook_url=PUBLIC), Level.HINT)
    telegram.world.webhook.url = PUBLIC
    found = await look(telegram_webhook_url=PUBLIC)
    assert "sends its updates to memes.example.org." in said(found, Level.FINE)
    assert said(found, Level.PROBLEM) == ""


async def test_a_webhook_that_fails_is_a_problem_until_it_works(telegram: TelegramWire, look: Look) -> None:
    """Telegram says what it met; an old error with nothing waiting is over."""
    ann = telegram.add_user("Ann")
    group = telegram.add_group(ann)
    await telegram.say(ann, group, "/meme tea")
    telegram.world.webhook.url = PUBLIC
    telegram.world.webhook.last_error = (int(time.time()), "Wrong response from the webhook: 502 Bad Gateway")
    found = said(await look(telegram_webhook_url=PUBLIC), Level.PROBLEM)
    assert "502 Bad Gateway" in found
    assert "can't deliver 1 update to memes.example.org" in found
    telegram.world.updates.waiting.clear()
    assert said(await look(telegram_webhook_url=PUBLIC), Level.PROBLEM) == ""


async def test_updates_that_wait_are_told(telegram: TelegramWire, look: Look) -> None:
    """Written while the bot was away; they come once it starts."""
    ann = telegram.add_user("Ann")
    await telegram.say(ann, telegram.add_group(ann), "/meme tea")
    assert "1 update will be fetched" in said(await look(), Level.NOTE)
    telegram.world.updates.waiting.clear()
    assert "will be fetched" not in said(await look())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({"telegram_webhook_url": "http://memes.example.org/"}, "https://", id="without TLS"),
        pytest.param({"telegram_webhook_url": "https://localhost/"}, "only this machine", id="a private name"),
        pytest.param({"telegram_webhook_url": "https://memes.example.org:8080/"}, "port 8080", id="another port"),
        pytest.param(
            {"telegram_webhook_url": PUBLIC, "telegram_webhook_secret": "mit Leerzeichen"}, "characters", id="a secret"
        ),
    ],
)
def test_webhook_settings_that_telegram_would_refuse(make_kit: MakeKit, values: dict[str, str], words: str) -> None:
    """Found before Telegram is asked; and good ones are passed over in silence."""
    assert words in said(tuple(check_webhook_settings(make_kit(**values).settings)), Level.PROBLEM)
    good = {"telegram_webhook_url": "https://memes.example.org:8443/x", "telegram_webhook_secret": "a-b_c9"}
    assert list(check_webhook_settings(make_kit(**good).settings)) == []


def test_a_secret_without_a_webhook_has_no_effect(make_kit: MakeKit) -> None:
    alone = make_kit(telegram_webhook_secret="abc").settings  # noqa: S106 - opens nothing
    assert "no effect" in said(tuple(check_webhook_settings(alone)), Level.HINT)
    assert list(check_webhook_settings(Settings())) == []


def test_a_server_of_one_s_own_takes_any_address(make_kit: MakeKit) -> None:
    """A local Bot API server delivers by plain HTTP to any port."""
    values = {"telegram_webhook_url": "http://127.0.0.1:9000/x", "telegram_api_url": "http://127.0.0.1:8081"}
    assert list(check_webhook_settings(make_kit(**values).settings)) == []
