/** A setting: its name, its meaning, where its value comes from, and a control where it can be changed. */

import { choose, el, field, freshId } from "../../dom.js";
import { t, tOr } from "../../i18n.js";

export class SettingRow {
  /** `change(setting, value, problem)` returns why a value was refused, or null. */
  constructor(setting, change) {
    const words = tOr(`setting.${setting.name}`, `${setting.key ?? setting.name} | ${setting.meaning}`);
    const [label, meaning] = words.split(" | ");
    this.setting = setting;
    this.meaning = meaning;
    this.change = change;
    this.hint = el("p", { class: "hint", id: freshId("hint") });
    this.problem = el("p", { class: "problem", id: freshId("problem"), hidden: true });
    if (!setting.is_changeable) this.node = this.fixed(label);
    else if (setting.kind === "list") this.node = this.boxes(label);
    else this.node = this.field(label);
    this.show(setting);
  }

  /** Show what the service says of it now. */
  show(setting) {
    this.setting = setting;
    const { origin } = setting;
    const from = origin && origin !== "default" ? t("settings.from", { origin: tOr(`origin.${origin}`, origin) }) : "";
    this.hint.textContent = [this.meaning, from].filter(Boolean).join(" \u00b7 ");
    // what somebody is typing, or what was refused, stays
    if (document.activeElement !== this.control || setting.kind === "bool" || setting.kind === "choice") this.put(setting);
  }

  fixed(label) {
    const shown = el("output");
    this.put = ({ value }) => { shown.textContent = value === null ? t("settings.unset") : String(value); };
    return this.described(label, shown);
  }

  field(label) {
    const control = this.make();
    this.control = control;
    this.put = ({ value }) => {
      if (control.type === "checkbox") control.checked = Boolean(value);
      else if (control.ariaInvalid !== "true") control.value = value ?? "";
    };
    control.addEventListener("change", () => this.send(this.read()));
    const node = this.described(label, control);
    const { kind, choices } = this.setting;
    if (kind === "text" && choices) {
      const list = el("datalist", { id: `${control.id}-list` }, choices.map((value) => el("option", { value })));
      control.setAttribute("list", list.id);
      node.append(list);
    }
    return node;
  }

  described(label, control) {
    const node = control.type === "checkbox"
      ? el("div", { class: "field" }, el("label", { class: "check" }, control, label)) : field(label, control);
    control.setAttribute("aria-describedby", `${this.hint.id} ${this.problem.id}`);
    node.append(this.hint, this.problem);
    return node;
  }

  make() {
    const { kind, choices, low, high } = this.setting;
    if (kind === "choice") return choose(choices.map((one) => [one, tOr(`choice.${one}`, one)]), "");
    if (kind === "bool") return el("input", { type: "checkbox", class: "switch" });
    if (kind === "number") return el("input", { type: "number", step: "any", min: low, max: high });
    return el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  }

  /** Text passes, each with a box of its own. */
  boxes(label) {
    const { choices } = this.setting;
    const boxes = choices.map((value) => el("input", { type: "checkbox", value }));
    this.put = ({ value }) => {
      const chosen = new Set(value === "all" ? choices : value === "off" ? [] : value.split(",").map((one) => one.trim()));
      for (const box of boxes) box.checked = chosen.has(box.value);
    };
    const changed = () => {
      const names = boxes.filter((box) => box.checked).map((box) => box.value);
      const whole = names.length === choices.length ? "all" : names.join(",");
      return this.send(names.length ? whole : "off");
    };
    for (const box of boxes) box.addEventListener("change", changed);
    return el("fieldset", { class: "field", "aria-describedby": this.hint.id }, el("legend", {}, label), this.hint,
      boxes.map((box) => el("label", { class: "check" }, box, tOr(`pass.${box.value}`, box.value))), this.problem);
  }

  read() {
    const { control, setting } = this;
    if (setting.kind === "bool") return control.checked;
    if (control.value === "") return null;
    if (setting.kind === "number") return Number.isNaN(control.valueAsNumber) ? setting.value : control.valueAsNumber;
    return control.value;
  }

  async send(value) {
    const outside = this.outside(value);
    this.mark(outside);
    const problem = await this.change(this.setting, value, outside);
    this.mark(problem);
    // a box shows what is; a text that was refused stays, to be mended
    if (!problem || this.control?.type === "checkbox" || !this.control) this.put(this.setting);
  }

  /** Return what is wrong with a number out of its range, or null. */
  outside(value) {
    const { kind, low, high } = this.setting;
    if (kind !== "number" || value === null || !((low ?? value) > value || (high ?? value) < value)) return null;
    return high === null ? t("setting.atLeast", { low }) : t("setting.range", { low, high });
  }

  mark(problem) {
    this.problem.textContent = problem ?? "";
    this.problem.hidden = !problem;
    if (this.control) this.control.ariaInvalid = problem ? "true" : null;
  }
}
