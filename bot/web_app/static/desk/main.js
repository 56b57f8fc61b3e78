// Where the page of a chat's templates starts: the picture, its boxes and their list are kept in step with one draft.

import { post, postForm } from "../api.js";
import { byId, el, fill, settings, text } from "../dom.js";
import { toast } from "../toast.js";
import { Draft } from "./draft.js";
import { Gallery, pictureUrl } from "./gallery.js";
import { freePlace } from "./geometry.js";
import { Lines } from "./lines.js";
import { Preview } from "./preview.js";
import { Stage } from "./stage.js";

const draft = new Draft();
const preview = new Preview();
const gallery = new Gallery();
const stage = new Stage(draft, announce);
const lines = new Lines(draft);
let saving = null;

// Said to screen readers; `aloud` shows it as well.
function announce(sentence, aloud = false) {
  byId("said").textContent = sentence;
  if (aloud) toast(sentence);
}

function show() {
  const hasPicture = draft.picture !== null;
  byId("editor").classList.toggle("blank", !hasPicture);
  byId("drop-zone").hidden = hasPicture;
  byId("work").hidden = !hasPicture;
  byId("undo").disabled = !draft.canUndo;
  byId("redo").disabled = !draft.canRedo;
  byId("add-box").disabled = draft.boxes.length >= settings.max_boxes;
  byId("save").disabled = saving !== null || !draft.isUnsaved;
  byId("desk-title").textContent = draft.nameId ? text.edit_title : text.new_title;
  stage.show();
  lines.show();
}

draft.changed = (what = {}) => {
  if (!what.selection) preview.ask(draft);
  show();
};
lines.typed = () => preview.ask(draft);
lines.remove = (at) => stage.remove(at);
preview.show = (url) => stage.showRendered(url);
preview.refused = (sentence) => announce(sentence, true);
preview.busy = (on) => byId("board").classList.toggle("busy", on);

// --- what is on the desk -------------------------------------------------------------------------------------------------

// Whether something else may be laid on the desk; what is being saved is waited for.
async function mayLeave() {
  await saving;
  return !draft.isUnsaved || confirm(text.unsaved);
}

async function openTemplate(nameId) {
  if (nameId === draft.nameId || !(await mayLeave())) return;
  const found = await gallery.fetch(nameId);
  if (!found) return;
  const picture = await measure(pictureUrl(nameId));
  if (!picture) return toast(text.failed);
  lay({ nameId, photo: null, picture, name: found.name, boxes: found.boxes });
}

// A picture with its size, or null where it does not load.
async function measure(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    return null;
  }
  return { url, width: image.naturalWidth, height: image.naturalHeight };
}

function lay(template) {
  byId("name").value = template.name;
  draft.put(template);
  gallery.opened = template.nameId;
  gallery.show();
}

async function startAnew() {
  if (!(await mayLeave())) return;
  lay({ nameId: null, photo: null, picture: null, name: "", boxes: [] });
  byId("file").focus();
}

async function takePhoto(file) {
  byId("file").value = "";
  if (!file || !(await mayLeave())) return;
  if (file.size > settings.max_upload_mb * 2 ** 20) return toast(settings.too_large);
  const form = new FormData();
  form.set("photo", file, "photo");
  byId("drop-zone").classList.add("busy");
  const answer = await postForm(`${settings.base}/photo`, form);
  byId("drop-zone").classList.remove("busy");
  if (!answer.ok) return;
  const name = file.name.replace(/\.\w+$/, "").replaceAll(/[_-]+/g, " ").slice(0, settings.max_name);
  const { photo, url, width, height } = answer;
  lay({ nameId: null, photo, picture: { url, width, height }, name, boxes: settings.presets[0].boxes });
  byId("name").select();
}

async function submit(event) {
  event.preventDefault();
  if (saving) return;
  saving = save();
  show();
  await saving;
  saving = null;
  show();
}

async function save() {
  draft.name = byId("name").value;
  const { nameId, photo, name, boxes } = draft;
  const answer = await post(`${settings.base}/save`, { name_id: nameId, photo, name, boxes });
  if (answer.ok) {
    const picture = { ...draft.picture, url: pictureUrl(answer.name_id) };
    Object.assign(draft, { nameId: answer.name_id, photo: null, name: answer.name, picture });
    byId("name").value = answer.name;
    draft.markSaved();
    gallery.opened = answer.name_id;
    gallery.put(answer.name_id, answer.name);
    announce(fill(text.saved, { name: answer.name }), true);
  } else byId("name").focus();
}

gallery.open = openTemplate;
gallery.renamed = (nameId, name) => {
  if (nameId !== draft.nameId) return;
  draft.name = name;
  byId("name").value = name;
  show();
};
gallery.removed = (nameId) => {
  if (nameId === draft.nameId) lay({ nameId: null, photo: null, picture: null, name: "", boxes: [] });
};

// --- buttons, keys and files -----------------------------------------------------------------------------------------------

function addBox() {
  draft.step((each) => each.add(freePlace(each.boxes)));
  stage.focus(draft.selected);
}

byId("add-box").addEventListener("click", addBox);
byId("undo").addEventListener("click", () => draft.undo());
byId("redo").addEventListener("click", () => draft.redo());
byId("hide-boxes").addEventListener("click", (event) => {
  const hidden = byId("board").classList.toggle("bare");
  event.currentTarget.setAttribute("aria-pressed", hidden);
});
byId("name").addEventListener("input", (event) => {
  draft.name = event.target.value;
  show();
});
byId("work").addEventListener("submit", submit);
byId("new").addEventListener("click", startAnew);
byId("file").addEventListener("change", (event) => takePhoto(event.target.files[0]));
byId("presets").append(
  ...settings.presets.map((preset) =>
    el("button", { type: "button", class: "chip", onclick: () => arrange(preset) }, preset.label),
  ),
);

function arrange(preset) {
  draft.step((each) => {
    each.lines = preset.boxes.map((_, at) => each.lines[at] ?? "");
    each.boxes = preset.boxes.map((box) => ({ ...box }));
    each.selected = null;
  });
  announce(preset.label);
}

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input")) return;
  event.preventDefault();
  if (event.shiftKey) draft.redo();
  else draft.undo();
});
addEventListener("beforeunload", (event) => draft.isUnsaved && event.preventDefault());

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
const mark = (on) => document.body.classList.toggle("dropping", on);
addEventListener("dragover", (event) => hasFiles(event) && (event.preventDefault(), mark(true)));
addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(false);
  takePhoto(event.dataTransfer.files[0]);
});
addEventListener("paste", (event) => event.clipboardData.files.length && takePhoto(event.clipboardData.files[0]));

show();
if (settings.open) openTemplate(settings.open);
