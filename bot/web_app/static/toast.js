// One sentence for the person at this browser, read aloud by screen readers, gone after a while.

import { byId, el } from "./dom.js";

const SHOWN_MS = 6000;

export function toast(sentence) {
  const box = byId("toasts");
  const note = el("p", { class: "toast" }, sentence);
  box.replaceChildren(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
