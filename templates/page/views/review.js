/** Review: the branch's series with its notes beside the hunks, and answers, typed or spoken. */

import * as api from "../api.js";
import { announce, button, el, field, fill, freshId } from "../dom.js";
import { moment } from "../format.js";
import { t } from "../i18n.js";
import { fileDiff } from "../parts/diff.js";
import { Recorder } from "../parts/recorder.js";
import { Transcript } from "../parts/transcript.js";

export class ReviewView {
  static title = "nav.review";

  constructor() {
    this.range = el("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "main..HEAD" });
    this.outline = el("nav", { class: "outline", "aria-label": t("review.outline") });
    this.patches = el("div", { class: "patches" });
    this.state = el("p", { class: "hint", role: "status" });
    this.remarks = el("div", { class: "hint" });
    this.node = el("div", { class: "view review" },
      el("div", { class: "between" }, el("h1", { tabindex: -1 }, t("review.title")),
        el("form", { class: "row", on: { submit: (event) => this.submitted(event) } },
          field(t("review.range"), this.range), el("button", {}, t("review.show")))),
      this.state, this.remarks, el("div", { class: "beside" }, this.outline, this.patches));
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
      for (const part of [this.outline, this.patches, this.remarks]) fill(part);
      this.state.textContent = error.code === "no_repository" ? t("review.noRepository") : error.message;
    }
  }

  draw({ cover, patches, remarks }) {
    fill(this.remarks, remarks.map((remark) => el("p", { class: "remark", role: "note" }, remark)));
    if (!patches.length && !remarks.length) this.remarks.textContent = t("review.none");
    const parts = patches.map((patch, index) => new Patch(patch, index + 1, patches.length));
    const head = cover ? el("article", { class: "patch", tabindex: -1 },
      el("h2", {}, t("target.cover")), el("div", { class: "words" }, cover.text),
      listened(cover.recordings, t("target.cover")), cover.answers.map(answer)) : null;
    const links = [head ? [t("target.cover"), head, "0"] : null,
      ...parts.map((part) => [part.patch.subject, part.node, part.number])].filter(Boolean);
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
    const id = freshId("patch");
    this.answers = el("div", { class: "answers" }, patch.answers.map(answer));
    const { note } = patch;
    this.node = el("article", { class: "patch", tabindex: -1, "aria-labelledby": id },
      el("h2", { id }, el("span", { class: "number" }, `${number}/${total}`), " ", el("bdi", {}, patch.subject),
        " ", el("code", {}, patch.short)),
      el("p", { class: "hint" }, el("bdi", {}, patch.author), " · ", moment(patch.date)),
      el("div", { class: "pair" },
        el("aside", { "aria-label": t("review.about", { n: number }) },
          note ? el("section", { class: "note" }, el("h3", {}, t("review.said")),
            el("div", { class: "words" }, note.text), listened(note.recordings, patch.subject))
            : el("p", { class: "hint" }, t("review.noNote")),
          this.answers, this.form()),
        el("div", { class: "diff" },
          patch.message ? el("pre", { class: "message", tabindex: 0 }, patch.message) : null,
          patch.diff.map((file) => fileDiff(file, beside)))));
  }

  /** The form of an answer; its recorder is made when it is needed. */
  form() {
    const area = el("textarea", { class: "grows", rows: 2 });
    const menu = el("details", { class: "answering" }, el("summary", {}, t("review.answer")));
    menu.addEventListener("toggle", () => {
      const recorder = this.recorder(area);
      menu.append(field(t("review.yourAnswer"), area), recorder.node, recorder.words,
        button(t("review.send"), () => this.send(area, menu), { class: "primary" }));
    }, { once: true });
    return menu;
  }

  recorder(area) {
    return new Recorder({
      begin: () => ({ target: { kind: "answer", commit: this.patch.commit } }),
      final: (result) => {
        area.value = [area.value.trim(), result.text].filter(Boolean).join("\n\n");
        this.dictation = result.id;
        area.focus();
      },
    });
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
      this.answers.append(answer({ recordings: [], ...kept }));
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
  el("h3", {}, el("bdi", {}, one.reviewer), " ", t("review.answered")),
  el("div", { class: "words" }, one.text), listened(one.recordings, one.reviewer));

const beside = (note) => el("section", { class: "here" },
  note.by ? el("h4", {}, el("bdi", {}, note.by)) : null, el("div", { class: "words" }, note.text));

/** Return what plays recordings, each with its words once it is opened. */
function listened(recordings, name) {
  return recordings.filter((one) => one.has_audio).map(({ id }) => {
    const path = `/api/history/${encodeURIComponent(id)}`;
    const menu = el("details", { class: "listening" }, el("summary", {}, t("review.listen")));
    menu.addEventListener("toggle", async () => {
      try {
        const { segments } = await api.get(path);
        menu.append(new Transcript({ path: `${path}/audio`, segments, title: t("review.recording", { name }) }).node);
      } catch (error) {
        announce(error.message, true);
      }
    }, { once: true });
    return menu;
  });
}
