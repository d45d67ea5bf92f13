/** A recording beside its words: each segment lights up while it plays, and jumps on a click. */

import { sound } from "../api.js";
import { el, fill } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { Latest } from "../latest.js";

const players = new Set();

export class Transcript {
  /** `path` gives the sound, or is null; `title` names the recording. */
  constructor({ path, segments, title }) {
    this.path = path;
    this.audio = el("audio", { controls: true, preload: "metadata", "aria-label": title });
    this.problem = el("p", { class: "hint" });
    this.list = el("ol", { class: "segments", "aria-label": t("transcript.segments") });
    this.node = el("figure", { class: "transcript" }, path ? this.audio : null, this.problem, this.list);
    this.show(segments);
    this.follow();
    this.reading = new Latest();
    if (path) this.loaded = this.load();
  }

  show(segments) {
    this.buttons = segments.map((segment) => el("button", {
      type: "button", data: { start: segment.start, end: segment.end },
      on: { click: () => this.play(segment.start) },
    }, el("time", {}, clock(segment.start)), ` ${segment.text}`));
    fill(this.list, this.buttons.map((one) => el("li", {}, one)));
  }

  async load() {
    try {
      this.address = await this.reading.read((signal) => sound(this.path, signal));
    } catch (error) {
      this.audio.remove();
      this.problem.textContent = error.message;
    }
    if (this.address) this.audio.src = this.address;
    return Boolean(this.address);
  }

  /** Play from a moment, in seconds. Returns whether there is a sound. */
  async play(seconds) {
    if (!(await this.loaded)) return false;
    this.audio.currentTime = seconds;
    await this.audio.play().catch(() => {});
    return true;
  }

  follow() {
    players.add(this);
    const light = () => {
      const now = this.audio.currentTime;
      for (const one of this.buttons) {
        const isNow = now >= Number(one.dataset.start) && now < Number(one.dataset.end);
        if (isNow) one.setAttribute("aria-current", "true");
        else one.removeAttribute("aria-current");
      }
    };
    const step = () => {
      light();
      if (!this.audio.paused) requestAnimationFrame(step);
    };
    this.audio.addEventListener("play", () => {
      for (const other of players) if (other !== this) other.audio.pause();
      step();
    });
    for (const event of ["timeupdate", "seeked"]) this.audio.addEventListener(event, light);
  }

  /** Stop, and free the sound. */
  dispose() {
    players.delete(this);
    this.reading.stop();
    this.audio.pause();
    this.audio.removeAttribute("src");
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
