/** Settings: of the engine, of the text, of what is heard; memory; the vocabulary. */

import * as api from "../api.js";
import { announce, el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { InTurn, Latest } from "../latest.js";
import { hasKeys, setPref } from "../prefs.js";
import { EnginePanel } from "../parts/settings/engine.js";
import { SettingRow } from "../parts/settings/setting.js";
import { VocabularyPanel } from "../parts/settings/vocabulary.js";

/** What is set elsewhere on this page. */
const ELSEWHERE = new Set(["engine", "model", "device"]);
const GROUPS = [
  ["listening", ["language", "max_duration", "silence", "microphone", "recording_format"]],
  ["activity", ["vad_threshold", "vad_min_silence", "vad_max_segment", "vad_padding"]],
  ["text", ["text", "vocabulary", "learn"]],
  ["notes", ["notes_ref", "review_ref", "edit", "editor", "hook_record", "hook_strict"]],
  ["remote", ["remote_url", "remote_path", "remote_model", "remote_concurrency", "remote_timeout"]],
  ["service", ["server_idle"]],
];

export class SettingsView {
  static title = "nav.settings";

  constructor(app) {
    this.app = app;
    this.engine = new EnginePanel(app);
    this.vocabulary = new VocabularyPanel();
    this.groups = el("div", { class: "stack" });
    this.reading = new Latest();
    this.changes = new InTurn();
    this.rows = new Map();
    this.kept = el("input", { type: "checkbox" });
    this.node = el("div", { class: "view settings" },
      el("h1", { tabindex: -1 }, t("settings.title")),
      el("div", { class: "columns even" },
        el("div", { class: "stack" }, this.engine.node, this.vocabulary.node, this.page()),
        el("div", { class: "stack" },
          el("label", { class: "check" }, this.kept, t("settings.keep")), this.groups)));
  }

  shown() {
    return Promise.all([this.engine.load(), this.vocabulary.load(), this.load()]);
  }

  async load() {
    try {
      const found = await this.reading.read((signal) => api.get("/api/settings", { signal }));
      if (found) this.draw(found.settings);
    } catch (error) {
      announce(error.message, true);
    }
  }

  /** Take that the status of the service was read again. */
  changed() {
    if (this.node.checkVisibility()) this.engine.measure();
  }

  /** What is kept in this browser alone. */
  page() {
    const keys = el("input", { type: "checkbox", checked: hasKeys() });
    keys.addEventListener("change", () => setPref("keys", keys.checked ? "on" : "off"));
    return el("section", { class: "panel" }, el("h2", {}, t("settings.page")),
      el("label", { class: "check" }, keys, t("settings.keys")));
  }

  /** Show the settings; a control that is there takes its new value, unless it is being used. */
  draw(settings) {
    const names = settings.map((one) => one.name).filter((name) => !ELSEWHERE.has(name));
    if (names.join() === [...this.rows.keys()].join()) {
      for (const one of settings) this.rows.get(one.name)?.show(one);
      return;
    }
    this.rows = new Map(settings.filter((one) => names.includes(one.name)).map((one) => [one.name,
      new SettingRow(one, (...change) => this.change(...change))]));
    const listed = new Set(GROUPS.flatMap(([, some]) => some));
    const groups = [...GROUPS, ["others", names.filter((name) => !listed.has(name))]]
      .map(([name, some]) => [name, some.filter((one) => this.rows.has(one))])
      .filter(([, some]) => some.length);
    fill(this.groups, groups.map(([name, some]) => el("section", { class: "panel" },
      el("h2", {}, t(`group.${name}`)), some.map((one) => this.rows.get(one).node))));
  }

  /**
   * Change a setting, after those that were changed before it; return why it was refused, or null.
   *
   * `problem` is why it cannot be accepted at all. That waits for its turn, too: what became of an
   * earlier change would else be told after it, and hide it.
   */
  change(setting, value, problem) {
    return this.changes.run(async () => {
      try {
        if (problem) throw new Error(problem);
        this.reading.stop(); // an answer from before has the old value
        const { settings } = await api.patch("/api/settings",
          { settings: { [setting.name]: value }, save: this.kept.checked });
        this.draw(settings);
        announce(t("settings.changed"));
        this.app.refresh();
        return null;
      } catch (error) {
        announce(error.message, true);
        return error.message;
      }
    });
  }
}
