/** The diff of a file, with what was said about a hunk beside it. */

import { el } from "../dom.js";
import { t } from "../i18n.js";

const SIGNS = { added: "+", removed: "\u2212", context: " " };
const ELEMENTS = { added: "ins", removed: "del", context: "span" };
const OPEN_LINES = 600;

/** Return a file of a patch; `beside` makes the element of a note on it or on a hunk. */
export function fileDiff(file, beside) {
  const { hunks, notes } = file;
  const length = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const isSaid = notes.length || hunks.some((hunk) => hunk.notes.length);
  const path = file.old_path && file.old_path !== file.path ? `${file.old_path} \u2192 ${file.path}` : file.path;
  return el("details", { class: "file", open: length <= OPEN_LINES },
    el("summary", {}, el("h3", {}, el("bdi", {}, path)),
      el("span", { class: "count" }, ` +${file.added} \u2212${file.removed}`),
      isSaid ? el("span", { class: "badge" }, t("review.said")) : null),
    notes.map(beside), file.is_binary ? el("p", { class: "hint" }, t("review.binary")) : null,
    hunks.map((hunk) => [
      hunk.notes.map(beside),
      el("pre", { tabindex: 0, "aria-label": t("review.diff", { path: file.path }) },
        el("b", {}, hunk.header), hunk.lines.map(diffLine)),
    ]));
}

function diffLine({ kind, text, old, new: fresh }) {
  const number = (at) => el("i", {}, at ?? "");
  return el(ELEMENTS[kind] ?? "span", { class: "line" },
    el("span", { class: "gutter", "aria-hidden": "true" }, number(old), number(fresh)),
    `${SIGNS[kind] ?? ""}${text}`);
}
