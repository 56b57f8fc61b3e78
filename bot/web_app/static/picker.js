// The sheet of templates, searched as one types.

import { byId, el, prepareSheet, settings, text } from "./dom.js";

const STARTERS = 6;

export class TemplatePicker {
  #sheet = byId("picker");
  #grid = byId("picker-grid");
  #search = byId("picker-search");
  #present = null;
  chosen = () => {};

  constructor() {
    prepareSheet(this.#sheet);
    this.#search.addEventListener("input", () => this.#fill());
    byId("starters").append(...settings.templates.filter((each) => each.preview).slice(0, STARTERS).map((each) => this.#starter(each)));
  }

  open(present) {
    this.#present = present;
    this.#search.value = "";
    this.#fill();
    this.#sheet.showModal();
    this.#search.focus();
  }

  #fill() {
    const wanted = this.#search.value.trim().toLowerCase();
    const found = settings.templates.filter((template) => template.words.includes(wanted));
    const any = wanted ? [] : [this.#option(null)];
    this.#grid.replaceChildren(...any, ...found.map((template) => this.#option(template)));
  }

  #option(template) {
    const picture = template?.preview
      ? el("img", { src: template.preview, alt: "", loading: "lazy" })
      : el("span", { class: "any", "aria-hidden": true }, "✨");
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", "aria-pressed": (template?.name ?? null) === (this.#present?.name ?? null), onclick: () => this.#take(template) },
        picture,
        el("b", {}, template ? template.title : text.template_any),
        template?.hint ? el("small", {}, template.hint) : null,
      ),
    );
  }

  #starter(template) {
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", title: template.title, "aria-label": template.title, onclick: () => this.#take(template) },
        el("img", { src: template.preview, alt: "", loading: "lazy" }),
      ),
    );
  }

  #take(template) {
    this.#sheet.close();
    this.chosen(template);
  }
}
