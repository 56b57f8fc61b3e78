// The chat's templates: opened, renamed, removed, and brought back as long as the page stays open.

import { get, post } from "../api.js";
import { byId, el, fill, prepareSheet, settings, text } from "../dom.js";
import { toast } from "../toast.js";

export class Gallery {
  #list = byId("templates");
  #sheet = byId("rename");
  #renaming = null;
  #templates = settings.templates.map((each) => ({ ...each, removed: false }));
  opened = null;
  open = () => {};
  renamed = () => {};
  removed = () => {};

  constructor() {
    prepareSheet(this.#sheet);
    byId("rename-form").addEventListener("submit", (event) => this.#submitName(event));
    this.show();
  }

  // A template was saved on the desk: list it, or list it anew.
  put(nameId, name) {
    const known = this.#templates.find((each) => each.name_id === nameId);
    if (known) known.name = name;
    else this.#templates.push({ name_id: nameId, name, removed: false });
    this.#templates.sort((one, other) => one.name.localeCompare(other.name));
    this.show();
  }

  async fetch(nameId) {
    const found = await get(`${settings.base}/templates/${id(nameId)}`);
    return found.ok ? found : null;
  }

  show() {
    this.#list.replaceChildren(...this.#templates.map((each) => (each.removed ? this.#trace(each) : this.#card(each))));
    byId("no-templates").hidden = this.#templates.some((each) => !each.removed);
  }

  #card(template) {
    const isOpen = template.name_id === this.opened;
    const picture = el("img", { src: pictureUrl(template.name_id), alt: "", loading: "lazy" });
    const open = el(
      "button",
      { type: "button", class: "open", "aria-current": isOpen ? "true" : null, onclick: () => this.open(template.name_id) },
      picture,
      el("span", {}, template.name),
    );
    const named = (sentence) => fill(sentence, { name: template.name });
    const button = (icon, sentence, act) =>
      el("button", { type: "button", class: "round", "aria-label": named(sentence), title: named(sentence), onclick: act }, icon);
    return el(
      "li",
      { "data-id": template.name_id },
      open,
      button("✎", text.rename_one, () => this.#askName(template)),
      button("✕", text.remove_one, () => this.#remove(template)),
    );
  }

  // What is left of a removed template until the page is left: its name and the way back.
  #trace(template) {
    const undo = el("button", { type: "button", class: "quiet", onclick: () => this.#restore(template) }, text.undo);
    return el("li", { class: "trace", "data-id": template.name_id }, el("span", {}, fill(text.removed, { name: template.name })), undo);
  }

  async #remove(template) {
    const answer = await post(`${settings.base}/remove`, { name_id: template.name_id });
    if (!answer.ok) return;
    template.removed = true;
    this.show();
    this.#row(template).querySelector("button").focus();
    this.removed(template.name_id);
  }

  async #restore(template) {
    const answer = await post(`${settings.base}/restore`, { name_id: template.name_id });
    if (!answer.ok) return;
    template.removed = false;
    this.show();
    this.#row(template).querySelector("button").focus();
    toast(fill(text.restored, { name: template.name }));
  }

  #askName(template) {
    this.#renaming = template;
    byId("rename-field").value = template.name;
    this.#sheet.showModal();
    byId("rename-field").select();
  }

  async #submitName(event) {
    event.preventDefault();
    const [template, name] = [this.#renaming, byId("rename-field").value.trim()];
    if (name === template.name) return this.#sheet.close();
    if (!(await this.#rename(template, name))) return;
    this.#sheet.close();
  }

  async #rename(template, name) {
    const before = template.name;
    const answer = await post(`${settings.base}/rename`, { name_id: template.name_id, name });
    if (!answer.ok) return false;
    this.put(template.name_id, answer.name);
    this.renamed(template.name_id, answer.name);
    toast(fill(text.renamed, { name: answer.name }), { label: text.undo, act: () => this.#rename(template, before) });
    return true;
  }

  #row(template) {
    return this.#list.querySelector(`[data-id="${CSS.escape(template.name_id)}"]`);
  }
}

const id = (nameId) => encodeURIComponent(nameId);

export const pictureUrl = (nameId) => `${settings.base}/templates/${id(nameId)}/picture`;
