/** A button that listens: the microphone, the level, the words while they come. */

import { button, choose, el, field, fill } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { pref, setPref } from "../prefs.js";
import { Dictation } from "../sound/dictation.js";
import { Microphone, microphones } from "../sound/microphone.js";
import { confirmed } from "./dialogs.js";
import { Level } from "./level.js";

const BUSY = new Set(["opening", "connecting", "speaking", "lost", "finishing"]);
const LISTENING = new Set(["connecting", "speaking", "lost"]);
/** The one that listens; there is one microphone. */
let active = null;

/** Return the recorder that is at work, or null. */
export const activeRecorder = () => active;

// a page that closes while somebody speaks asks first
addEventListener("beforeunload", (event) => {
  if (active) event.preventDefault();
});

export class Recorder {
  /**
   * `begin` returns the target and the language of the next dictation, or null if something is
   * missing, which it has reported, or a promise of these; `final` gets the result. `changed` is told of each state.
   */
  constructor({ begin, final, changed = () => {} }) {
    this.begin = begin;
    this.final = final;
    this.changed = changed;
    this.state = "idle";
    this.build();
    this.showMicrophones();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.showMicrophones());
  }

  get isBusy() {
    return BUSY.has(this.state);
  }

  get isListening() {
    return LISTENING.has(this.state);
  }

  build() {
    this.level = new Level();
    this.device = choose([["", t("mic.default")]], "", { class: "device" });
    this.device.addEventListener("change", () => setPref("microphone", this.device.value));
    this.label = el("span", {}, t("speak.start"));
    this.main = el("button", { type: "button", class: "record", "aria-pressed": "false",
      on: { click: () => this.toggle() } }, el("span", { class: "dot" }), this.label);
    this.drop = button(t("speak.cancel"), () => this.cancel(), { class: "quiet", hidden: true });
    this.time = el("span", { class: "time", "aria-hidden": "true" }, "0:00");
    this.phase = el("p", { class: "phase", role: "status" });
    this.segments = el("div", { class: "log", role: "log", "aria-label": t("speak.words") });
    this.partial = el("p", { class: "partial", "aria-hidden": "true" });
    this.notices = el("ul", { class: "notices", role: "alert" });
    this.node = el("div", { class: "recorder" },
      field(t("mic.label"), this.device),
      el("div", { class: "controls" }, this.main, this.level.node, this.time, this.drop),
      this.phase, this.notices);
    this.words = el("div", { class: "live words" }, this.segments, this.partial);
  }

  async showMicrophones() {
    const found = await microphones();
    const chosen = pref("microphone") ?? "";
    const options = [["", t("mic.default")], ...found];
    fill(this.device, options.map(([id, name]) => el("option", { value: id }, name)));
    this.device.value = options.some(([id]) => id === chosen) ? chosen : "";
  }

  toggle() {
    if (this.isListening) this.stop();
    else if (!this.isBusy) this.start();
  }

  async start() {
    if (active) {
      this.notice(t("speak.elsewhere"));
      return;
    }
    active = this;
    this.show("opening");
    const wanted = await this.begin();
    if (!wanted) {
      this.show("idle");
      return;
    }
    fill(this.segments);
    fill(this.notices);
    this.partial.textContent = "";
    this.level.clear();
    try {
      this.microphone = await Microphone.open(this.device.value, {
        heard: (samples, peak) => this.hear(samples, peak),
        ended: () => this.lose(),
      });
    } catch (error) {
      this.notice(error.message);
      this.show("idle");
      return;
    }
    this.showMicrophones();
    this.dictation = new Dictation({ rate: this.microphone.rate, ...wanted }, {
      state: (name) => this.show(name),
      partial: (text) => { this.partial.textContent = text; },
      segment: (segment) => this.add(segment),
      warning: (text) => this.notice(text),
      final: (result) => { this.result = result; },
      failed: (text) => this.notice(text),
    });
  }

  hear(samples, peak) {
    this.level.add(peak);
    if (!this.dictation) return;
    this.dictation.push(samples);
    this.time.textContent = clock(this.dictation.total / this.dictation.rate);
  }

  /** The device has gone: what was said is kept, and becomes text. */
  lose() {
    if (!this.isListening) return;
    this.notice(t("mic.gone"));
    this.stop();
  }

  async stop() {
    if (!this.isListening) return;
    await this.release();
    this.dictation.stop();
  }

  async cancel() {
    if (!this.dictation || !(await confirmed(t("speak.cancelAsk"), t("speak.cancelYes")))) return;
    if (!this.dictation) return; // the text came meanwhile
    await this.release();
    this.dictation.cancel();
  }

  /** Let the microphone go; its last sound is handed on first. */
  async release() {
    const { microphone } = this;
    this.microphone = null;
    await microphone?.close();
    this.level.clear();
  }

  add(segment) {
    this.partial.textContent = "";
    this.segments.append(el("p", {}, segment.text));
    this.words.scrollTop = this.words.scrollHeight;
  }

  notice(text) {
    this.notices.append(el("li", {}, text));
  }

  show(state) {
    this.state = state;
    const isOver = !this.isBusy;
    this.main.setAttribute("aria-pressed", String(this.isListening));
    // a button that is disabled would lose the focus of whoever pressed it
    const isWaiting = state === "opening" || state === "finishing";
    this.main.setAttribute("aria-disabled", String(isWaiting));
    this.drop.hidden = isOver || state === "opening";
    this.label.textContent = this.isListening ? t("speak.stop") : t("speak.start");
    this.phase.textContent = state === "idle" ? "" : t(`phase.${state}`);
    this.node.dataset.state = state;
    if (isOver) this.end();
    this.changed(state);
  }

  /** Make ready for the next one; hand on what came of this one. */
  async end() {
    if (active === this) active = null;
    await this.release();
    this.partial.textContent = "";
    this.dictation = null;
    const { result } = this;
    this.result = null;
    if (result) this.final(result);
  }
}
