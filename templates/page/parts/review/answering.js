/** An answer to a patch or to a place in it, typed or spoken. */

import * as api from "../../api.js";
import { announce, button, el, field } from "../../dom.js";
import { t } from "../../i18n.js";
import { Recorder } from "../recorder.js";

export class Answering {
  /** `at` is a place in the diff of a commit, null for all of it; `sent` is called once it is kept. */
  constructor({ commit, at = null, title, label = null, sent }) {
    this.commit = commit;
    this.at = at;
    this.sent = sent;
    this.dictation = null;
    this.area = el("textarea", { class: "grows", rows: 2 });
    this.summary = el("summary", { "aria-label": label }, title);
    this.node = el("details", { class: "answering" }, this.summary);
    // many places are never answered, and a recorder looks for microphones
    this.node.addEventListener("toggle", () => this.build(), { once: true });
  }

  /** Whether somebody is writing or speaking it. */
  get isUnsent() {
    return Boolean(this.recorder?.isBusy || this.area.value.trim());
  }

  build() {
    this.recorder = new Recorder({
      begin: () => ({ target: { kind: "answer", commit: this.commit } }),
      final: (result) => {
        this.area.value = [this.area.value.trim(), result.text].filter(Boolean).join("\n\n");
        this.dictation = result.id;
        this.area.focus();
      },
    });
    this.node.append(field(t("review.yourAnswer"), this.area), this.recorder.node, this.recorder.words,
      button(t("review.send"), () => this.send(), { class: "primary" }));
  }

  async send() {
    const { dictation, recorder } = this;
    const text = this.area.value.trim();
    if (recorder.isBusy || !text) {
      announce(t(recorder.isBusy ? "review.speaking" : "review.empty"), true);
      (recorder.isBusy ? recorder.main : this.area).focus();
      return;
    }
    try {
      await api.post(`/api/answers/${encodeURIComponent(this.commit)}`, { text, dictation, at: this.at });
    } catch (error) {
      announce(error.message, true);
      return;
    }
    announce(t("review.sent"));
    if (this.area.value.trim() === text && !recorder.isBusy) this.close(); // else somebody went on
    await this.sent();
  }

  close() {
    this.area.value = "";
    this.dictation = null;
    this.recorder.clear();
    this.node.open = false;
    this.summary.focus();
  }

  dispose() {
    this.recorder?.dispose();
  }
}
