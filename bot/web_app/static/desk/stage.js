// The picture with its boxes: drawn, moved and resized by mouse, pen, finger or keys. Every change goes to the draft.

import { byId, el, fill, settings, text } from "../dom.js";
import { between, moved, resized } from "./geometry.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const START_PX = 5;
const STEP = 0.01;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const describe = (box, at, count) =>
  fill(text.box_place, {
    number: at + 1,
    count,
    x: Math.round(box.x * 100),
    y: Math.round(box.y * 100),
    w: Math.round(box.w * 100),
    h: Math.round(box.h * 100),
  });

export class Stage {
  #board = byId("board");
  #picture = byId("board-picture");
  #layer = byId("board-boxes");
  #draft;
  #announce;
  #grip = null;
  #rendered = null;

  constructor(draft, announce) {
    this.#draft = draft;
    this.#announce = announce;
    this.#board.addEventListener("pointerdown", (event) => this.#take(event));
    this.#board.addEventListener("pointermove", (event) => this.#drag(event));
    this.#board.addEventListener("pointerup", (event) => this.#release(event));
    this.#board.addEventListener("pointercancel", () => this.#letGo());
    this.#board.addEventListener("lostpointercapture", () => this.#letGo());
    this.#layer.addEventListener("keydown", (event) => this.#key(event));
    this.#layer.addEventListener("focusin", (event) => this.#focused(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#letGo());
  }

  // Show the boxes as the draft has them; the element of a box is kept, so that it keeps the focus.
  show() {
    const { boxes, picture, selected } = this.#draft;
    if (picture) {
      this.#board.style.aspectRatio = `${picture.width} / ${picture.height}`;
      this.#board.style.setProperty("--ratio", picture.width / picture.height);
    }
    this.#showPicture();
    while (this.#layer.children.length > boxes.length) this.#layer.lastElementChild.remove();
    while (this.#layer.children.length < boxes.length) this.#layer.append(this.#makeBox());
    boxes.forEach((box, at) => this.#place(this.#layer.children[at], box, at, at === selected));
  }

  // A meme as the renderer draws it takes the place of the bare picture until the next change; null takes it away.
  showRendered(url) {
    if (this.#rendered) URL.revokeObjectURL(this.#rendered);
    this.#rendered = url;
    this.#showPicture();
  }

  focus(at) {
    this.#layer.children[at]?.focus();
  }

  #showPicture() {
    const bare = this.#draft.picture?.url ?? null;
    const url = this.#grip?.moving ? bare : (this.#rendered ?? bare);
    if (url === null) this.#picture.removeAttribute("src");
    else if (this.#picture.getAttribute("src") !== url) this.#picture.src = url;
  }

  #makeBox() {
    const handles = HANDLES.map((edges) => el("span", { class: `handle ${edges}`, "data-edges": edges }));
    return el("div", { class: "box", tabindex: 0, role: "group" }, el("b", { "aria-hidden": true }), ...handles);
  }

  #place(element, box, at, isSelected) {
    for (const [side, value] of [["left", box.x], ["top", box.y], ["width", box.w], ["height", box.h]])
      element.style[side] = `${value * 100}%`;
    element.classList.toggle("selected", isSelected);
    element.classList.toggle("below", box.y > 0.06);
    element.firstElementChild.textContent = at + 1;
    element.setAttribute("aria-label", describe(box, at, this.#draft.boxes.length));
    element.setAttribute("aria-roledescription", text.box_role);
  }

  #point(event) {
    const frame = this.#board.getBoundingClientRect();
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  }

  #take(event) {
    if (event.button !== 0 || this.#grip || !this.#draft.picture) return;
    const element = event.target.closest(".box");
    const at = element ? [...this.#layer.children].indexOf(element) : null;
    this.#grip = {
      pointer: event.pointerId,
      at,
      edges: event.target.dataset.edges ?? null,
      from: this.#point(event),
      px: [event.clientX, event.clientY],
      box: at === null ? null : { ...this.#draft.boxes[at] },
      moving: false,
    };
    this.#board.setPointerCapture(event.pointerId);
    if (at === null) return event.preventDefault();
    element.focus({ preventScroll: true });
    this.#draft.select(at);
    event.preventDefault();
  }

  #drag(event) {
    const grip = this.#grip;
    if (!grip || event.pointerId !== grip.pointer) return;
    if (!grip.moving && !this.#start(event)) return;
    const here = this.#point(event);
    const [dx, dy] = [here.x - grip.from.x, here.y - grip.from.y];
    const { boxes } = this.#draft;
    if (grip.box === null) boxes[grip.at] = between(grip.from, here);
    else if (grip.edges) boxes[grip.at] = resized(grip.box, grip.edges, dx, dy);
    else boxes[grip.at] = moved(grip.box, dx, dy);
    this.show();
  }

  // A press becomes a drag after some pixels, so that a tap draws no box.
  #start(event) {
    const grip = this.#grip;
    if (Math.hypot(event.clientX - grip.px[0], event.clientY - grip.px[1]) < START_PX) return false;
    if (grip.at === null && this.#draft.boxes.length >= settings.max_boxes) {
      this.#grip = null;
      this.#announce(text.boxes_full, true);
      return false;
    }
    this.#draft.begin();
    grip.moving = true;
    this.#board.classList.add("dragging");
    if (grip.at === null) {
      this.#draft.add(between(grip.from, grip.from));
      grip.at = this.#draft.selected;
    }
    return true;
  }

  #release(event) {
    const grip = this.#grip;
    if (!grip || event.pointerId !== grip.pointer) return;
    this.#grip = null;
    this.#board.classList.remove("dragging");
    if (!grip.moving) {
      if (grip.at === null) this.#draft.select(null);
      return;
    }
    this.#draft.finish();
    this.focus(grip.at);
    this.#tell(grip.at);
  }

  // The pointer was taken away, or Escape pressed, in the middle of a drag: nothing happened.
  #letGo() {
    const grip = this.#grip;
    this.#grip = null;
    this.#board.classList.remove("dragging");
    if (grip?.moving) this.#draft.cancel();
  }

  #focused(event) {
    const at = [...this.#layer.children].indexOf(event.target);
    if (at >= 0 && !this.#grip) this.#draft.select(at);
  }

  #key(event) {
    const at = [...this.#layer.children].indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      return this.remove(at);
    }
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const [dx, dy] = arrow.map((way) => way * STEP);
    this.#draft.step(({ boxes }) => {
      boxes[at] = event.shiftKey ? resized(boxes[at], "se", dx, dy) : moved(boxes[at], dx, dy);
    });
    this.#tell(at);
  }

  remove(at) {
    this.#draft.step((draft) => draft.remove(at));
    this.#announce(fill(text.box_removed, { number: at + 1 }));
    this.focus(Math.min(at, this.#draft.boxes.length - 1));
  }

  #tell(at) {
    const { boxes } = this.#draft;
    if (boxes[at]) this.#announce(describe(boxes[at], at, boxes.length));
  }
}
