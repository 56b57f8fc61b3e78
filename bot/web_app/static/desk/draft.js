// The template on the desk: its picture, name, boxes and example lines, and the way back through what was done to the boxes.

import { same } from "./geometry.js";

const MAX_STEPS = 100;

export class Draft {
  #past = [];
  #future = [];
  #saved = "";
  #held = null;
  changed = () => {};

  constructor() {
    this.clear();
  }

  clear() {
    this.put({ nameId: null, photo: null, picture: null, name: "", boxes: [] });
  }

  // Lay another template on the desk. `picture` is { url, width, height }; `photo` names an upload that is not saved yet.
  put({ nameId, photo, picture, name, boxes }) {
    Object.assign(this, { nameId, photo, picture, name, boxes: boxes.map((box) => ({ ...box })), selected: null });
    this.lines = this.boxes.map(() => "");
    this.#past = [];
    this.#future = [];
    this.markSaved();
    this.changed();
  }

  markSaved() {
    this.#saved = this.#fingerprint();
  }

  get isUnsaved() {
    return this.picture !== null && (this.photo !== null || this.#fingerprint() !== this.#saved);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  // Do something to boxes, lines or selection as one step that can be taken back.
  step(change) {
    const before = this.#snapshot();
    change(this);
    this.#keep(before);
  }

  // While a box follows the pointer nothing is remembered; the whole way is one step in the end.
  begin() {
    this.#held = this.#snapshot();
  }

  finish() {
    const before = this.#held;
    this.#held = null;
    if (before) this.#keep(before);
  }

  cancel() {
    if (this.#held) this.#restore(this.#held);
    this.#held = null;
    this.changed();
  }

  undo() {
    this.#travel(this.#past, this.#future);
  }

  redo() {
    this.#travel(this.#future, this.#past);
  }

  select(at) {
    if (this.selected === at) return;
    this.selected = at;
    this.changed({ selection: true });
  }

  add(box) {
    this.boxes.push(box);
    this.lines.push("");
    this.selected = this.boxes.length - 1;
  }

  remove(at) {
    this.boxes.splice(at, 1);
    this.lines.splice(at, 1);
    this.selected = null;
  }

  // The box at `at` takes the turn of the one before it.
  promote(at) {
    for (const row of [this.boxes, this.lines]) [row[at - 1], row[at]] = [row[at], row[at - 1]];
    this.selected = at - 1;
  }

  #keep(before) {
    if (same(before.boxes, this.boxes)) return this.changed();
    this.#past.push(before);
    if (this.#past.length > MAX_STEPS) this.#past.shift();
    this.#future = [];
    this.changed();
  }

  #travel(from, to) {
    const snapshot = from.pop();
    if (!snapshot) return;
    to.push(this.#snapshot());
    this.#restore(snapshot);
    this.changed();
  }

  #snapshot() {
    return { boxes: this.boxes.map((box) => ({ ...box })), lines: [...this.lines] };
  }

  #restore({ boxes, lines }) {
    this.boxes = boxes;
    this.lines = lines;
    this.selected = null;
  }

  #fingerprint() {
    return JSON.stringify([this.name.trim(), this.boxes.map(({ x, y, w, h }) => [x, y, w, h])]);
  }
}
