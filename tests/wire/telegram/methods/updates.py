"""How the bot gets its updates: getUpdates, setWebhook and what goes with them."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.calls import Call
from tests.wire.telegram.faults import ApiError, wrong_request
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.updates import KINDS
from tests.wire.telegram.world import World

MAX_LIMIT = 100


@method("getUpdates")
async def get_updates(world: World, call: Call) -> Any:
    if world.webhook.url:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
            "first",
            wrong=True,
        )
    limit = call.number("limit", MAX_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise wrong_request("limit must be between 1 and 100")
    world.updates.allow(_read_allowed(call))
    try:
        return await world.updates.fetch(call.number("offset", 0), limit, call.number("timeout", 0))
    except ApiError as error:
        # A caller that died is no second instance.
        error.wrong = call.connected()
        raise


@method("setWebhook")
async def set_webhook(world: World, call: Call) -> bool:
    world.updates.allow(_read_allowed(call))
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    await world.webhook.set(call.text("url"), call.text("secret_token", ""), call.number("max_connections", 40))
    return True


@method("deleteWebhook")
async def delete_webhook(world: World, call: Call) -> bool:
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    await world.webhook.set("", "", 40)
    return True


@method("getWebhookInfo")
async def get_webhook_info(world: World, call: Call) -> Any:
    return world.webhook.info()


def _read_allowed(call: Call) -> list[str] | None:
    """Unknown names are passed over, as Telegram does with names it does not know yet."""
    if not call.has("allowed_updates"):
        return None
    return [kind for kind in call.json("allowed_updates") if kind in KINDS]
