// A ticket opens the page once, and only when a person presses the button: programs that follow links use nothing up.

import { post } from "../api.js";
import { byId, settings } from "../dom.js";

byId("enter").addEventListener("click", async (event) => {
  event.currentTarget.disabled = true;
  const answer = await post(`/boxes/${encodeURIComponent(settings.ticket)}`, {});
  if (answer.ok) location.replace(answer.at);
});
