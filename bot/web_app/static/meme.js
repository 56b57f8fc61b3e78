// A meme as a card: the picture, its votes and buttons, and the form for one's own words.

import { post } from "./api.js";
import { el, fill, settings, text } from "./dom.js";

const VOTES = new Set(["up", "down"]);

export function memeCard(message) {
  const card = el("article", { class: "card meme", "data-candidate": message.candidate });
  const picture = el("img", {
    src: message.picture.url,
    alt: message.alt,
    width: message.picture.width,
    height: message.picture.height,
  });
  const figure = el("figure", {}, picture, message.note ? el("figcaption", {}, message.note) : null);
  card.append(figure, actions(card, message));
  showBusy(card, message.busy);
  return card;
}

// Bring a card up to date; false when it shows another candidate and must be built anew.
export function updateMeme(card, message) {
  if (card.dataset.candidate !== message.candidate) return false;
  for (const action of VOTES) {
    const button = card.querySelector(`[data-action="${action}"]`);
    button.querySelector("b").textContent = message[action];
    button.setAttribute("aria-pressed", message.mine === (action === "up" ? 1 : -1));
  }
  showBusy(card, message.busy);
  return true;
}

function actions(card, message) {
  const row = el("div", { class: "actions" });
  for (const button of message.buttons) {
    if (button.only_for && button.only_for !== settings.you.id) continue;
    if (button.action === "next") row.append(el("span", { class: "gap" }));
    row.append(actionButton(card, message, button));
    if (button.action === "edit") row.append(downloadLink(message));
  }
  return row;
}

function actionButton(card, message, button) {
  const voting = VOTES.has(button.action);
  return el(
    "button",
    {
      type: "button",
      class: "act",
      title: button.label,
      "aria-label": button.label,
      "data-action": button.action,
      "aria-pressed": voting ? message.mine === (button.action === "up" ? 1 : -1) : null,
      onclick: () => press(card, message, button),
    },
    el("span", { "aria-hidden": true }, button.emoji),
    voting ? el("b", {}, String(message[button.action])) : null,
  );
}

function downloadLink(message) {
  const ending = message.picture.media_type.split("/")[1].replace("jpeg", "jpg");
  return el(
    "a",
    { class: "act", href: message.picture.url, download: `meme.${ending}`, title: text.download, "aria-label": text.download, "data-action": "download" },
    el("span", { "aria-hidden": true }, "⬇️"),
  );
}

async function press(card, message, button) {
  if (card.getAttribute("aria-busy") === "true") return;
  const slow = button.action === "next";
  if (slow) showBusy(card, " ");
  const answer = await post("/api/press", { message: message.id, button: button.custom_id });
  if (slow) showBusy(card, null);
  if (answer.form) openForm(card, message, answer.form);
}

function showBusy(card, words) {
  card.querySelector(".busy-veil")?.remove();
  card.setAttribute("aria-busy", Boolean(words));
  if (words) card.querySelector("figure").append(el("div", { class: "busy-veil" }, words));
}

function openForm(card, message, form) {
  card.querySelector(".edit")?.remove();
  const fields = form.lines.map((line, index) => {
    const area = el("textarea", { rows: 1, maxlength: form.max_chars });
    area.value = line;
    area.setAttribute("aria-label", fill(text.line, { number: index + 1 }));
    return area;
  });
  const close = () => {
    edit.remove();
    card.querySelector('[data-action="edit"]').focus();
  };
  const edit = el(
    "form",
    { class: "edit", onsubmit: (event) => submit(event, card, message, form, fields) },
    fields.map((area, index) => el("label", {}, fill(text.line, { number: index + 1 }), area)),
    el(
      "div",
      {},
      el("button", { type: "button", class: "quiet", onclick: close }, text.cancel),
      el("button", { type: "submit", class: "primary" }, text.save),
    ),
  );
  edit.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("textarea")) {
      event.preventDefault();
      edit.requestSubmit();
    }
  });
  card.append(edit);
  fields[0]?.focus();
  edit.scrollIntoView({ block: "center" });
}

async function submit(event, card, message, form, fields) {
  event.preventDefault();
  const edit = event.target;
  const button = edit.querySelector(".primary");
  button.disabled = true;
  showBusy(card, " ");
  const lines = fields.map((area) => area.value);
  const answer = await post("/api/edit", { message: message.id, form: form.form, lines });
  showBusy(card, null);
  button.disabled = false;
  if (answer.ok) edit.remove();
}
