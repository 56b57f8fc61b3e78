"""What the tables of the bias audit are called, and what a reader must know to read them."""

from __future__ import annotations

from typing import Final

TITLES: Final = {
    "groups_en": "Identity groups, English contrasts",
    "groups_ko": "Identity groups, Korean contrasts",
    "mentions": "Annotated texts that mention a group",
    "dialect": "Tweets that sound like African-American English",
    "language": "Languages",
    "templates": "What the captioner writes, by template",
    "prompts": "What the captioner writes when asked for a group",
}
NOTES: Final = {
    "groups_en": """
Drawn sentences of our own, whose frames and words were not learned from: each group stands in as many calm sentences
(neutral, proud, quoting hate to reject it) as in offensive ones of like wording. They show how the model treats one
group beside another, not how often it errs on what people really write.""",
    "groups_ko": """
As above, with the groups that Korean comments attack. A group has few sentences here: read the intervals.""",
    "mentions": """
Texts of the held-out and dev parts (tweets, forum posts, comments, memes without their pictures) that name a group by
an everyday word for it. Who is mentioned did not write the text, and annotators' own bias is in the labels. Groups with
fewer than eight calm texts are left out.""",
    "dialect": """
A proxy, by a list of words ("finna", "ain't", "y'all") and the habitual "be": many who write so are Southern or young,
and most African Americans tweet without. Davidson's tweets were gathered by a list of slurs and labelled by annotators
who need not know the dialect, so the sets stand apart and their labels are no truth about it.""",
    "language": """
Annotated texts of the two languages come from different sets with different rules; compare with care.""",
    "templates": """
Captions that the embedded captioner writes for each template without a prompt, before the flag model holds any
back.""",
    "prompts": """
Captions asked for by one word for the group. The flag model judges the captioner here, and itself: a calm caption
that it dislikes for the word counts as flagged, too.""",
}
SUMMARY_WORDS: Final = {
    "bias_gap_en": "worst group's accuracy under the mean, English contrasts",
    "bias_gap_by_chance_en": "the same were groups without effect, English",
    "bias_calm_gap_en": "worst group's share of calm texts left alone under the mean, English contrasts",
    "bias_calm_gap_by_chance_en": "the same were groups without effect, English",
    "bias_gap_ko": "worst group's accuracy under the mean, Korean contrasts",
    "bias_gap_by_chance_ko": "the same were groups without effect, Korean",
    "bias_calm_gap_ko": "worst group's share of calm texts left alone under the mean, Korean contrasts",
    "bias_calm_gap_by_chance_ko": "the same were groups without effect, Korean",
}
