// The meme as the renderer draws it, asked for whenever the draft changes; the last change wins.

import { settings, text } from "../dom.js";

const QUIET_MS = 160;

export class Preview {
  #timer = null;
  #running = null;
  show = () => {};
  refused = () => {};
  busy = () => {};

  // Ask again soon; `draft` is read when the time has come.
  ask(draft) {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.show(null);
    if (!draft.picture) return this.busy(false);
    this.busy(true);
    this.#timer = setTimeout(() => this.#fetch(draft), QUIET_MS);
  }

  async #fetch(draft) {
    const running = new AbortController();
    this.#running = running;
    try {
      const response = await fetch(`${settings.base}/preview`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name_id: draft.nameId, photo: draft.photo, name: draft.name, boxes: draft.boxes, lines: examples(draft) }),
        signal: running.signal,
      });
      const type = response.headers.get("Content-Type") ?? "";
      if (type.startsWith("image/")) this.show(URL.createObjectURL(await response.blob()));
      else this.refused((await response.json()).notice ?? text.failed);
    } catch (error) {
      if (error.name !== "AbortError") this.refused(text.offline);
    }
    if (this.#running === running) this.busy(false);
  }
}

// What stands in the boxes: the lines typed beside them, else an example each.
function examples(draft) {
  const places = Math.max(draft.boxes.length, draft.boxes.length ? 0 : 2);
  return Array.from({ length: places }, (_, at) => draft.lines[at]?.trim() || text[`example_${(at % 4) + 1}`]);
}
