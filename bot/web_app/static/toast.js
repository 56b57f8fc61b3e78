// One sentence for the person at this browser, read aloud by screen readers, gone after a while.

import { byId, el } from "./dom.js";

const SHOWN_MS = 6000;
const SHOWN_WITH_ACTION_MS = 15000;

// `action` is { label, act }: a way back from what the sentence tells.
export function toast(sentence, action = null) {
  const box = byId("toasts");
  const take = () => {
    note.remove();
    action.act();
  };
  const button = action && el("button", { type: "button", onclick: take }, action.label);
  const note = el("p", { class: "toast" }, sentence, button);
  box.replaceChildren(note);
  setTimeout(() => note.remove(), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}
