/** Files: any number of them, or folders, and what was heard in each. */

import * as api from "../api.js";
import { announce, button, choose, el, field } from "../dom.js";
import { t } from "../i18n.js";
import { dropped, picked } from "../parts/drops.js";
import { JobCard } from "../parts/job.js";

export class FilesView {
  static title = "nav.files";

  constructor(app) {
    this.app = app;
    this.cards = new Map();
    this.jobs = el("div", { class: "stack" });
    this.empty = el("p", { class: "hint empty" }, t("files.none"));
    this.sending = el("progress", { max: 1, hidden: true, "aria-label": t("files.sending") });
    this.node = el("div", { class: "view files" },
      el("h1", { tabindex: -1 }, t("files.title")), this.zone(), this.sending, this.empty, this.jobs);
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
    const zone = el("section", { class: "zone panel", "aria-label": t("files.drop") },
      el("p", { class: "lead" }, t("files.drop")),
      el("div", { class: "row" },
        button(t("files.choose"), () => files.click(), { class: "primary" }),
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
    const known = this.app.status.engine?.languages ?? [];
    this.keywords = el("input", { type: "text", autocomplete: "off" });
    this.language = choose(known.map((one) => [one, one]), this.app.status.language);
    return el("div", { class: "options" },
      known.length > 1 ? field(t("speak.language"), this.language) : null,
      field(t("files.keywords"), this.keywords, t("files.keywordsHint")));
  }

  async shown() {
    try {
      const { jobs } = await api.get("/api/jobs");
      for (const job of [...jobs].reverse()) if (!this.cards.has(job.id)) this.add(job);
    } catch (error) {
      announce(error.message, true);
    }
    this.empty.hidden = this.cards.size > 0;
  }

  add(job) {
    const card = new JobCard(job, () => {
      this.cards.delete(job.id);
      this.empty.hidden = this.cards.size > 0;
    });
    this.cards.set(job.id, card);
    this.jobs.prepend(card.node);
    this.empty.hidden = true;
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
    this.sending.hidden = false;
    this.sending.value = 0;
    try {
      this.add(await api.upload("/api/jobs", form, (share) => { this.sending.value = share; }));
      announce(t("files.sent", { n: files.length }));
    } catch (error) {
      announce(error.message, true);
    } finally {
      this.sending.hidden = true;
    }
  }
}
