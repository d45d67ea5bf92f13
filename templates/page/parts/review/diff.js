/** The diff of a file: what was said about a hunk stands above it, the form of an answer below. */

import { el, fill } from "../../dom.js";
import { t } from "../../i18n.js";

const SIGNS = { added: "+", removed: "\u2212", context: " " };
const ELEMENTS = { added: "ins", removed: "del", context: "span" };
const OPEN_LINES = 600;

export class FileDiff {
  /** `answering(at, name)` makes the form of an answer to a place. */
  constructor(file, answering) {
    this.badge = el("span", { class: "badge" }, t("review.said"));
    this.said = el("div");
    this.saidOf = file.hunks.map(() => el("div"));
    const { hunks, path } = file;
    const length = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    const name = file.old_path && file.old_path !== path ? `${file.old_path} \u2192 ${path}` : path;
    this.node = el("details", { class: "file", open: length <= OPEN_LINES },
      el("summary", {}, el("h3", {}, el("bdi", {}, name)),
        el("span", { class: "count" }, ` +${file.added} \u2212${file.removed}`), this.badge),
      this.said, file.is_binary ? el("p", { class: "hint" }, t("review.binary")) : null,
      hunks.length ? null : answering(file.at, path),
      hunks.map((hunk, index) => [
        this.saidOf[index],
        el("pre", { tabindex: 0, "aria-label": t("review.diff", { path }) },
          el("b", {}, hunk.header), hunk.lines.map(diffLine)),
        answering(hunk.at, hunk.at),
      ]));
    this.update(file);
  }

  /** Show what is said of the same file now. */
  update({ hunks, notes }) {
    fill(this.said, notes.map(beside));
    for (const [index, hunk] of hunks.entries()) fill(this.saidOf[index], hunk.notes.map(beside));
    this.badge.hidden = !notes.length && hunks.every((hunk) => !hunk.notes.length);
  }
}

const beside = (note) => el("section", { class: "here" },
  note.by ? el("h4", {}, el("bdi", {}, note.by)) : null, el("div", { class: "words" }, note.text));

function diffLine({ kind, text, pieces, old, new: fresh }) {
  const number = (at) => el("i", {}, at ?? "");
  return el(ELEMENTS[kind] ?? "span", { class: "line" },
    el("span", { class: "gutter", "aria-hidden": "true" }, number(old), number(fresh)),
    SIGNS[kind] ?? "",
    pieces ? pieces.map(([name, piece]) => (name ? el("span", { class: name }, piece) : piece)) : text);
}
