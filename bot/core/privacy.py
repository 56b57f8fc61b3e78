"""What is stored of a person, laid out for them to read, as plain values that JSON can carry."""

from __future__ import annotations

from bot.core.ports import PersonRecord

Listing = dict[str, list[dict[str, object]]]


def lay_out(record: PersonRecord) -> Listing:
    """Captions the person asked for, and their votes (1 or -1) by candidate id."""
    return {
        "captions": [
            {
                "candidate": stored.id,
                "chat": stored.chat_id,
                "lines": list(stored.candidate.lines),
                "template": stored.candidate.template,
                "tone": stored.candidate.tone,
                "written_by": stored.model,
            }
            for stored in record.candidates
        ],
        "votes": [{"candidate": vote.candidate_id, "value": vote.value} for vote in record.votes],
    }
