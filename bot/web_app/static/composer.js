// The box in which people ask: words, a photo (chosen, pasted or dropped), a template, a tone, and three verbs.

import { postForm } from "./api.js";
import { byId, el, settings, text } from "./dom.js";
import { toast } from "./toast.js";

export class Composer {
  #form = byId("composer");
  #prompt = byId("prompt");
  #photo = null;
  #template = null;
  #sending = false;

  constructor(picker) {
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#prompt.addEventListener("input", () => this.#refresh());
    this.#prompt.addEventListener("keydown", (event) => this.#key(event));
    byId("file").addEventListener("change", (event) => this.#take(event.target.files[0]));
    byId("photo-remove").addEventListener("click", () => this.#drop());
    byId("template").addEventListener("click", () => picker.open(this.#template));
    byId("template").hidden = settings.templates.length === 0;
    byId("tone").append(...settings.tones.map((tone) => el("option", { value: tone.name }, tone.label)));
    byId("tone").addEventListener("change", (event) => this.#mark(event.target.closest(".tool"), event.target.value));
    for (const example of document.querySelectorAll(".example"))
      example.addEventListener("click", () => this.ask(example.textContent));
    this.#listenForPhotos();
    this.#refresh();
  }

  // Put words into the box and have them made into a meme.
  ask(words) {
    this.#prompt.value = words;
    this.#refresh();
    this.#form.requestSubmit(byId("ask-meme"));
  }

  choose(template) {
    this.#template = template;
    this.#showTemplate();
    this.#refresh();
    this.#prompt.focus();
  }

  #showTemplate() {
    byId("template-label").textContent = this.#template?.title ?? text.template;
    this.#mark(byId("template"), this.#template);
  }

  #mark(tool, chosen) {
    tool.classList.toggle("chosen", Boolean(chosen));
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit(byId("ask-meme"));
  }

  #refresh() {
    const something = this.#photo !== null || this.#prompt.value.trim() !== "";
    byId("ask-genre").disabled = this.#sending || this.#photo === null;
    byId("ask-check").disabled = this.#sending || !something;
    byId("ask-meme").disabled = this.#sending;
    byId("ask-meme").textContent = something || this.#template ? text.meme_it : text.surprise;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    const verb = event.submitter?.value ?? "meme";
    const asked = { prompt: this.#prompt.value, photo: this.#photo };
    this.#sending = true;
    this.#drop();
    this.#prompt.value = "";
    this.#refresh();
    const answer = await postForm("/api/ask", this.#build(verb, asked));
    this.#sending = false;
    if (answer.ok) this.#forget();
    else this.#putBack(asked);
    this.#refresh();
  }

  #build(verb, asked) {
    const form = new FormData();
    form.set("verb", verb);
    form.set("prompt", asked.prompt);
    form.set("tone", byId("tone").value);
    if (this.#template) form.set("template", this.#template.name);
    if (asked.photo) form.set("photo", asked.photo, "photo");
    return form;
  }

  // A template is meant for one meme; a tone stays.
  #forget() {
    this.#template = null;
    this.#showTemplate();
  }

  // After a refusal the words come back, unless the person has typed others meanwhile.
  #putBack(asked) {
    if (!this.#prompt.value) this.#prompt.value = asked.prompt;
  }

  #take(file) {
    byId("file").value = "";
    if (!file) return;
    if (file.size > settings.max_upload_mb * 2 ** 20) return toast(settings.too_large);
    this.#drop();
    this.#photo = file;
    byId("photo-preview").src = URL.createObjectURL(file);
    byId("photo-preview").hidden = !file.type.startsWith("image/");
    byId("photo-name").textContent = file.name;
    byId("photo").hidden = false;
    this.#refresh();
    this.#prompt.focus();
  }

  #drop() {
    if (this.#photo) URL.revokeObjectURL(byId("photo-preview").src);
    this.#photo = null;
    byId("photo").hidden = true;
    byId("photo-preview").removeAttribute("src");
    this.#refresh();
  }

  #listenForPhotos() {
    const dragged = (event) => event.dataTransfer?.types.includes("Files");
    const mark = (on) => document.body.classList.toggle("dropping", on);
    addEventListener("paste", (event) => event.clipboardData.files.length && this.#take(event.clipboardData.files[0]));
    addEventListener("dragover", (event) => dragged(event) && (event.preventDefault(), mark(true)));
    addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
    addEventListener("drop", (event) => {
      if (!dragged(event)) return;
      event.preventDefault();
      mark(false);
      this.#take(event.dataTransfer.files[0]);
    });
  }
}
