// The list of messages, kept equal to the server's, in the order they were posted.

import { botFace, byId, el, face, settings, text } from "./dom.js";
import { checkCard, genreCard } from "./looks.js";
import { memeCard, updateMeme } from "./meme.js";

const NEAR_PX = 160;

const ASKED = { meme: text.asked_meme, genre: text.asked_genre, check: text.asked_check };

export class Conversation {
  #list = byId("messages");
  #items = new Map();
  #newer = byId("newer");
  #stick = true; // whoever reads the end keeps seeing the end; whoever reads above is left there

  constructor() {
    this.#newer.addEventListener("click", () => this.#toEnd());
    addEventListener("scroll", () => this.#follow(), { passive: true });
    new ResizeObserver(() => this.#stick && this.#toEnd()).observe(this.#list);
  }

  // After a greeting: drop what the server no longer has, then take in what changed.
  sync(present, messages) {
    const known = new Set(present);
    for (const id of [...this.#items.keys()]) if (!known.has(id)) this.remove(id);
    for (const message of messages) this.show(message);
    this.#showEmpty();
  }

  show(message) {
    const old = this.#items.get(message.id);
    if (old && message.kind === "meme") {
      const card = old.querySelector(".meme");
      if (card && updateMeme(card, message)) return;
    }
    this.#stick = this.#atEnd() || message.author_id === settings.you.id;
    const item = listItem(message);
    if (old) replaceKeepingFocus(old, item);
    else this.#list.append(item);
    this.#items.set(message.id, item);
    if (this.#stick) this.#toEnd();
    else if (!old) this.#newer.hidden = false;
    this.#trim();
    this.#showEmpty();
  }

  remove(id) {
    this.#items.get(id)?.remove();
    this.#items.delete(id);
    this.#showEmpty();
  }

  #follow() {
    this.#stick = this.#atEnd();
    if (this.#stick) this.#newer.hidden = true;
  }

  #trim() {
    while (this.#items.size > settings.max_messages) this.remove(this.#items.keys().next().value);
  }

  #showEmpty() {
    byId("empty").hidden = this.#items.size > 0;
  }

  #atEnd() {
    const page = document.documentElement;
    return page.scrollHeight - page.scrollTop - page.clientHeight < NEAR_PX;
  }

  #toEnd() {
    this.#newer.hidden = true;
    scrollTo({ top: document.documentElement.scrollHeight });
  }
}

function listItem(message) {
  const mine = message.kind === "ask" && message.author_id === settings.you.id;
  const who = message.kind === "ask" ? face(message.author_id, message.author) : botFace();
  return el("li", { "data-id": message.id, "data-kind": message.kind, class: mine ? "mine" : null }, who, body(message));
}

// Whoever works with the keyboard stays on the button they pressed.
function replaceKeepingFocus(old, item) {
  const action = old.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  old.replaceWith(item);
  if (action) item.querySelector(`[data-action="${action}"]`)?.focus();
}

function body(message) {
  switch (message.kind) {
    case "ask":
      return question(message);
    case "meme":
      return memeCard(message);
    case "genre":
      return genreCard(message);
    case "check":
      return checkCard(message);
    default:
      return el("article", { class: "card" }, el("div", { class: "wait", "aria-busy": true }, message.text));
  }
}

function question(message) {
  const name = message.author_id === settings.you.id ? `${message.author} (${text.you})` : message.author;
  const photo = message.with_photo ? ` 📷 ${text.with_photo}` : "";
  return el(
    "article",
    { class: "said" },
    el("b", {}, name),
    el("span", {}, ` ${ASKED[message.verb]}${photo}`),
    message.prompt ? el("p", {}, message.prompt) : null,
  );
}
