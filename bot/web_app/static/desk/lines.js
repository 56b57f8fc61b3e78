// The boxes as a list beside the picture: an example line for each, its turn, and its end.

import { byId, el, fill, text } from "../dom.js";

export class Lines {
  #list = byId("lines");
  #draft;
  remove = () => {};
  typed = () => {};

  constructor(draft) {
    this.#draft = draft;
  }

  show() {
    const { boxes } = this.#draft;
    while (this.#list.children.length > boxes.length) this.#list.lastElementChild.remove();
    while (this.#list.children.length < boxes.length) this.#list.append(this.#makeRow());
    boxes.forEach((_, at) => this.#fillRow(this.#list.children[at], at));
    byId("no-lines").hidden = boxes.length > 0;
  }

  #makeRow() {
    const turn = (row) => [...this.#list.children].indexOf(row);
    const input = el("input", { type: "text", maxlength: 120, autocomplete: "off" });
    const earlier = el("button", { type: "button", class: "round", "data-earlier": true }, "↑");
    const remove = el("button", { type: "button", class: "round", "data-remove": true }, "✕");
    const row = el("li", {}, el("b", { "aria-hidden": true }), input, earlier, remove);
    input.addEventListener("input", () => {
      this.#draft.lines[turn(row)] = input.value;
      this.typed();
    });
    row.addEventListener("focusin", () => this.#draft.select(turn(row)));
    earlier.addEventListener("click", () => this.#draft.step((draft) => draft.promote(turn(row))));
    remove.addEventListener("click", () => this.remove(turn(row)));
    return row;
  }

  #fillRow(row, at) {
    const [number, input, earlier, remove] = row.children;
    const name = (sentence) => fill(sentence, { number: at + 1 });
    number.textContent = at + 1;
    if (input.value !== this.#draft.lines[at]) input.value = this.#draft.lines[at];
    input.placeholder = text[`example_${(at % 4) + 1}`];
    input.setAttribute("aria-label", name(text.line_label));
    for (const [button, sentence] of [[earlier, text.box_earlier], [remove, text.box_remove]]) {
      button.setAttribute("aria-label", name(sentence));
      button.title = name(sentence);
    }
    earlier.disabled = at === 0;
    row.classList.toggle("selected", at === this.#draft.selected);
  }
}
