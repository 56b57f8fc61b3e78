// Elements built from data. Text is only ever set as text, so nothing a person or a model wrote becomes markup.

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const settings = JSON.parse(byId("settings").textContent);
export const text = settings.text;

// Fill the {blanks} of a sentence.
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A face for a person: their initials on a colour that belongs to their id.
export function face(id, name) {
  const hue = [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 8;
  const initials = name.split(" ").map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
  return el("span", { class: "face", "data-hue": hue, "aria-hidden": true }, initials);
}

export const botFace = () =>
  el("span", { class: "face bot", "aria-hidden": true }, el("img", { src: "/static/mark.svg", alt: "" }));

// Dialogs close by their cross, by Escape (the browser's own), and by a click beside them.
export function prepareSheet(sheet) {
  sheet.querySelector("[data-close]").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
}
