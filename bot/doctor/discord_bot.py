"""Discord: the token, the application's switches, the servers and permissions, the slash commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.core.commands import COMMANDS
from bot.core.texts import say
from bot.doctor.asking import Unreachable
from bot.doctor.discord_facts import SLASH, Application, Discord, DiscordFacts, Refused
from bot.doctor.discord_rights import find_missing, invite_link
from bot.doctor.findings import Finding, Findings, count, fine, foreign, hint, note, problem
from bot.doctor.kit import Kit
from bot.settings import Settings

PORTAL: Final = "https://discord.com/developers/applications"
NAMED: Final = 3


async def check_discord(kit: Kit) -> Findings:
    settings = kit.settings
    token = settings.discord_token.get_secret_value()
    if not token:
        return (note("DISCORD_TOKEN is not set: not connected.", "docs/discord.md says how to get one."),)
    try:
        facts = await Discord(kit.asker, settings.discord_api_url, token).look_up()
    except Unreachable as error:
        remedy = "Check this machine's way to the internet (and DISCORD_API_URL, if you set it)."
        return (problem(f"Discord can't be reached: {error}.", remedy),)
    except Refused as refused:
        return (_explain(refused),)
    except (KeyError, TypeError, ValueError, AttributeError):
        return (problem("What answers at DISCORD_API_URL is not Discord.", "Take DISCORD_API_URL out of .env."),)
    return (
        fine(f"The token is good: the bot is {foreign(facts.name)}, application {facts.application.id}."),
        *check_application(facts.application),
        *check_content(facts.application, wanted=settings.discord_message_content),
        *check_servers(facts),
        *check_commands(facts),
        *check_shards(facts, settings),
        note("Invite it with exactly the permissions it needs:", invite_link(facts.application.id)),
    )


def _explain(refused: Refused) -> Finding:
    if refused.status == 401:
        return problem(
            "Discord does not accept DISCORD_TOKEN.",
            f"Open {PORTAL}, your application, Bot, Reset Token, and put the new one into .env.",
        )
    if refused.status == 429:
        return hint(
            "Discord asks us to slow down.", f"Run memesmith doctor again in {refused.retry_after_s + 1:.0f} s."
        )
    return problem(
        f"Discord answers with status {refused.status}.", "Try again later; https://discordstatus.com tells more."
    )


def check_application(application: Application) -> Iterable[Finding]:
    page = f"{PORTAL}/{application.id}"
    if application.endpoint:
        yield problem(
            "An Interactions Endpoint URL is set, so Discord sends commands there and the bot hears none.",
            f"Empty it on {page}/information and save.",
        )
    if application.needs_code_grant:
        yield problem(
            "Invitations fail while the application requires a code grant.", f"Switch that off on {page}/bot."
        )
    if application.takes_users:
        yield fine("People may add it to their own account and use it in every chat.")
    else:
        yield note(
            "It can't be added to a person's own account.", f"If it should: tick User Install on {page}/installation."
        )
    if not application.is_public:
        yield note("Only you can add it to servers.", f"If others may: switch Public Bot on, on {page}/bot.")
    elif not application.policy:
        yield hint(
            "Anybody can add it, but its profile links no privacy policy.",
            f"Fill in Privacy Policy URL on {page}/information; docs/legal has one to publish.",
        )


def check_content(application: Application, *, wanted: bool) -> Iterable[Finding]:
    page = f"{PORTAL}/{application.id}/bot"
    if wanted and not application.reads_messages:
        yield problem(
            "DISCORD_MESSAGE_CONTENT is on, but Discord does not let this bot read messages.",
            f"Switch Message Content Intent on, on {page}, or set DISCORD_MESSAGE_CONTENT=false.",
        )
    elif wanted:
        yield fine("It may read what members write (message content).")
    else:
        yield note(
            "It does not read what members write; commands, menus, mentions and private messages work.",
            f"To read along: Message Content Intent on {page}, and DISCORD_MESSAGE_CONTENT=true.",
        )


def check_servers(facts: DiscordFacts) -> Iterable[Finding]:
    if not facts.servers:
        yield hint("It is in no server yet.", "Open the link below, choose your server, and press Authorize.")
        return
    lacking = [(server, missing) for server in facts.servers if (missing := find_missing(server.permissions))]
    at_least = "" if facts.are_all_servers else "at least "
    where = f"It is in {at_least}{count(len(facts.servers), 'server')}"
    if not lacking:
        yield fine(f"{where}, with every permission it needs.")
        return
    yield fine(f"{where}; {len(facts.servers) - len(lacking)} of them with every permission it needs.")
    for server, missing in lacking[:NAMED]:
        yield problem(
            f"In {foreign(server.name)} it lacks {', '.join(missing)}.",
            "Server Settings, Roles, the bot's role, Permissions; or open the link below once more for that server.",
        )
    if len(lacking) > NAMED:
        yield problem(f"So it is in {count(len(lacking) - NAMED, 'more server')}.", "The link below mends each.")


def check_commands(facts: DiscordFacts) -> Iterable[Finding]:
    there = {name for kind, name in facts.commands if kind == SLASH}
    missing = [name for name in (say("en", f"command.{each.name}.name") for each in COMMANDS) if name not in there]
    if not there:
        yield hint("It has no slash commands yet.", "They are registered when Memesmith starts: make run.")
    elif missing:
        lacking = ", ".join(f"/{name}" for name in missing)
        yield hint(f"These slash commands are not registered: {lacking}.", "Start this version once: make run.")
    else:
        menus = len(facts.commands) - len(there)
        yield fine(f"Registered: {count(len(there), 'slash command')} and {menus} in menus.")


def check_shards(facts: DiscordFacts, settings: Settings) -> Iterable[Finding]:
    if 0 < settings.discord_shards < facts.shards_advised:
        yield hint(
            f"DISCORD_SHARDS is {settings.discord_shards}, but Discord advises {facts.shards_advised}.",
            "Set DISCORD_SHARDS=0 to take what Discord advises.",
        )
    if facts.starts_left <= 0:
        hours = facts.starts_reset_s / 3600
        yield problem(
            "It has connected so often that Discord lets it start no more today.",
            f"Wait {hours:.0f} h, and find out why it starts so often: its last log line says why it stopped.",
        )
