/** A level meter: the last seconds as bars, or the level alone where motion is not wanted. */

import { el } from "../dom.js";
import { t } from "../i18n.js";

const BARS = 48;
const BAR_SECONDS = 0.1;
/** Peaks below are silence to an eye: 60 dB under full scale. */
const RANGE_DB = 60;

export class Level {
  constructor() {
    this.node = el("div", { class: "level", role: "meter", "aria-label": t("speak.level"),
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 });
    this.bars = Array.from({ length: BARS }, () => el("i"));
    this.node.append(...this.bars);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.clear();
  }

  clear() {
    this.heights = new Array(BARS).fill(0);
    this.peak = 0;
    this.lastBar = 0;
    this.draw();
  }

  /** Take the peak of a block of sound, from 0 to 1. */
  add(peak) {
    this.peak = Math.max(this.peak, peak);
    const now = performance.now() / 1000;
    if (now - this.lastBar < BAR_SECONDS) return;
    this.lastBar = now;
    const height = Math.max(0, 1 + (20 * Math.log10(this.peak || 1e-9)) / RANGE_DB);
    this.peak = 0;
    if (this.still.matches) this.heights.fill(height);
    else this.heights = [...this.heights.slice(1), height];
    this.node.setAttribute("aria-valuenow", Math.round(height * 100));
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.bars.forEach((bar, index) => {
      bar.style.transform = `scaleY(${Math.max(0.04, this.heights[index])})`;
    });
  }
}
