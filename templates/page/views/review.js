/** Review: the branch's series with its notes beside the hunks, and answers, typed or spoken. */

import * as api from "../api.js";
import { el, field, fill, freshId, once } from "../dom.js";
import { moment } from "../format.js";
import { said, t } from "../i18n.js";
import { Latest } from "../latest.js";
import { Answers } from "../parts/review/answers.js";
import { Answering } from "../parts/review/answering.js";
import { FileDiff } from "../parts/review/diff.js";
import { confirmed } from "../parts/dialogs.js";
import { Listened } from "../parts/review/listened.js";

export class ReviewView {
  static title = "nav.review";

  constructor() {
    this.range = el("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "main..HEAD" });
    this.outline = el("nav", { class: "outline", "aria-label": t("review.outline"), hidden: true });
    this.patches = el("div", { class: "patches" });
    this.state = el("p", { class: "hint", role: "status" });
    this.remarks = el("div", { class: "hint" });
    this.reading = new Latest();
    this.parts = [];
    this.node = el("div", { class: "view review" },
      el("div", { class: "between" }, el("h1", { tabindex: -1 }, t("review.title")),
        el("form", { class: "row", on: { submit: (event) => this.submitted(event) } },
          field(t("review.range"), this.range), el("button", {}, t("review.show")))),
      this.state, this.remarks, el("div", { class: "beside" }, this.outline, this.patches));
    addEventListener("beforeunload", (event) => {
      if (this.isUnsent) event.preventDefault();
    });
  }

  get isUnsent() {
    return this.parts.some((part) => part.isUnsent);
  }

  submitted(event) {
    event.preventDefault();
    once(event.target, async () => {
      if (this.parts.some((part) => part.isBusy)) {
        this.state.textContent = t("review.speaking");
      } else if (!this.isUnsent || await confirmed(t("review.discardAsk"), t("review.discard"))) {
        this.wanted = this.range.value.trim();
        this.clear();
        await this.shown();
      }
    });
  }

  /** Read the series. Where it is the same as before, only what is said of it changes on the page. */
  async shown() {
    if (!this.parts.length) this.state.textContent = t("review.loading");
    let series;
    try {
      const path = api.withQuery("/api/series", { range: this.wanted ?? "" });
      series = await this.reading.read((signal) => api.get(path, { signal }));
    } catch (error) {
      if (!this.parts.length) this.remarks.textContent = "";
      this.state.textContent = error.code === "no_repository" ? t("review.noRepository") : error.message;
      return;
    }
    if (!series) return; // it is read again
    this.state.textContent = "";
    if (idOf(series) === this.id) this.update(partsOf(series));
    else if (this.isUnsent) this.state.textContent = t("review.changed");
    else this.draw(series);
  }

  update(parts) {
    for (const [index, part] of this.parts.entries()) part.update(parts[index]);
  }

  clear() {
    for (const part of this.parts) part.dispose();
    this.parts = [];
    this.id = null;
    for (const one of [this.outline, this.patches, this.remarks]) fill(one);
    this.outline.hidden = true;
  }

  draw(series) {
    this.clear();
    this.id = idOf(series);
    const { cover, patches, remarks } = series;
    fill(this.remarks, remarks.map((remark) => el("p", { class: "remark", role: "note" }, said(remark))));
    if (!patches.length && !remarks.length) this.remarks.textContent = t("review.none");
    const number = (patch) => `${patch.number}/${patches.length}`;
    this.parts = [...(cover ? [new Cover(cover)] : []),
      ...patches.map((patch) => new Patch(patch, number(patch), () => this.shown()))];
    const links = [...(cover ? [["0", t("target.cover")]] : []), ...patches.map((one) => [one.number, one.subject])];
    fill(this.outline, el("ol", { class: "plain" }, links.map(([at, text], index) => el("li", {},
      el("button", { type: "button", class: "link", on: { click: () => this.jump(index) } },
        el("span", { class: "number" }, at), " ", el("bdi", {}, text))))));
    this.outline.hidden = !links.length;
    fill(this.patches, this.parts.map((part) => part.node));
  }

  jump(index) {
    const { node } = this.parts[index];
    node.scrollIntoView();
    node.focus({ preventScroll: true });
  }
}

/** Return what makes a series another one; the words about it do not. */
const idOf = ({ cover, patches, remarks }) => JSON.stringify(
  [Boolean(cover), patches.map((patch) => patch.commit), remarks]);
const partsOf = ({ cover, patches }) => (cover ? [cover, ...patches] : patches);

/** The cover letter, and the answers to it. */
class Cover {
  isUnsent = false;

  isBusy = false;

  constructor(cover) {
    this.words = el("div", { class: "words" });
    this.sounds = new Listened(t("target.cover"));
    this.answers = new Answers();
    this.node = el("article", { class: "patch", tabindex: -1 },
      el("h2", {}, t("target.cover")), this.words, this.sounds.node, this.answers.node);
    this.update(cover);
  }

  update({ text, recordings, answers }) {
    this.words.textContent = text;
    this.sounds.show(recordings);
    this.answers.show(answers);
  }

  dispose() {
    this.sounds.dispose();
    this.answers.dispose();
  }
}

/** A patch: its message, its note, its diff, the answers to it. */
class Patch {
  constructor(patch, number, sent) {
    this.forms = [];
    const id = freshId("patch");
    const answering = (how) => {
      const form = new Answering({ commit: patch.commit, sent, ...how });
      this.forms.push(form);
      return form.node;
    };
    this.said = el("section");
    this.sounds = new Listened(patch.subject);
    this.answers = new Answers();
    this.files = patch.diff.map((file) => new FileDiff(file, (at, name) => answering(
      { at, title: t("review.answerHere"), label: t("review.answerTo", { name }) })));
    this.node = el("article", { class: "patch", tabindex: -1, "aria-labelledby": id },
      el("h2", { id }, el("span", { class: "number" }, number), " ", el("bdi", {}, patch.subject),
        " ", el("code", {}, patch.short)),
      el("p", { class: "hint" }, el("bdi", {}, patch.author), " · ", moment(patch.date)),
      el("div", { class: "pair" },
        el("aside", { "aria-label": t("review.about", { n: number }) },
          this.said, this.answers.node, answering({ title: t("review.answer") })),
        el("div", { class: "diff" },
          patch.message ? el("pre", { class: "message", tabindex: 0 }, patch.message) : null,
          this.files.map((file) => file.node))));
    this.update(patch);
  }

  get isBusy() {
    return this.forms.some((form) => form.recorder?.isBusy);
  }

  get isUnsent() {
    return this.forms.some((form) => form.isUnsent);
  }

  /** Show what is said of the same patch now. */
  update({ note, answers, diff }) {
    this.answers.show(answers);
    this.sayWhat(note);
    for (const [index, file] of this.files.entries()) file.update(diff[index]);
  }

  sayWhat(note) {
    const said = JSON.stringify(note);
    if (said === this.saidNow) return; // what plays goes on
    this.saidNow = said;
    this.sounds.show(note?.recordings ?? []);
    this.said.className = note ? "note" : "";
    fill(this.said, note ? [el("h3", {}, t("review.said")), el("div", { class: "words" }, note.text), this.sounds.node]
      : el("p", { class: "hint" }, t("review.noNote")));
  }

  dispose() {
    this.sounds.dispose();
    this.answers.dispose();
    for (const form of this.forms) form.dispose();
  }
}
