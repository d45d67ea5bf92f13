/** A text to be edited, in which the words that the engine was unsure of are marked. */

import { button, el, fill, freshId, marked } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";

/**
 * Move ranges of a text along with an edit of it; one that the edit touches is dropped.
 *
 * A doubtful word that somebody wrote over is doubtful no more.
 */
export function moved(ranges, before, after) {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const end = before.length - tail;
  const step = after.length - before.length;
  return ranges
    .filter((one) => one.end <= head || one.start >= end)
    .map((one) => (one.end <= head ? one : { ...one, start: one.start + step, end: one.end + step }));
}

export class DoubtEditor {
  /** `play` is called with the seconds at which a doubtful word was said. */
  constructor({ label, play = () => {} }) {
    this.play = play;
    this.before = "";
    this.doubts = [];
    this.area = el("textarea", { spellcheck: "true", rows: 4, on: {
      input: () => this.edited(), click: () => this.clicked(),
    } });
    // what lies below has the same words in the same places, and so the marks
    this.below = el("div", { class: "below", "aria-hidden": "true" });
    this.list = el("div", { class: "doubts" });
    this.area.id = freshId("words");
    this.node = el("div", { class: "editor field" },
      el("label", { for: this.area.id }, label),
      el("div", { class: "marked" }, this.below, this.area), this.list);
  }

  get text() {
    return this.area.value;
  }

  get isChanged() {
    return this.area.value !== this.original;
  }

  /** Show a text; `doubts` are {start, end, time}, in UTF-16 code units. */
  set(text, doubts = []) {
    this.area.value = text;
    // a textarea has its own line ends
    this.original = this.area.value;
    this.before = this.original;
    this.doubts = this.original === text ? [...doubts].sort((a, b) => a.start - b.start) : [];
    this.draw();
  }

  edited() {
    this.doubts = moved(this.doubts, this.before, this.area.value);
    this.before = this.area.value;
    this.draw();
  }

  clicked() {
    const at = this.area.selectionStart;
    if (at !== this.area.selectionEnd) return;
    const found = this.doubts.find((one) => at >= one.start && at <= one.end);
    if (found) this.play(found.time);
  }

  draw() {
    const { value } = this.area;
    fill(this.below, marked(value, this.doubts.map((one) => [one.start, one.end])), "\u200b");
    const words = this.doubts.map((one) => button(
      `${value.slice(one.start, one.end)} ${clock(one.time)}`, () => this.visit(one)));
    fill(this.list, words.length ? el("span", {}, t("doubts.title")) : null, words);
  }

  visit(doubt) {
    this.area.focus();
    this.area.setSelectionRange(doubt.start, doubt.end);
    this.play(doubt.time);
  }
}
