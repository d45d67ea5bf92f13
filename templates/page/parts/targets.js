/** What the words are for: a commit of this branch, its cover, an answer, a message, plain text. */

import * as api from "../api.js";
import { el, fill, freshId } from "../dom.js";
import { t } from "../i18n.js";
import { Latest } from "../latest.js";

const OF_COMMITS = new Set(["commit", "answer"]);
const IN_REPOSITORY = ["commit", "cover", "answer", "message"];

export class TargetChoice {
  constructor() {
    this.kind = null; // until the branch was read, or somebody chose
    this.commits = [];
    this.reading = new Latest();
    this.kinds = el("div", { class: "choices" });
    this.list = el("div", { class: "commits", role: "radiogroup", "aria-label": t("target.commits") });
    this.branch = el("p", { class: "hint" });
    this.node = el("fieldset", { class: "panel targets" },
      el("legend", {}, t("target.title")), this.kinds, this.branch, this.list);
    this.name = freshId("kind");
    this.ofCommit = freshId("commit");
  }

  /** Return the target chosen, as the service takes it, or null where a commit is missing. */
  get target() {
    if (this.kind === "cover") return { kind: this.kind, series: this.repository.cover.series };
    if (!OF_COMMITS.has(this.kind)) return { kind: this.kind ?? "text" };
    const commit = this.commits.find((one) => one.id === this.commit);
    return commit ? { kind: this.kind, commit: commit.id, short: commit.short } : null;
  }

  /** Read the branch again: commits come and go, notes too. `ready` waits for it. */
  load() {
    this.ready = this.read();
    return this.ready;
  }

  async read() {
    let repository = null;
    let problem = "";
    try {
      repository = await this.reading.read((signal) => api.get("/api/repository", { signal }));
      if (repository === undefined) return; // it is read again
    } catch (error) {
      if (error.code !== "no_repository") problem = error.message;
    }
    const before = JSON.stringify(this.repository);
    this.repository = repository;
    this.commits = repository?.commits ?? [];
    // what somebody chose meanwhile stays
    this.kind ??= this.commits.length ? "commit" : "text";
    if (!repository) this.kind = "text";
    if (!this.commits.some((one) => one.id === this.commit)) this.commit = this.commits[0]?.id;
    if (before !== JSON.stringify(repository)) this.draw(); // a control keeps its focus
    if (problem) {
      this.branch.textContent = problem;
      this.branch.hidden = false;
    }
  }

  draw() {
    const kinds = this.repository ? [...IN_REPOSITORY, "text"] : ["text"];
    fill(this.kinds, kinds.map((kind) => this.radio(kind)));
    this.drawCommits();
  }

  radio(kind) {
    const input = el("input", { type: "radio", name: this.name, value: kind, checked: kind === this.kind });
    input.addEventListener("change", () => {
      this.kind = kind;
      this.drawCommits();
    });
    return el("label", { class: "chip" }, input, el("span", {}, t(`target.${kind}`)));
  }

  drawCommits() {
    const isShown = OF_COMMITS.has(this.kind);
    this.list.hidden = !isShown;
    this.branch.hidden = !this.repository;
    if (this.repository) {
      this.branch.textContent = this.kind === "cover"
        ? t(this.repository.cover?.has_note ? "target.coverThere" : "target.coverNone",
          { branch: this.repository.branch ?? "HEAD" })
        : isShown && !this.commits.length ? t("target.noCommits") : t(`target.${this.kind}Hint`);
    }
    if (isShown) fill(this.list, this.commits.map((one) => this.row(one)));
  }

  row(commit) {
    const input = el("input", { type: "radio", name: this.ofCommit, value: commit.id,
      checked: commit.id === this.commit });
    input.addEventListener("change", () => { this.commit = commit.id; });
    return el("label", { class: "commit" }, input,
      el("code", {}, commit.short), el("span", { class: "subject" }, commit.subject),
      commit.has_note ? el("span", { class: "badge" }, t("target.hasNote")) : null);
  }
}
