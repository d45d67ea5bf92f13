/** History: what was said, to be searched, heard, edited, exported and deleted. */

import * as api from "../api.js";
import { announce, button, el, field, fill, freshId, marked } from "../dom.js";
import { clock, moment } from "../format.js";
import { t } from "../i18n.js";
import { Latest } from "../latest.js";
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
    this.state = el("p", { class: "hint", role: "status" });
    this.entries = new Map();
    this.reading = new Latest();
    const all = ["csv", "json"].map((format) => button(format.toUpperCase(),
      () => saved(api.withQuery(`/api/history/export/${format}`, { q: this.search.value.trim() }), `history.${format}`),
      { class: "small" }));
    this.wipe = button(t("history.clear"), () => this.clear(), { class: "quiet danger", hidden: true });
    this.node = el("div", { class: "view history" },
      el("h1", { tabindex: -1 }, t("history.title")),
      el("search", { class: "between" }, field(t("history.search"), this.search),
        el("div", { class: "row", role: "group", "aria-label": t("history.all") },
          el("span", { class: "hint" }, t("history.all")), all, this.wipe)),
      this.state, this.list, this.more);
    addEventListener("beforeunload", (event) => {
      if ([...this.entries.values()].some((entry) => entry.isUnsaved)) event.preventDefault();
    });
  }

  shown() {
    return this.load();
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), PAUSE);
  }

  /**
   * Show the first entries, or those that come before one.
   *
   * What is shown already stays as it is, unless something else is searched for; a text that is
   * being edited stays in any case.
   */
  async load(before = null) {
    const q = this.search.value.trim();
    let page;
    try {
      page = await this.reading.read((signal) => api.get(
        api.withQuery("/api/history", { q, limit: PAGE, before }), { signal }));
    } catch (error) {
      announce(error.message, true);
    }
    if (!page) return;
    const isSame = q === this.query;
    this.query = q;
    const found = page.entries.map((one) => this.entry(one, isSame));
    const others = [...this.entries.values()].filter((one) => !found.includes(one));
    const kept = before === null ? [...found, ...others.filter((one) => one.isUnsaved)] : [...others, ...found];
    for (const entry of this.entries.values()) if (!kept.includes(entry)) entry.dispose();
    this.entries = new Map(kept.map((entry) => [entry.entry.id, entry]));
    arrange(this.list, kept.map((entry) => entry.node));
    this.next = page.next;
    this.more.hidden = !page.next;
    this.count(q);
    if (before !== null) found[0]?.head.focus();
  }

  entry(one, isSame) {
    const known = this.entries.get(one.id);
    if (!known || !(isSame || known.isUnsaved)) return new Entry(one, (entry) => this.remove(entry));
    known.update(one);
    return known;
  }

  remove(entry) {
    const next = entry.node.nextElementSibling ?? entry.node.previousElementSibling;
    this.entries.delete(entry.entry.id);
    entry.dispose();
    if (this.reading.stop()) this.load(); // an answer from before may have the entry
    (next?.querySelector(".head") ?? this.node.querySelector("h1")).focus();
    this.count(this.search.value.trim());
  }

  /** Delete everything, or all that is found. */
  async clear() {
    const { query } = this;
    if (!(await confirmed(t(query ? "history.clearFoundAsk" : "history.clearAsk", { query }), t("history.delete")))) return;
    try {
      const { deleted } = await api.remove(api.withQuery("/api/history", { q: query }));
      announce(t("history.cleared", { n: deleted }));
    } catch (error) {
      announce(error.message, true);
    }
    for (const entry of this.entries.values()) entry.dispose();
    this.entries.clear();
    this.node.querySelector("h1").focus();
    await this.load();
  }

  count(q) {
    this.wipe.hidden = !this.entries.size;
    this.wipe.textContent = t(q ? "history.clearFound" : "history.clear");
    this.state.textContent = this.entries.size ? "" : t(q ? "history.noHit" : "history.none");
  }
}

/** An entry: its line, and below it, once opened, its sound and words. */
class Entry {
  /** `removed` is called once the entry is deleted. */
  constructor(entry, removed) {
    this.entry = entry;
    this.removed = removed;
    this.reading = new Latest();
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

  /** Whether it is open with a text that was changed. */
  get isUnsaved() {
    return !this.body.hidden && Boolean(this.area) && this.area.value !== this.saved;
  }

  /** Take an entry as it is now; a text that is being edited stays. */
  update(entry) {
    this.entry = entry;
    this.summarize();
  }

  async toggle() {
    if (this.isUnsaved && !(await confirmed(t("history.discardAsk"), t("history.discard")))) return;
    const isOpening = this.body.hidden;
    this.head.setAttribute("aria-expanded", String(isOpening));
    this.body.hidden = !isOpening;
    this.words.hidden = isOpening;
    this.close();
    if (!isOpening) return;
    fill(this.body, el("p", { class: "hint" }, t("page.loading")));
    try {
      const entry = await this.reading.read((signal) => api.get(this.path, { signal }));
      if (entry) this.draw(entry);
    } catch (error) {
      fill(this.body, el("p", { class: "problem" }, error.message));
    }
  }

  close() {
    this.reading.stop();
    this.transcript?.dispose();
    this.transcript = this.area = null;
    fill(this.body);
  }

  dispose() {
    this.close();
    this.node.remove();
  }

  draw(entry) {
    const area = el("textarea", { class: "grows", rows: 3, value: entry.text ?? "" });
    this.area = area;
    this.saved = area.value;
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
    this.saved = text;
    this.update({ ...this.entry, text, snippet: null });
    announce(t("history.saved"));
  }

  async drop() {
    const title = this.entry.title || this.entry.id;
    if (!(await confirmed(t("history.deleteAsk", { title }), t("history.delete")))) return;
    try {
      await api.remove(this.path);
    } catch (error) {
      if (error.code !== "no_recording") { // else it is deleted already
        announce(error.message, true);
        return;
      }
    }
    this.removed(this);
    announce(t("history.deleted"));
  }
}

/** Put elements into a list in their order; one that is in its place is not moved: it may have the focus. */
function arrange(list, nodes) {
  let at = list.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
}
