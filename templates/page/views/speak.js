/** Speak: what the words are for, the microphone, and what was said, to be saved as a note. */

import { announce, button, el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { confirmed } from "../parts/dialogs.js";
import { DoubtEditor } from "../parts/editor.js";
import { LanguageChoice } from "../parts/languages.js";
import { Recorder } from "../parts/recorder.js";
import { TargetChoice } from "../parts/targets.js";
import { Transcript } from "../parts/transcript.js";
import { saveNote } from "../parts/saving.js";

/** What is kept in the history as it was understood. */
const KEPT = new Set(["text", "message"]);

export class SpeakView {
  static title = "nav.speak";

  constructor(app) {
    this.app = app;
    this.isOnly = Boolean(app.status.dictation);
    this.recorder = new Recorder({
      begin: () => this.begin(),
      final: (result) => this.show(result),
      changed: (state) => this.listening(state),
    });
    this.targets = new TargetChoice();
    this.language = new LanguageChoice();
    this.language.show(app.status);
    this.result = el("section", { class: "result panel", hidden: true, "aria-label": t("speak.result") });
    this.editor = new DoubtEditor({ label: t("speak.edit"), play: (seconds) => this.play(seconds) });
    const title = app.status.dictation?.title;
    this.node = el("div", { class: "view speak" },
      el("h1", { tabindex: -1 }, title ?? t("speak.title")),
      el("div", { class: "columns" },
        el("div", { class: "stack" },
          this.isOnly ? null : this.targets.node,
          el("section", { class: "panel", "aria-label": t("speak.microphone") },
            this.recorder.node, this.language.node, el("p", { class: "hint keys" }, t("speak.keys")))),
        el("div", { class: "stack" },
          el("section", { class: "panel spoken", "aria-label": t("speak.words") },
            el("p", { class: "hint empty" }, t("speak.empty")), this.recorder.words),
          this.result)));
    addEventListener("beforeunload", (event) => {
      if (this.isUnsaved) event.preventDefault();
    });
  }

  get isUnsaved() {
    return !this.isOnly && !this.result.hidden && (!this.isSaved || this.editor.isChanged);
  }

  shown() {
    if (!this.isOnly && !this.recorder.isBusy && !this.isUnsaved) return this.targets.load();
    return null;
  }

  /** Take that the status of the service was read again. */
  changed() {
    this.language.show(this.app.status);
  }

  async begin() {
    if (this.isUnsaved && !(await confirmed(t("speak.discardAsk"), t("speak.discard")))) return null;
    if (!this.isOnly) await this.targets.ready;
    const target = this.isOnly ? { kind: "text" } : this.targets.target;
    if (!target) {
      announce(t("speak.noTarget"), true);
      return null;
    }
    this.target = target;
    this.result.hidden = true;
    return { target: { kind: target.kind, commit: target.commit }, language: this.language.value };
  }

  listening(state) {
    this.targets.node.disabled = this.recorder.isBusy;
    this.node.dataset.state = state;
    this.app.speaking(this.recorder.isListening);
  }

  /** Show what was understood. Words that nobody heard are no result. */
  async show(final) {
    if (this.isOnly) {
      announce(t("speak.inTerminal"));
      fill(this.result, el("p", { class: "done" }, t("speak.inTerminal")),
        el("div", { class: "words" }, final.text));
      this.recorder.node.closest(".panel").hidden = true;
      this.app.finish(); // the service was there for this dictation
      this.result.hidden = false;
      return;
    }
    if (!final.text.trim()) {
      announce(t("speak.nothing"), true);
      return;
    }
    this.final = final;
    this.isSaved = KEPT.has(this.target.kind);
    this.editor.set(final.text, final.doubts ?? []);
    this.transcript?.dispose();
    this.transcript = new Transcript({ path: `/api/history/${encodeURIComponent(final.id)}/audio`,
      segments: [], title: t("transcript.audio") });
    this.outcome = el("p", { class: "done", role: "status" });
    const actions = this.actions();
    fill(this.result, el("h2", {}, t("speak.result")), this.editor.node, this.transcript.node,
      actions, this.outcome);
    this.result.hidden = false;
    this.editor.area.focus();
  }

  actions() {
    const copy = button(t("speak.copy"), () => this.copy(), { class: "quiet" });
    const { kind } = this.target;
    const label = kind === "answer" ? t("speak.saveAnswer")
      : kind === "commit" || kind === "cover" ? t("speak.saveNote") : t("speak.saveText");
    return el("div", { class: "row" }, button(label, () => this.save(), { class: "primary" }), copy);
  }

  async save() {
    const { final, editor, outcome } = this;
    const { text } = editor;
    outcome.textContent = "";
    try {
      const done = await saveNote(this.target, text, final.id);
      if (!done) return;
      outcome.textContent = done;
      this.targets.load();
      if (final !== this.final) return; // something else was said meanwhile
      editor.original = text; // what was written since is not saved
      this.isSaved = true;
    } catch (error) {
      announce(error.message, true);
    }
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.editor.text);
      announce(t("speak.copied"));
    } catch {
      this.editor.area.select(); // the browser forbids it: the person's own keys still work
      announce(t("speak.notCopied"), true);
    }
  }

  async play(seconds) {
    if (!(await this.transcript?.play(Math.max(0, seconds - 0.5)))) announce(t("speak.noSound"));
  }

  /** Start or stop, as the button does. */
  toggle() {
    this.recorder.toggle();
  }
}
