"""The years of well-known templates and of genres, each with where the first year is told.

`first` is the year in which the captioned picture, or the picture that became it, is first recorded by the source.
`last` is the last year in which it was common, and is broad on purpose: memes fade and are never gone. Advice animals
end with the years in which their forums emptied (2014 to 2016); what was still common when this table was written ends
in `OPEN`. Templates whose first year we are not sure of are left out: their genre's years are told instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OPEN: Final = 2026
KNOW_YOUR_MEME: Final = "Know Your Meme"


@dataclass(frozen=True, slots=True)
class Fact:
    """`names` are what the template or genre is called; `source` is a publication and, after a colon, its entry."""

    names: tuple[str, ...]
    first: int
    last: int
    source: str


def _known(first: int, last: int, *names: str) -> Fact:
    """A fact from the entry of the first name."""
    return Fact(names, first, last, f"{KNOW_YOUR_MEME}: {names[0]}")


GENRE_FACTS: Final = (
    Fact(("rage_comic",), 2008, 2013, "Wikipedia: Rage comic; Daily Dot, 7 January 2013: Rage comics are dying"),
    Fact(("image_macro",), 2006, 2016, "Know Your Meme: Advice Dog; Advice Animals; Image Macros"),
    Fact(("text_post",), 2006, OPEN, "Wikipedia: Twitter (founded 2006); Tumblr (founded 2007)"),
    Fact(("ironic_surreal",), 2015, 2020, "Daily Dot, 26 December 2023: What are deep fried memes?"),
    Fact(("post_ironic",), 2016, OPEN, "Know Your Meme: Wholesome Memes; Post-Irony"),
    Fact(("viral_video",), 2005, OPEN, "Wikipedia: YouTube (founded 2005); Viral video"),
    Fact(("political",), 2008, OPEN, "L. Shifman, Memes in Digital Culture (2014): the 2008 presidential campaign"),
)

TEMPLATE_FACTS: Final = (
    # Advice animals and other pictures with text at the top and at the bottom.
    _known(2006, 2013, "Advice Dog"),
    _known(2007, 2012, "Lolcats", "lolcat", "i can has cheezburger"),
    _known(2008, 2015, "Philosoraptor"),
    _known(2008, 2014, "Courage Wolf"),
    _known(2009, 2014, "Insanity Wolf"),
    _known(2009, 2014, "Socially Awkward Penguin"),
    _known(2009, 2014, "Foul Bachelor Frog", "Bachelor Frog"),
    _known(2009, 2014, "Joseph Ducreux / Archaic Rap", "Joseph Ducreux", "Archaic Rap"),
    _known(2010, 2014, "Bear Grylls / Better Drink My Own Piss", "Bear Grylls"),
    _known(2010, 2014, "Socially Awesome Penguin"),
    _known(2010, 2014, "Paranoid Parrot"),
    _known(2010, 2014, "High Expectations Asian Father"),
    _known(2010, 2014, "Sad Keanu"),
    _known(2010, 2015, "Push It Somewhere Else Patrick", "Put It Somewhere Else Patrick", "Pushing Patrick"),
    _known(2010, 2015, "Y U NO Guy", "Y U No", "Why you no"),
    _known(2010, 2016, "X All The Y", "All The Things", "Do All The Things", "Clean All The Things"),
    _known(2010, 2016, "The Rent Is Too Damn High", "Too Damn High"),
    _known(2010, 2018, "Ancient Aliens", "Ancient Aliens Guy", "Aliens Guy"),
    _known(2011, 2014, "Business Cat"),
    _known(2011, 2014, "Chemistry Cat", "Science Cat"),
    _known(2011, 2014, "Anti-Joke Chicken"),
    _known(2011, 2014, "Annoying Facebook Girl"),
    _known(2011, 2014, "Hipster Ariel"),
    _known(2011, 2014, "Bad Joke Eel"),
    _known(2011, 2014, "Art Student Owl"),
    _known(2011, 2015, "[10] Guy", "10 Guy", "Really High Guy", "Stoner Stanley"),
    _known(2011, 2015, "Conspiracy Keanu"),
    _known(2011, 2015, "Grandma Finds the Internet", "Internet Grandma"),
    _known(2011, 2015, "First World Problems"),
    _known(2011, 2015, "Back in My Day"),
    _known(2011, 2016, "Scumbag Steve"),
    _known(2011, 2016, "Good Guy Greg"),
    _known(2011, 2016, "Condescending Wonka / Creepy Wonka", "Creepy Condescending Wonka", "Condescending Wonka"),
    _known(2011, 2016, "I Should Buy a Boat", "I Should Buy a Boat Cat", "Sophisticated Cat"),
    _known(2011, 2016, "Success Kid / I Hate Sandcastles", "Success Kid"),
    _known(2011, 2016, "The Most Interesting Man in the World"),
    _known(2011, 2018, "Futurama Fry / Not Sure If", "Futurama Fry", "Not Sure If"),
    _known(
        2011,
        2018,
        "Imminent Ned / Brace Yourselves",
        "Brace Yourselves X is Coming",
        "Winter Is Coming",
        "Brace Yourself",
    ),
    _known(2011, 2018, "Shut Up And Take My Money!", "Shut Up And Take My Money Fry"),
    _known(2012, 2014, "Ermahgerd", "Ermahgerd Girl"),
    _known(2012, 2014, "Overly Manly Man"),
    _known(2012, 2014, "Ridiculously Photogenic Guy"),
    _known(2012, 2015, "Actual Advice Mallard", "Malicious Advice Mallard"),
    _known(2012, 2015, "Overly Attached Girlfriend", "Overly Attached Girl", "Clingy Girlfriend"),
    _known(2012, 2015, "Annoyed Picard", "Picard WTF", "Captain Picard"),
    _known(2012, 2015, "Sudden Clarity Clarence", "Sudden Realization Ralph"),
    _known(2012, 2015, "Skeptical Baby"),
    _known(2012, 2015, "Unpopular Opinion Puffin"),
    _known(2012, 2016, "Bad Luck Brian"),
    _known(2012, 2016, "Confession Bear"),
    _known(2012, 2016, "Awkward Moment Seal", "Awkward Moment Sealion", "Awkward Seal"),
    _known(2012, 2016, "Skeptical Third World Kid", "Third World Skeptical Kid"),
    _known(2012, 2016, "Third World Success", "Third World Success Kid"),
    _known(2012, 2016, "Ain't Nobody Got Time for That", "Sweet Brown"),
    _known(2012, 2016, "Am I the Only One Around Here"),
    _known(2012, 2017, "The Lie Detector Determined That Was a Lie", "Maury Lie Detector"),
    _known(2012, 2018, "Matrix Morpheus / What If I Told You", "Matrix Morpheus", "What If I Told You"),
    _known(2012, 2019, "Grumpy Cat"),
    _known(2013, 2016, "Bad Pun Dog"),
    _known(2013, 2019, "Y'all Got Any More of Them", "Yall Got Any More Of That"),
    _known(2013, 2020, "I'm the Captain Now", "Look At Me", "Look At Me I'm the Captain Now"),
    _known(2013, 2022, "Leonardo DiCaprio Toast", "Leonardo Dicaprio Cheers", "Gatsby Toast"),
    _known(2014, 2017, "But That's None of My Business", "Kermit the Frog Drinking Tea"),
    # Faces of rage comics.
    _known(2008, 2013, "Rage Guy (FFFFFUUUUUUUU-)", "Rage Guy", "Fuuu", "FFFFFFFUUUUUUUUUUUU"),
    _known(2008, 2014, "Trollface / Coolface / Problem?", "Trollface", "Coolface"),
    _known(2009, 2014, "Forever Alone", "Forever Alone Guy"),
    _known(2009, 2014, "Challenge Accepted"),
    _known(2010, 2014, "Me Gusta"),
    _known(2010, 2014, "Yao Ming Face / Bitch Please", "Yao Ming", "Yao Ming Face"),
    _known(2011, 2014, "Okay Guy", "Okay"),
    _known(2010, OPEN, "Wojak", "Feels Guy"),
    # Films, television and news.
    _known(2004, 2018, "One Does Not Simply Walk into Mordor", "One Does Not Simply"),
    _known(2006, 2014, "This is Sparta!", "Sparta Leonidas"),
    _known(2007, 2014, "Xzibit Yo Dawg", "Yo Dawg Heard You", "Yo Dawg"),
    _known(2007, 2015, "Facepalm", "Captain Picard Facepalm", "Picard Facepalm"),
    _known(2007, 2016, "Disaster Girl"),
    _known(2009, 2018, "The Rock Driving"),
    _known(2009, 2018, "My Parents Are Dead / Batman Slapping Robin", "Batman Slapping Robin", "Batman Slap Robin"),
    _known(2009, 2017, "And It's Gone", "Aaaaand Its Gone", "Aaand Its Gone", "Aand Its Gone"),
    _known(2010, 2021, "Doge"),
    _known(2011, 2018, "X, X Everywhere"),
    _known(2011, OPEN, "Hide The Pain Harold"),
    _known(2011, OPEN, "Spider-Man Pointing at Spider-Man"),
    _known(2011, OPEN, "Is This a Pigeon?", "Is This a Butterfly"),
    _known(2004, 2022, "Oprah's You Get a Car", "Oprah You Get A", "Oprah You Get a Car"),
    Fact(("Waiting Skeleton",), 2006, OPEN, "Vice: A Brief History of Skeleton Memes"),
    Fact(("Marked Safe From",), 2014, OPEN, "Wikipedia: Facebook Safety Check (began in October 2014)"),
    # Several panels, labels on things, and reactions.
    _known(2012, 2020, "Unsettled Tom", "Concerned Tom", "Traumatized Tom"),
    _known(2012, 2021, "Boardroom Suggestion", "Boardroom Meeting Suggestion"),
    _known(2013, 2021, "Who Killed Hannibal?"),
    _known(2013, OPEN, "This Is Fine"),
    _known(2014, OPEN, "Daily Struggle", "Two Buttons"),
    _known(2015, 2017, "Be Like Bill"),
    _known(2015, 2023, "Sad Pablo Escobar", "Waiting Pablo Escobar"),
    _known(2015, OPEN, "Drakeposting", "Drake Hotline Bling"),
    _known(2016, 2019, "Evil Kermit", "Evil Kermit Me To Me"),
    _known(2016, 2019, "Arthur's Fist", "Arthur Fist"),
    _known(2016, 2020, "Who Would Win?"),
    _known(2016, 2022, "Math Lady / Confused Lady", "Math Lady", "Confused Lady"),
    _known(2016, 2023, "Roll Safe", "Roll Safe Think About It"),
    _known(2016, OPEN, "Awkward Look Monkey Puppet", "Monkey Puppet"),
    _known(2017, 2019, "Salt Bae"),
    _known(2017, 2019, "Inhaling Seagull"),
    _known(2017, 2019, "Ugandan Knuckles"),
    _known(2017, 2020, "The Scroll of Truth"),
    _known(2017, 2020, "Trump's First Order of Business", "Trump Bill Signing"),
    _known(2017, 2021, "Mocking SpongeBob"),
    _known(2017, 2021, "Stonks"),
    _known(2017, 2022, "Hard to Swallow Pills"),
    _known(2017, 2022, "Running Away Balloon"),
    _known(2017, 2022, "Galaxy Brain", "Expanding Brain", "Whomst"),
    _known(2017, 2022, "Gru's Plan"),
    _known(2017, 2023, "Distracted Boyfriend"),
    _known(2017, OPEN, "Left Exit 12 Off Ramp"),
    _known(2018, 2020, "American Chopper Argument"),
    _known(2018, 2022, "Surprised Pikachu"),
    _known(2018, 2023, "Change My Mind"),
    _known(2018, OPEN, "Epic Handshake", "Predator Handshake"),
    _known(2018, OPEN, "Always Has Been", "Wait It's All Ohio? Always Has Been"),
    _known(2019, 2021, "Ight Imma Head Out", "Spongebob Ight Imma Head Out"),
    _known(2019, 2021, "Kombucha Girl"),
    _known(2019, 2022, "Baby Yoda", "Surprised Baby Yoda"),
    _known(
        2019,
        2022,
        "I Am Once Again Asking",
        "Bernie I Am Once Again Asking For Your Support",
        "Bernie Sanders Once Again Asking",
    ),
    _known(2019, 2023, "Woman Yelling at a Cat", "Woman Yelling At Cat"),
    _known(2019, 2023, "Tuxedo Winnie The Pooh"),
    _known(2019, 2023, "UNO Draw 25 Cards", "Draw 25"),
    _known(2020, 2023, "Swole Doge vs. Cheems", "Buff Doge vs. Cheems"),
    _known(2020, 2023, "Panik Kalm Panik", "Panik"),
    _known(2021, 2022, "Bernie Sanders Wearing Mittens Sitting in a Chair", "Bernie Sitting"),
    _known(2021, 2023, "Trade Offer"),
    _known(2021, OPEN, "For the Better, Right?", "Anakin Padme 4 Panel"),
    _known(2022, 2023, "Will Smith Slapping Chris Rock"),
)
