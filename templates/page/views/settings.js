/** Settings: of the engine, of the text, of what is heard; memory; the vocabulary. */

import * as api from "../api.js";
import { announce, button, choose, el, field, fill } from "../dom.js";
import { t, tOr } from "../i18n.js";
import { hasKeys, setPref } from "../prefs.js";
import { EnginePanel } from "../parts/engine.js";
import { VocabularyPanel } from "../parts/vocabulary.js";

/** What is set elsewhere on this page. */
const ELSEWHERE = new Set(["engine", "model", "device"]);
const GROUPS = [
  ["listening", ["language", "max_duration", "silence", "microphone", "recording_format"]],
  ["activity", ["vad_threshold", "vad_min_silence", "vad_max_segment", "vad_padding"]],
  ["text", ["text", "vocabulary", "learn"]],
  ["notes", ["notes_ref", "review_ref", "edit", "hook_record", "hook_strict"]],
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
    this.kept = el("input", { type: "checkbox" });
    this.node = el("div", { class: "view settings" },
      el("h1", { tabindex: -1 }, t("settings.title")),
      el("div", { class: "columns even" },
        el("div", { class: "stack" }, this.engine.node, this.vocabulary.node, this.page()),
        el("div", { class: "stack" },
          el("label", { class: "check" }, this.kept, t("settings.keep")), this.groups)));
  }

  async shown() {
    this.engine.load();
    this.vocabulary.load();
    try {
      this.draw((await api.get("/api/settings")).settings);
    } catch (error) {
      announce(error.message, true);
    }
  }

  /** What is kept in this browser alone. */
  page() {
    const keys = el("input", { type: "checkbox", checked: hasKeys() });
    keys.addEventListener("change", () => setPref("keys", keys.checked ? "on" : "off"));
    return el("section", { class: "panel" }, el("h2", {}, t("settings.page")),
      el("label", { class: "check" }, keys, t("settings.keys")));
  }

  draw(settings) {
    const byName = new Map(settings.map((one) => [one.name, one]));
    const listed = new Set(GROUPS.flatMap(([, names]) => names));
    const others = settings.map((one) => one.name).filter((name) => !listed.has(name) && !ELSEWHERE.has(name));
    const groups = [...GROUPS, ["others", others]]
      .map(([name, names]) => [name, names.filter((one) => byName.has(one)).map((one) => byName.get(one))])
      .filter(([, rows]) => rows.length);
    fill(this.groups, groups.map(([name, rows]) => el("section", { class: "panel" },
      el("h2", {}, t(`group.${name}`)), rows.map((row) => this.row(row)))));
  }

  row(setting) {
    const words = tOr(`setting.${setting.name}`, `${setting.key ?? setting.name} | ${setting.meaning}`);
    const [label, meaning] = words.split(" | ");
    const origin = setting.origin && setting.origin !== "default" ? t("settings.from", { origin: setting.origin }) : "";
    const hint = [meaning, origin].filter(Boolean).join(" · ");
    if (!setting.is_changeable) {
      const shown = el("output", {}, setting.value === null ? t("settings.unset") : String(setting.value));
      return field(label, shown, hint);
    }
    if (setting.kind === "list") return this.list(setting, label, hint);
    const control = this.control(setting);
    control.addEventListener("change", () => this.change(setting, read(setting, control)));
    const row = field(label, control, hint);
    if (setting.kind === "text" && setting.choices) row.append(suggestions(control, setting.choices));
    return row;
  }

  control({ kind, value, choices }) {
    if (kind === "choice") return choose(choices.map((one) => [one, one]), value);
    if (kind === "bool") return el("input", { type: "checkbox", class: "switch", checked: Boolean(value) });
    if (kind === "number") return el("input", { type: "number", step: "any", value: value ?? "" });
    return el("input", { type: "text", value: value ?? "", autocomplete: "off", spellcheck: "false" });
  }

  /** Text passes, each with a box of its own. */
  list(setting, label, hint) {
    const { value, choices } = setting;
    const chosen = new Set(value === "all" ? choices : value === "off" ? [] : value.split(",").map((one) => one.trim()));
    const boxes = choices.map((name) => el("input", { type: "checkbox", value: name, checked: chosen.has(name) }));
    const changed = () => {
      const names = boxes.filter((box) => box.checked).map((box) => box.value);
      const whole = names.length === choices.length ? "all" : names.join(",");
      return this.change(setting, names.length ? whole : "off");
    };
    for (const box of boxes) box.addEventListener("change", changed);
    return el("fieldset", { class: "field" }, el("legend", {}, label), el("p", { class: "hint" }, hint),
      boxes.map((box) => el("label", { class: "check" }, box, tOr(`pass.${box.value}`, box.value))));
  }

  async change(setting, value) {
    try {
      const { settings } = await api.patch("/api/settings",
        { settings: { [setting.name]: value }, save: this.kept.checked });
      announce(t("settings.changed"));
      if (settings) this.app.refresh();
    } catch (error) {
      announce(error.message, true);
    }
  }
}

function suggestions(control, choices) {
  const list = el("datalist", { id: `${control.id}-list` }, choices.map((value) => el("option", { value })));
  control.setAttribute("list", list.id);
  return list;
}

function read({ kind, value }, control) {
  if (kind === "bool") return control.checked;
  if (control.value === "") return null;
  if (kind === "number") return Number.isNaN(control.valueAsNumber) ? value : control.valueAsNumber;
  return control.value;
}
