/** The vocabulary: terms that the engine listens for, and how they are said. */

import * as api from "../api.js";
import { announce, button, el, field, fill } from "../dom.js";
import { t } from "../i18n.js";

const SHOWN = 200;

export class VocabularyPanel {
  constructor() {
    this.term = el("input", { type: "text", autocomplete: "off", required: true, spellcheck: "false" });
    this.spoken = el("input", { type: "text", autocomplete: "off" });
    this.filter = el("input", { type: "search", autocomplete: "off", on: { input: () => this.draw() } });
    this.list = el("ul", { class: "terms plain" });
    this.count = el("p", { class: "hint" });
    this.terms = [];
    this.node = el("section", { class: "panel" }, el("h2", {}, t("vocabulary.title")),
      el("form", { class: "adding", on: { submit: (event) => this.add(event) } },
        field(t("vocabulary.term"), this.term), field(t("vocabulary.spoken"), this.spoken),
        el("button", { class: "primary" }, t("vocabulary.add"))),
      field(t("vocabulary.filter"), this.filter), this.count, this.list);
  }

  async load() {
    try {
      this.terms = (await api.get("/api/vocabulary")).terms;
      this.draw();
    } catch (error) {
      this.count.textContent = error.message;
    }
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const found = this.terms.filter((one) => one.term.toLowerCase().includes(wanted));
    this.count.textContent = t("vocabulary.count", { n: found.length });
    fill(this.list, found.slice(0, SHOWN).map((one) => el("li", {},
      el("code", {}, one.term), (one.spoken ?? []).length ? el("span", {}, one.spoken.join(", ")) : null,
      el("span", { class: "hint" }, one.origin ?? ""),
      button("\u00d7", () => this.drop(one.term), { class: "quiet small", "aria-label": t("vocabulary.remove", { term: one.term }) }))));
  }

  async add(event) {
    event.preventDefault();
    const spoken = this.spoken.value.trim();
    const body = { term: this.term.value.trim() };
    if (spoken) body.spoken = spoken.split(/[,，]/).map((one) => one.trim()).filter(Boolean);
    await this.change(() => api.post("/api/vocabulary", body));
    event.target.reset();
    this.term.focus();
  }

  drop(term) {
    return this.change(() => api.remove(`/api/vocabulary/${encodeURIComponent(term)}`));
  }

  async change(action) {
    try {
      await action();
      await this.load();
    } catch (error) {
      announce(error.message, true);
    }
  }
}
