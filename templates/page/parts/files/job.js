/** A job on the page: its files, how far each is, what was heard, and what can be done. */

import * as api from "../../api.js";
import { announce, button, el, fill } from "../../dom.js";
import { clock, moment } from "../../format.js";
import { said, t, told } from "../../i18n.js";
import { Latest } from "../../latest.js";
import { confirmed } from "../dialogs.js";
import { exportButtons, FORMATS, saved } from "../exports.js";
import { Transcript } from "../transcript.js";

const IN_WORK = new Set(["queued", "running"]);

export class JobCard {
  constructor(job) {
    this.path = `/api/jobs/${encodeURIComponent(job.id)}`;
    this.rows = new Map();
    this.body = el("tbody");
    this.head = el("h2");
    this.count = el("span", { class: "hint" });
    this.actions = el("div", { class: "row" });
    const columns = ["files.name", "files.length", "files.state", "files.actions"];
    this.node = el("article", { class: "job panel" },
      el("header", { class: "between" }, el("div", {}, this.head, this.count), this.actions),
      el("div", { class: "scroll" }, el("table", {},
        el("caption", { class: "unseen" }, t("files.caption")),
        el("thead", {}, el("tr", {}, columns.map((key) => el("th", { scope: "col" }, t(key))))),
        this.body)));
    this.show(job);
  }

  /** Take files that changed, and the state of the job with them. */
  change({ files, state }) {
    const changed = new Map(files.map((file) => [file.number, file]));
    this.show({ ...this.job, state, files: this.job.files.map((one) => changed.get(one.number) ?? one) });
  }

  show(job) {
    const wasInWork = IN_WORK.has(this.job?.state);
    this.job = job;
    this.head.textContent = moment(job.created);
    for (const file of job.files) this.showFile(file);
    this.summarize();
    if (wasInWork && !IN_WORK.has(job.state)) announce(t("files.ended", { state: t(`state.${job.state}`) }));
  }

  summarize() {
    const { files, state } = this.job;
    const done = files.filter((file) => file.state === "done").length;
    this.node.dataset.state = state;
    this.count.textContent = t("files.count", { n: files.length, done, state: t(`state.${state}`) });
    const isAtWork = IN_WORK.has(state);
    const isLacking = files.some((file) => ["failed", "cancelled"].includes(file.state));
    const shown = [done > 0, isAtWork, isLacking].join();
    if (shown === this.shown) return; // a button keeps its focus
    this.shown = shown;
    fill(this.actions,
      done ? this.archive() : null,
      isAtWork ? button(t("files.cancel"), () => this.ask("cancel")) : null,
      !isAtWork && isLacking ? button(t("files.retry"), () => this.ask("retry")) : null,
      isAtWork ? null : button(t("files.delete"), () => this.drop(), { class: "quiet danger" }));
  }

  /** Everything as one archive, in the formats that are ticked. */
  archive() {
    if (this.zip) return this.zip;
    const boxes = FORMATS.map((format) => el("label", {},
      el("input", { type: "checkbox", value: format, checked: format === "txt" }), format.toUpperCase()));
    this.zip = el("details", { class: "menu" }, el("summary", {}, t("files.zip")),
      el("div", { class: "panel" }, boxes, button(t("files.download"), () => {
        const format = boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value);
        this.zip.open = false;
        return saved(api.withQuery(`${this.path}/archive`, { format }), "transcripts.zip");
      }, { class: "primary" })));
    return this.zip;
  }

  /** Ask for a change; what becomes of the job comes by its events. */
  async ask(what) {
    try {
      await api.post(`${this.path}/${what}`);
    } catch (error) {
      announce(error.message, true);
    }
  }

  async drop() {
    if (!(await confirmed(t("files.deleteAsk"), t("files.delete")))) return;
    try {
      await api.remove(this.path);
    } catch (error) {
      if (error.code !== "no_job") announce(error.message, true); // it is deleted already
    }
  }

  dispose() {
    for (const row of this.rows.values()) {
      row.reading.stop();
      row.transcript?.dispose();
    }
    this.node.remove();
  }

  showFile(file) {
    if (!this.rows.has(file.number)) {
      const row = { node: el("tr"), below: el("tr", { class: "opened", hidden: true }), reading: new Latest() };
      this.rows.set(file.number, row);
      this.body.append(row.node, row.below);
    }
    const row = this.rows.get(file.number);
    // a row whose state is the same only gets its progress: a button keeps its focus
    if (row.state === file.state) this.progress(row, file);
    else this.draw(row, file);
    row.state = file.state;
  }

  draw(row, file) {
    row.progress = el("progress", { max: 1, "aria-label": t("files.progress", { name: file.name }) });
    const problem = file.error ? [el("p", { class: "problem" }, told(file.error)),
      file.error.hint && file.error.code !== "unreadable_sound" ? el("p", { class: "hint" }, said(file.error.hint)) : null] : null;
    const open = button(t("files.open"), () => this.open(row, file.number), { "aria-expanded": "false" });
    fill(row.node, el("td", {}, el("bdi", { class: "path" }, file.name), problem),
      el("td", { class: "number" }, file.duration ? clock(file.duration) : ""),
      el("td", {}, el("span", { class: "state", data: { state: file.state } }, t(`state.${file.state}`)),
        file.state === "running" ? row.progress : null),
      el("td", {}, file.state === "done" ? open : null));
    row.button = open;
    this.progress(row, file);
  }

  progress(row, file) {
    if (file.duration) row.progress.value = Math.min(1, (file.heard ?? 0) / file.duration);
    else row.progress.removeAttribute("value");
  }

  async open(row, number) {
    const isOpening = row.below.hidden;
    row.below.hidden = !isOpening;
    row.button.setAttribute("aria-expanded", String(isOpening));
    row.button.textContent = t(isOpening ? "files.close" : "files.open");
    row.reading.stop();
    row.transcript?.dispose();
    row.transcript = null;
    fill(row.below);
    if (!isOpening) return;
    try {
      const job = await row.reading.read((signal) => api.get(this.path, { signal }));
      if (!job) return;
      const file = job.files.find((one) => one.number === number);
      const path = `${this.path}/files/${number}`;
      row.transcript = new Transcript({ path: `${path}/audio`, segments: file.segments ?? [], title: file.name });
      fill(row.below, el("td", { colspan: 4 }, (file.warnings ?? []).map((text) => el("p", { class: "hint" }, said(text))),
        row.transcript.node, exportButtons((format) => `${path}/export/${format}`, file.name)));
    } catch (error) {
      announce(error.message, true);
    }
  }
}
