/** The answers to a patch or a cover, each with its recordings. */

import { el, fill } from "../../dom.js";
import { t } from "../../i18n.js";
import { Listened } from "./listened.js";

export class Answers {
  constructor() {
    this.sounds = [];
    this.node = el("div", { class: "answers" });
  }

  /** Show answers; as long as they are the same, what plays goes on. */
  show(answers) {
    const shown = JSON.stringify(answers);
    if (shown === this.shown) return;
    this.shown = shown;
    this.dispose();
    fill(this.node, answers.map((one) => {
      const sounds = new Listened(one.reviewer);
      this.sounds.push(sounds);
      sounds.show(one.recordings);
      return el("section", { class: "note reply" },
        el("h3", {}, el("bdi", {}, one.reviewer), " ", t("review.answered")),
        el("div", { class: "words" }, one.text), sounds.node);
    }));
  }

  dispose() {
    for (const sounds of this.sounds) sounds.dispose();
    this.sounds = [];
  }
}
