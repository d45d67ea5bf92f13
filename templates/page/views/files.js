/** Files: any number of them, or folders, and what was heard in each. */

import * as api from "../api.js";
import { announce, button, el, field, fill } from "../dom.js";
import { t } from "../i18n.js";
import { dropped, picked } from "../parts/files/drops.js";
import { JobCard } from "../parts/files/job.js";
import { LanguageChoice } from "../parts/languages.js";
import { Sending } from "../parts/files/sending.js";

const RETRY_DELAY = 2000;
/** Answers after which asking again is of no use: the token is wrong, another service has the jobs. */
const FINAL = new Set([401, 403, 409]);

export class FilesView {
  static title = "nav.files";

  constructor(app) {
    this.app = app;
    this.cards = new Map();
    this.jobs = el("div", { class: "stack" });
    this.empty = el("p", { class: "hint empty" }, t("files.none"));
    this.uploads = el("div", { class: "stack" });
    this.node = el("div", { class: "view files" },
      el("h1", { tabindex: -1 }, t("files.title")), this.zone(), this.uploads, this.empty, this.jobs);
  }

  zone() {
    const files = el("input", { type: "file", multiple: true, hidden: true });
    const folder = el("input", { type: "file", multiple: true, hidden: true, webkitdirectory: true });
    for (const input of [files, folder]) {
      input.addEventListener("change", () => {
        this.send(picked(input.files));
        input.value = "";
      });
    }
    this.chooser = button(t("files.choose"), () => files.click(), { class: "primary" });
    const zone = el("section", { class: "zone panel", "aria-label": t("files.drop") },
      el("p", { class: "lead" }, t("files.drop")),
      el("div", { class: "row" },
        this.chooser,
        button(t("files.folder"), () => folder.click())),
      files, folder, this.options());
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) {
      zone.addEventListener(name, () => zone.classList.remove("over"));
    }
    zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      this.send(await dropped(event.dataTransfer));
    });
    return zone;
  }

  options() {
    this.keywords = el("input", { type: "text", autocomplete: "off" });
    this.language = new LanguageChoice();
    this.changed();
    return el("div", { class: "options" }, this.language.node,
      field(t("files.keywords"), this.keywords, t("files.keywordsHint")));
  }

  /** Take that the status of the service was read again. */
  changed() {
    this.language.show(this.app.status);
  }

  shown() {
    this.following ??= this.follow();
  }

  /** Show all jobs as they are, as long as the page is there; a broken connection is made again. */
  async follow() {
    for (;;) {
      try {
        for await (const event of api.events("/api/jobs/events")) this.take(event);
      } catch (error) {
        if (!(error instanceof api.ApiError)) throw error;
        if (FINAL.has(error.status)) {
          this.following = null; // the view tries again when it is shown again
          fill(this.empty, error.message);
          this.empty.hidden = false;
          return;
        }
      }
      await new Promise((resolve) => { setTimeout(resolve, RETRY_DELAY); });
    }
  }

  take(event) {
    if (event.type === "jobs") {
      const there = new Set(event.jobs.map((job) => job.id));
      for (const id of this.cards.keys()) if (!there.has(id)) this.remove(id);
      for (const job of event.jobs) this.show(job);
    }
    if (event.type === "job") this.show(event.job);
    if (event.type === "files") this.cards.get(event.id)?.change(event);
    if (event.type === "deleted") this.remove(event.id);
    this.empty.hidden = this.cards.size > 0;
  }

  show(job) {
    if (this.cards.has(job.id)) {
      this.cards.get(job.id).show(job);
      return;
    }
    const card = new JobCard(job);
    const older = [...this.cards.values()].find((one) => one.job.created < job.created);
    this.cards.set(job.id, card);
    this.jobs.insertBefore(card.node, older?.node ?? null);
    this.cards = new Map([...this.cards].sort(([, a], [, b]) => (a.job.created < b.job.created ? 1 : -1)));
  }

  remove(id) {
    const card = this.cards.get(id);
    if (!card) return;
    this.cards.delete(id);
    const hadFocus = card.node.contains(document.activeElement);
    card.dispose();
    if (hadFocus && this.node.checkVisibility()) this.chooser.focus();
  }

  async send(files) {
    if (!files.length) {
      announce(t("files.noFile"), true);
      return;
    }
    const form = new FormData();
    if (this.language.value) form.append("language", this.language.value);
    const terms = this.keywords.value.split(/[,，、;；\n]/).map((term) => term.trim()).filter(Boolean);
    for (const term of terms) form.append("keywords[]", term);
    for (const [file, path] of files) form.append("file", file, path);
    const sending = new Sending(files);
    this.uploads.append(sending.node);
    try {
      await sending.send(form);
      announce(t("files.sent", { n: files.length }));
    } catch (error) {
      if (error.name === "AbortError") announce(t("files.stopped"));
      else announce(error.message, true);
    } finally {
      sending.node.remove();
    }
  }
}
