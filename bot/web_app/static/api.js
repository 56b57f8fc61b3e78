// Requests to the room. Every answer is an object; a refusal carries a `notice`, which is shown here, once.

import { text } from "./dom.js";
import { toast } from "./toast.js";

async function send(path, options) {
  let answer;
  try {
    const response = await fetch(path, options);
    if (response.status === 401) return location.reload(), { ok: false };
    answer = { ...(await response.json()), ok: response.ok };
  } catch {
    answer = { ok: false, notice: navigator.onLine ? text.failed : text.offline };
  }
  if (answer.notice) toast(answer.notice);
  return answer;
}

export const get = (path) => send(path, {});

export const post = (path, data) =>
  send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) });

export const postForm = (path, form) => send(path, { method: "POST", body: form });
