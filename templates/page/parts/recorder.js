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
   * missing, which it has reported, or a promise of these; `final` gets the result. `changed` is
   * told of each state.
   */
  constructor({ begin, final, changed = () => {} }) {
    this.begin = begin;
    this.final = final;
    this.changed = changed;
    this.state = "idle";
    this.build();
    this.showMicrophones();
    this.unfollow = new AbortController();
    const { signal } = this.unfollow;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.showMicrophones(), { signal });
  }

  /** Let go of what is around; it must not be at work. */
  dispose() {
    this.unfollow.abort();
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
    this.standing = el("span");
    this.tentative = el("i", { class: "tentative" });
    this.partial = el("p", { class: "partial", "aria-hidden": "true" }, this.standing, this.tentative);
    this.notices = el("ul", { class: "notices", role: "alert" });
    this.node = el("div", { class: "recorder" },
      field(t("mic.label"), this.device),
      el("div", { class: "controls" }, this.main, this.level.node, this.time, this.drop),
      this.phase, this.notices);
    this.words = el("div", { class: "live words" }, this.segments, this.partial);
  }

  async showMicrophones() {
    const wanted = (this.wanted = {});
    const found = await microphones().catch(() => []);
    if (wanted !== this.wanted) return; // they were asked for again
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
    let wanted = null;
    try {
      wanted = await this.begin();
      if (wanted) await this.open(wanted);
    } catch (error) {
      this.notice(error.message);
      wanted = null;
    }
    if (!wanted) this.show("idle");
  }

  /** Open the microphone, and begin the dictation. Raises an Error with a text for people. */
  async open(wanted) {
    this.clear();
    let dictation = null;
    let isGone = false;
    this.microphone = await Microphone.open(this.device.value, {
      heard: (samples, peak) => this.hear(dictation, samples, peak),
      ended: () => {
        isGone = true;
        this.lose();
      },
    });
    this.showMicrophones();
    dictation = new Dictation({ rate: this.microphone.rate, ...wanted }, {
      state: (name) => this.show(name),
      // an engine sends an empty one before the segment: until that comes, the words stay
      partial: (text, tentative) => { if (text || tentative) this.showPartial(text, tentative); },
      segment: (segment) => this.add(segment),
      warning: (text) => this.notice(text),
      final: (result) => { this.result = result; },
      failed: (text) => this.notice(text),
    });
    this.dictation = dictation;
    if (isGone) this.lose();
  }

  /** Forget the words of the last one. */
  clear() {
    fill(this.segments);
    fill(this.notices);
    this.showPartial();
    this.time.textContent = clock(0);
    this.level.clear();
  }

  hear(dictation, samples, peak) {
    if (!dictation || dictation.isOver) return; // a microphone that closes has its last sound for its own
    this.level.add(peak);
    dictation.push(samples);
    this.time.textContent = clock(dictation.total / dictation.rate);
  }

  /** The device has gone: what was said is kept, and becomes text. */
  lose() {
    if (!this.isListening) return;
    this.notice(t("mic.gone"));
    this.stop();
  }

  async stop() {
    const { dictation } = this;
    if (!this.isListening || !dictation || this.stopping) return;
    this.stopping = this.release(); // its last sound comes before the end
    await this.stopping;
    dictation.stop();
  }

  async cancel() {
    const { dictation } = this;
    if (!dictation || !(await confirmed(t("speak.cancelAsk"), t("speak.cancelYes")))) return;
    if (dictation.isOver) return; // the text came meanwhile
    await this.release();
    dictation.cancel();
  }

  /** Let the microphone go; its last sound is handed on first. */
  async release() {
    const { microphone } = this;
    this.microphone = null;
    await microphone?.close();
    this.level.clear();
  }

  /** Show the words of the sentence that is being spoken: those that stand, and the others. */
  showPartial(text = "", tentative = "") {
    this.change(() => {
      this.standing.textContent = text;
      this.tentative.textContent = text && tentative ? ` ${tentative}` : tentative;
    });
  }

  add(segment) {
    this.change(() => this.segments.append(el("p", {}, segment.text)));
    this.showPartial();
  }

  /** Change the words; their end stays in sight, unless somebody has scrolled away from it. */
  change(how) {
    const { words } = this;
    const isAtEnd = words.scrollTop + words.clientHeight >= words.scrollHeight - 2;
    how();
    if (isAtEnd) words.scrollTop = words.scrollHeight;
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
    if (state === "finishing") this.release(); // the service may have ended it
    if (isOver) this.end();
    this.changed(state);
  }

  /** Make ready for the next one, and hand on what came of this one: all at once. */
  end() {
    const { result } = this;
    if (active === this) active = null;
    this.dictation = this.result = this.stopping = null;
    this.showPartial();
    this.release();
    if (result) this.final(result);
  }
}
