/** The diff of a file, with what was said about a hunk beside it. */

import { el } from "../dom.js";
import { t } from "../i18n.js";

const SIGNS = { added: "+", removed: "\u2212", context: " " };
const ELEMENTS = { added: "ins", removed: "del", context: "span" };
const OPEN_LINES = 600;

/** Return a file of a patch; `beside` makes the element of a note on a hunk. */
export function fileDiff(file, beside) {
  const lines = file.hunks.flatMap((hunk) => hunk.lines);
  const count = (kind) => lines.filter((line) => line.kind === kind).length;
  const isSaid = file.hunks.some((hunk) => hunk.notes?.length);
  return el("details", { class: "file", open: lines.length <= OPEN_LINES },
    el("summary", {}, el("h3", {}, el("bdi", {}, file.path)),
      el("span", { class: "count" }, ` +${count("added")} \u2212${count("removed")}`),
      isSaid ? el("span", { class: "badge" }, t("review.said")) : null),
    file.hunks.map((hunk) => [
      (hunk.notes ?? []).map(beside),
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
