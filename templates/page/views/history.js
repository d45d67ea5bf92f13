/** History: what was said, to be searched, heard, edited, exported and deleted. */

import * as api from "../api.js";
import { announce, button, el, field, fill, freshId, marked } from "../dom.js";
import { clock, moment } from "../format.js";
import { t } from "../i18n.js";
import { confirmed } from "../parts/dialogs.js";
import { exportButtons, saved } from "../parts/exports.js";
import { Transcript } from "../parts/transcript.js";

const PAGE = 30;
const PAUSE = 200;

export class HistoryView {
  static title = "nav.history";

  constructor() {
    this.search = el("input", { type: "search", autocomplete: "off", on: { input: () => this.typed() } });
    this.list = el("ol", { class: "entries plain" });
    this.more = button(t("history.more"), () => this.load(this.next), { hidden: true });
    this.count = el("p", { class: "hint", role: "status" });
    const all = ["csv", "json"].map((format) => button(format.toUpperCase(),
      () => saved(api.withQuery(`/api/history/export/${format}`, { q: this.search.value.trim() }), `history.${format}`),
      { class: "small" }));
    this.node = el("div", { class: "view history" },
      el("h1", { tabindex: -1 }, t("history.title")),
      el("search", { class: "between" }, field(t("history.search"), this.search),
        el("div", { class: "row", role: "group", "aria-label": t("history.all") },
          el("span", { class: "hint" }, t("history.all")), all)),
      this.count, this.list, this.more);
  }

  shown() {
    return this.load();
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), PAUSE);
  }

  /** Show the first entries, or those that come before one. */
  async load(before = null) {
    const wanted = (this.wanted = {});
    const q = this.search.value.trim();
    let page;
    try {
      page = await api.get(api.withQuery("/api/history", { q, limit: PAGE, before }));
    } catch (error) {
      announce(error.message, true);
      return;
    }
    if (wanted !== this.wanted) return; // somebody has typed on
    const entries = page.entries.map((entry) => new Entry(entry));
    if (before === null) fill(this.list, entries.map((entry) => entry.node));
    else this.list.append(...entries.map((entry) => entry.node));
    this.next = page.next;
    this.more.hidden = !page.next;
    this.count.textContent = this.list.childElementCount ? "" : t(q ? "history.noHit" : "history.none");
    if (before !== null) entries[0]?.head.focus();
  }
}

/** An entry: its line, and below it, once opened, its sound and words. */
class Entry {
  constructor(entry) {
    this.entry = entry;
    this.path = `/api/history/${encodeURIComponent(entry.id)}`;
    this.body = el("div", { class: "body", hidden: true, id: freshId("entry") });
    this.head = el("button", { type: "button", class: "head", "aria-expanded": "false",
      "aria-controls": this.body.id, on: { click: () => this.toggle() } },
    el("span", { class: "title" }, entry.title || entry.target || entry.id),
    el("span", { class: "facts" }, [moment(entry.created), clock(entry.duration ?? 0), entry.engine, entry.language]
      .filter(Boolean).join(" · ")));
    this.words = el("p", { class: "snippet" });
    this.node = el("li", { class: "entry panel" }, this.head, this.words, this.body);
    this.summarize();
  }

  summarize() {
    const { snippet, text } = this.entry;
    fill(this.words, snippet ? marked(snippet.text, snippet.hits) : (text ?? t("history.noText")));
  }

  async toggle() {
    const isOpening = this.body.hidden;
    this.head.setAttribute("aria-expanded", String(isOpening));
    this.body.hidden = !isOpening;
    this.words.hidden = isOpening;
    this.transcript?.dispose();
    this.transcript = null;
    if (!isOpening) return;
    try {
      this.draw(await api.get(this.path));
    } catch (error) {
      announce(error.message, true);
    }
  }

  draw(entry) {
    const area = el("textarea", { class: "grows", rows: 3, value: entry.text ?? "" });
    this.transcript = new Transcript({
      path: entry.has_audio ? `${this.path}/audio` : null, segments: entry.segments ?? [],
      title: entry.title || t("transcript.audio"),
    });
    fill(this.body,
      this.transcript.node, entry.has_audio ? null : el("p", { class: "hint" }, t("history.noAudio")),
      field(t("history.text"), area),
      el("div", { class: "row" },
        button(t("history.save"), () => this.save(area.value), { class: "primary" }),
        button(t("history.delete"), () => this.drop(), { class: "quiet danger" })),
      exportButtons((format) => `${this.path}/export/${format}`, entry.id));
  }

  async save(text) {
    try {
      await api.patch(this.path, { text });
    } catch (error) {
      announce(error.message, true);
      return;
    }
    Object.assign(this.entry, { text, snippet: null });
    this.summarize();
    announce(t("history.saved"));
  }

  async drop() {
    const title = this.entry.title || this.entry.id;
    if (!(await confirmed(t("history.deleteAsk", { title }), t("history.delete")))) return;
    try {
      await api.remove(this.path);
    } catch (error) {
      announce(error.message, true);
      return;
    }
    this.transcript?.dispose();
    const next = this.node.nextElementSibling ?? this.node.previousElementSibling;
    this.node.remove();
    (next?.querySelector(".head") ?? document.querySelector(".history h1")).focus();
    announce(t("history.deleted"));
  }
}
