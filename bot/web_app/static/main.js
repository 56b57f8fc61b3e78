// Where the page starts: news goes to the conversation, words and photos to the server.

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, fill, text } from "./dom.js";
import { LiveRoom } from "./live.js";
import { TemplatePicker } from "./picker.js";
import { prepareProfile } from "./profile.js";
import { toast } from "./toast.js";

const conversation = new Conversation();
const picker = new TemplatePicker();
const composer = new Composer(picker);
picker.chosen = (template) => composer.choose(template);
prepareProfile();

let warming = false;
let up = true;
let metBefore = false;

function showBanner() {
  const banner = byId("banner");
  banner.textContent = up ? text.warming : text.offline;
  banner.hidden = up && !warming;
}

const live = new LiveRoom(
  (event) => {
    if (event.type === "hello") conversation.sync(event.present, event.messages);
    if (event.type === "message") conversation.show(event.message);
    if (event.type === "remove") conversation.remove(event.id);
    if (event.type === "presence")
      byId("presence").textContent =
        event.count > 1 ? fill(text.presence_many, { count: event.count }) : text.presence_one;
    if (event.state) {
      warming = event.state === "loading";
      showBanner();
    }
  },
  (connected) => {
    if (connected && !up && metBefore) toast(text.online);
    metBefore ||= connected;
    up = connected;
    document.body.classList.toggle("offline", !connected);
    showBanner();
  },
);
live.connect();
