/** Review: the branch's series with its notes beside the hunks, and answers, typed or spoken. */

import * as api from "../api.js";
import { announce, button, el, field, fill, freshId } from "../dom.js";
import { t } from "../i18n.js";
import { fileDiff } from "../parts/diff.js";
import { Recorder } from "../parts/recorder.js";

export class ReviewView {
  static title = "nav.review";

  constructor() {
    this.range = el("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "main..HEAD" });
    this.outline = el("nav", { class: "outline", "aria-label": t("review.outline") });
    this.patches = el("div", { class: "patches" });
    this.state = el("p", { class: "hint", role: "status" });
    this.node = el("div", { class: "view review" },
      el("div", { class: "between" }, el("h1", { tabindex: -1 }, t("review.title")),
        el("form", { class: "row", on: { submit: (event) => this.submitted(event) } },
          field(t("review.range"), this.range), el("button", {}, t("review.show")))),
      this.state, el("div", { class: "beside" }, this.outline, this.patches));
  }

  submitted(event) {
    event.preventDefault();
    this.isLoaded = false;
    this.shown();
  }

  /** Read the series, unless it is there: an answer that is being written stays. */
  async shown() {
    if (this.isLoaded) return;
    this.state.textContent = t("review.loading");
    try {
      this.draw(await api.get(api.withQuery("/api/series", { range: this.range.value.trim() })));
      this.isLoaded = true;
      this.state.textContent = "";
    } catch (error) {
      fill(this.outline);
      fill(this.patches);
      this.state.textContent = error.code === "no_repository" ? t("review.noRepository") : error.message;
    }
  }

  draw({ cover, patches }) {
    if (!patches.length) this.state.textContent = t("review.none");
    const parts = patches.map((patch, index) => new Patch(patch, index + 1, patches.length));
    const words = cover?.text ?? (typeof cover === "string" ? cover : null);
    const head = words ? el("article", { class: "patch", tabindex: -1 },
      el("h2", {}, t("target.cover")), el("div", { class: "words" }, words)) : null;
    const links = [head ? [t("target.cover"), head, "0"] : null,
      ...parts.map((part) => [part.subject, part.node, part.number])].filter(Boolean);
    fill(this.outline, el("ol", { class: "plain" }, links.map(([text, node, number]) => el("li", {},
      button("", () => {
        node.scrollIntoView();
        node.focus({ preventScroll: true });
      }, { class: "link" })))));
    this.outline.querySelectorAll("button").forEach((one, index) => {
      one.append(el("span", { class: "number" }, links[index][2]), " ", el("bdi", {}, links[index][0]));
    });
    fill(this.patches, head, parts.map((part) => part.node));
  }
}

/** A patch: its message, its note, its diff, the answers to it. */
class Patch {
  constructor(patch, number, total) {
    this.patch = patch;
    this.number = number;
    this.subject = patch.subject;
    const id = freshId("patch");
    this.answers = el("div", { class: "answers" }, (patch.answers ?? []).map(answer));
    const note = patch.note?.text;
    this.node = el("article", { class: "patch", tabindex: -1, "aria-labelledby": id },
      el("h2", { id }, el("span", { class: "number" }, `${number}/${total}`), " ", el("bdi", {}, patch.subject),
        " ", el("code", {}, patch.short ?? patch.commit.slice(0, 10))),
      el("div", { class: "pair" },
        el("aside", { "aria-label": t("review.about", { n: number }) },
          note ? el("section", { class: "note" }, el("h3", {}, t("review.said")), el("div", { class: "words" }, note))
            : el("p", { class: "hint" }, t("review.noNote")),
          this.answers, this.form()),
        el("div", { class: "diff" }, (patch.diff ?? []).map((file) => fileDiff(file, beside)))));
  }

  form() {
    const area = el("textarea", { class: "grows", rows: 2 });
    const recorder = new Recorder({
      begin: () => ({ target: { kind: "answer", commit: this.patch.commit } }),
      final: (result) => {
        area.value = [area.value.trim(), result.text].filter(Boolean).join("\n\n");
        this.dictation = result.id;
        area.focus();
      },
    });
    const menu = el("details", { class: "answering" }, el("summary", {}, t("review.answer")),
      field(t("review.yourAnswer"), area), recorder.node, recorder.words,
      button(t("review.send"), () => this.send(area, menu), { class: "primary" }));
    return menu;
  }

  async send(area, menu) {
    const text = area.value.trim();
    if (!text) {
      announce(t("review.empty"), true);
      area.focus();
      return;
    }
    try {
      const path = `/api/answers/${encodeURIComponent(this.patch.commit)}`;
      const kept = await api.post(path, { text, dictation: this.dictation ?? null });
      this.answers.append(answer({ text, ...kept }));
    } catch (error) {
      announce(error.message, true);
      return;
    }
    area.value = "";
    this.dictation = null;
    menu.open = false;
    menu.querySelector("summary").focus();
    announce(t("review.sent"));
  }
}

const answer = (one) => el("section", { class: "note reply" },
  el("h3", {}, el("bdi", {}, one.reviewer ?? one.author ?? one.by ?? ""), " ", t("review.answered")),
  el("div", { class: "words" }, one.text));

const beside = (note) => el("section", { class: "here" },
  note.by ? el("h4", {}, el("bdi", {}, note.by)) : null, el("div", { class: "words" }, note.text ?? note));
