/** The engine: which one, with which model, on which device, and the memory that it takes. */

import * as api from "../../api.js";
import { announce, button, choose, el, field, fill } from "../../dom.js";
import { bytes } from "../../format.js";
import { said, t } from "../../i18n.js";
import { Latest } from "../../latest.js";

export class EnginePanel {
  constructor(app) {
    this.app = app;
    this.form = el("div");
    this.reading = new Latest();
    this.measuring = new Latest();
    this.memory = el("dl", { class: "facts" });
    this.free = button(t("engine.free"), () => this.unload());
    this.node = el("section", { class: "panel" }, el("h2", {}, t("engine.title")), this.form,
      el("h3", {}, t("engine.memory")), this.memory, this.free);
  }

  async load() {
    const measured = this.measure();
    if (!this.form.childElementCount) fill(this.form, el("p", { class: "hint" }, t("page.loading")));
    try {
      const found = await this.reading.read((signal) => api.get("/api/engines", { signal }));
      if (found) this.draw(found.engines, found.current);
    } catch (error) {
      fill(this.form, el("p", { class: "problem" }, error.message));
    }
    await measured;
  }

  /** Show the memory that is taken now. */
  async measure() {
    try {
      const memory = await this.measuring.read((signal) => api.get("/api/memory", { signal }));
      if (memory) this.show(memory);
    } catch {
      // the state of the service at the top of the page says so
    }
  }

  draw(offered, current) {
    const shown = JSON.stringify([offered, current]);
    if (shown === this.shown) return; // a choice that somebody is about to make stays
    this.shown = shown;
    // an engine of another package is named in the configuration only
    const isOffered = offered.some((one) => one.name === current.name);
    const engines = isOffered ? offered : [...offered, { ...current, is_usable: true,
      models: current.model ? [current.model] : [], devices: [current.device] }];
    const engine = choose(engines.map((one) => [one.name, one.name]), current.name);
    for (const option of engine.options) {
      option.disabled = !engines.find((one) => one.name === option.value).is_usable;
    }
    const [model, device] = [el("select"), el("select")];
    const problems = engines.filter((one) => !one.is_usable)
      .map((one) => el("li", {}, el("code", {}, one.name), " ", said(one.problem ?? "")));
    const options = (select, names, value) => {
      fill(select, names.map((name) => el("option", { value: name }, name)));
      if (names.includes(value)) select.value = value;
      select.disabled = names.length < 2;
    };
    const modelField = field(t("engine.model"), model);
    const suit = () => {
      const chosen = engines.find((one) => one.name === engine.value);
      options(model, chosen?.models ?? [], current.model);
      modelField.hidden = !model.options.length; // an engine elsewhere has its own
      options(device, chosen?.devices ?? ["auto"], current.device);
    };
    engine.addEventListener("change", suit);
    suit();
    const use = button(t("engine.use"), () => this.change({
      engine: engine.value, model: model.value || null, device: device.value || null,
    }), { class: "primary" });
    fill(this.form, field(t("engine.engine"), engine), modelField,
      field(t("engine.device"), device),
      el("p", { class: "hint" }, t("engine.languages", { languages: current.languages.join(", ") })),
      problems.length ? el("details", {}, el("summary", {}, t("engine.unusable", { n: problems.length })),
        el("ul", {}, problems)) : null,
      el("div", { class: "row" }, use));
  }

  show({ server, engine, is_loaded: isLoaded }) {
    fill(this.memory,
      el("dt", {}, t("engine.ofServer")), el("dd", {}, bytes(server)),
      el("dt", {}, t("engine.ofEngine")), el("dd", {}, engine === null ? "0" : bytes(engine)),
      el("dt", {}, t("engine.state")), el("dd", {}, t(isLoaded ? "engine.loaded" : "engine.unloaded")));
    this.free.ariaDisabled = engine === null ? "true" : null; // a disabled button would lose the focus
  }

  async change(wanted) {
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null));
    try {
      await api.post("/api/engine", given);
      announce(t("engine.changed", { name: wanted.engine }));
    } catch (error) {
      announce(error.message, true);
    }
    await this.app.refresh();
    await this.load();
  }

  async unload() {
    this.measuring.stop();
    try {
      this.show(await api.post("/api/memory/free"));
      announce(t("engine.freed"));
    } catch (error) {
      announce(error.message, true);
    }
    this.app.refresh();
  }
}
