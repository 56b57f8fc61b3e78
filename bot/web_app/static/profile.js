// The sheet with one's own name and data.

import { get, post } from "./api.js";
import { byId, face, prepareSheet, settings } from "./dom.js";

export function prepareProfile() {
  const sheet = byId("profile");
  const stored = byId("stored");
  prepareSheet(sheet);
  showName();
  byId("me").addEventListener("click", () => {
    byId("name-field").value = settings.you.name;
    stored.hidden = true;
    byId("erase-ask").hidden = true;
    sheet.showModal();
  });
  byId("name-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/api/name", { name: byId("name-field").value });
    if (!answer.ok) return;
    settings.you.name = answer.name;
    showName();
    sheet.close();
  });
  byId("show-stored").addEventListener("click", async () => {
    const { ok, ...listing } = await get("/api/me");
    stored.textContent = JSON.stringify(listing, null, 2);
    stored.hidden = !ok;
  });
  byId("erase").addEventListener("click", () => (byId("erase-ask").hidden = false));
  byId("erase-yes").addEventListener("click", async () => {
    const answer = await post("/api/erase", {});
    if (answer.ok) sheet.close();
  });
}

function showName() {
  const fresh = face(settings.you.id, settings.you.name);
  fresh.id = "my-face";
  byId("my-face").replaceWith(fresh);
  byId("my-name").textContent = settings.you.name;
}
