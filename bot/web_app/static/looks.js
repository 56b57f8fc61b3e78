// What the bot says about a picture: genre bars, and the flag with its reasons.

import { el, text } from "./dom.js";

const SIGNS = { clear: "✓", unsure: "?", offensive: "!", unknown: "–" };

export function genreCard(message) {
  return el(
    "article",
    { class: "card" },
    thumbnail(message, false),
    el(
      "div",
      { class: "look" },
      el("h3", {}, message.headline),
      bars(message.bars),
      message.details.length ? el("p", { class: "soft" }, message.details.join(" · ")) : null,
    ),
  );
}

export function checkCard(message) {
  return el(
    "article",
    { class: "card" },
    thumbnail(message, message.verdict === "offensive"),
    el(
      "div",
      { class: "look" },
      el(
        "div",
        { class: "verdict", "data-verdict": message.verdict },
        el("span", { "aria-hidden": true }, SIGNS[message.verdict]),
        el("div", {}, el("h3", {}, message.headline), el("p", {}, message.explanation)),
      ),
      quote(message.spans),
      message.reasons.length ? el("ul", { class: "reasons" }, message.reasons.map((reason) => el("li", {}, reason))) : null,
      bars(message.bars),
    ),
  );
}

function bars(rows) {
  if (!rows.length) return null;
  return el(
    "ul",
    { class: "bars" },
    rows.map((row) => {
      const percent = Math.round(row.score * 100);
      const filled = el("i");
      filled.style.width = `${percent}%`;
      return el(
        "li",
        { class: row.chosen ? "chosen" : null, "data-key": row.key },
        el("span", {}, row.label),
        el("span", { class: "track", role: "meter", "aria-label": row.label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent }, filled),
        el("span", { class: "value" }, `${percent}%`),
      );
    }),
  );
}

function quote(spans) {
  if (!spans.length) return null;
  return el(
    "p",
    { class: "quote" },
    el("small", {}, text.read_text),
    spans.map((span) => (span.weight > 0 ? el("mark", {}, span.text) : span.text)),
  );
}

function thumbnail(message, veiled) {
  if (!message.picture) return null;
  const { url, width, height } = message.picture;
  const figure = el("figure", { class: veiled ? "thumb veiled" : "thumb" }, el("img", { src: url, alt: "", width, height }));
  if (veiled) {
    const reveal = el("button", { type: "button", class: "primary reveal" }, text.reveal);
    reveal.addEventListener("click", () => {
      figure.classList.remove("veiled");
      reveal.remove();
    });
    figure.append(reveal);
  }
  return figure;
}
