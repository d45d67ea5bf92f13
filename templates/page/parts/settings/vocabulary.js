/** The vocabulary: terms that the engine listens for, and how they are said. */

import * as api from "../../api.js";
import { announce, button, el, field, fill, once } from "../../dom.js";
import { t, tOr } from "../../i18n.js";
import { Latest } from "../../latest.js";

const SHOWN = 200;

export class VocabularyPanel {
  constructor() {
    this.term = el("input", { type: "text", autocomplete: "off", required: true, spellcheck: "false" });
    this.spoken = el("input", { type: "text", autocomplete: "off" });
    this.filter = el("input", { type: "search", autocomplete: "off", on: { input: () => this.draw() } });
    this.list = el("ul", { class: "terms plain" });
    this.count = el("p", { class: "hint" });
    this.terms = [];
    this.reading = new Latest();
    this.node = el("section", { class: "panel" }, el("h2", {}, t("vocabulary.title")),
      el("form", { class: "adding", on: { submit: (event) => this.add(event) } },
        field(t("vocabulary.term"), this.term), field(t("vocabulary.spoken"), this.spoken),
        el("button", { class: "primary" }, t("vocabulary.add"))),
      field(t("vocabulary.filter"), this.filter), this.count, this.list);
  }

  async load() {
    try {
      const found = await this.reading.read((signal) => api.get("/api/vocabulary", { signal }));
      if (!found) return;
      this.terms = found.terms;
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
      el("span", { class: "hint" }, tOr(`list.${one.origin}`, one.origin ?? "")),
      button("\u00d7", () => this.drop(one.term), { class: "quiet small", "aria-label": t("vocabulary.remove", { term: one.term }) }))));
  }

  add(event) {
    event.preventDefault();
    const spoken = this.spoken.value.split(/[,，]/).map((one) => one.trim()).filter(Boolean);
    const body = { term: this.term.value.trim(), spoken };
    return once(event.target, async () => {
      if (!(await this.change(() => api.post("/api/vocabulary", body)))) return;
      event.target.reset();
      this.term.focus();
    });
  }

  async drop(term) {
    await this.change(() => api.remove(`/api/vocabulary/${encodeURIComponent(term)}`));
    this.filter.focus(); // the button has gone
  }

  /** Change the lists; return whether that was done. */
  async change(action) {
    try {
      await action();
      return true;
    } catch (error) {
      announce(error.message, true);
      return false;
    } finally {
      await this.load();
    }
  }
}
