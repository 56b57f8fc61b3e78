"""English for the page where a chat's templates are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "boxes.title": "Template desk",
    "boxes.tagline": "Pictures of your own, and where their words go",
    "boxes.skip": "Skip to the drawing board",
    "boxes.to_room": "Back to the room",
    # The door.
    "boxes.door": "Here you draw the text boxes of your chat's own templates. The link is yours alone and opens once, "
    "so press the button when you have a few minutes; the page then stays open for an hour.",
    "boxes.enter": "Open the desk",
    "boxes.used": "This link has been used, or is too old. Ask the bot in your chat for a new one.",
    "boxes.over": "Your visit here is over. Ask the bot in your chat for a new link.",
    "boxes.room_first": "Open the room first, then come here from it.",
    # The shelf.
    "boxes.shelf": "This chat's templates",
    "boxes.new": "New",
    "boxes.no_templates": "None yet. The first one you save appears here, and for everybody in the chat.",
    "boxes.rename": "Rename the template",
    "boxes.rename_one": "Rename “{name}”",
    "boxes.remove_one": "Remove “{name}”",
    "boxes.removed": "“{name}” is removed.",
    "boxes.restored": "“{name}” is back.",
    "boxes.renamed": "It is called “{name}” now.",
    "boxes.undo": "Undo",
    "boxes.redo": "Redo",
    # The drawing board.
    "boxes.new_title": "A new template",
    "boxes.edit_title": "Change the template",
    "boxes.choose": "Choose a picture",
    "boxes.choose_hint": "Or drop one anywhere on this page. Memes will be made on it, so leave room for words.",
    "boxes.drop": "Drop the picture",
    "boxes.tools": "Tools",
    "boxes.add_box": "Add a box",
    "boxes.hide_boxes": "Hide the boxes",
    "boxes.board": "Text boxes on the picture",
    "boxes.board_role": "drawing board",
    "boxes.board_picture": "The picture with example lines in its boxes",
    "boxes.box_role": "text box",
    "boxes.box_place": "Box {number} of {count}: {x} % from the left, {y} % from the top, {w} % wide, {h} % high",
    "boxes.box_removed": "Box {number} is removed.",
    "boxes.boxes_full": "That is as many boxes as a template can have.",
    "boxes.help": "Drag on the picture to draw a box, drag a box to move it, and its handles to resize it.",
    "boxes.help_keys": "With the keyboard: Tab goes to a box, arrow keys move it, Shift and arrow keys resize it, "
    "Delete removes it.",
    "boxes.drawing": "Drawing …",
    # Beside it.
    "boxes.name": "Name",
    "boxes.name_hint": "Tired cat",
    "boxes.arrangements": "Usual places",
    "boxes.lines": "Boxes, in the order of the lines",
    "boxes.line_label": "Example line for box {number}",
    "boxes.no_lines": "No boxes: the lines go along the top and the bottom.",
    "boxes.box_earlier": "Let box {number} come earlier",
    "boxes.box_remove": "Remove box {number}",
    "boxes.example_1": "my cat at 4 am",
    "boxes.example_2": "every glass I own",
    "boxes.example_3": "gravity",
    "boxes.example_4": "me, awake",
    "boxes.save": "Save",
    "boxes.saved": "“{name}” is saved. Everybody in the chat can use it now.",
    "boxes.unsaved": "What you have drawn is not saved. Leave it?",
    "boxes.close": "Close",
    "boxes.failed": "Something broke here. Please try again.",
    "boxes.offline": "The connection is gone. Please try again in a moment.",
}
