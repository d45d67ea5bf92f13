/** Recordings of words that are shown, each with its transcript once it is opened. */

import * as api from "../../api.js";
import { el, fill } from "../../dom.js";
import { t } from "../../i18n.js";
import { Latest } from "../../latest.js";
import { Transcript } from "../transcript.js";

export class Listened {
  /** `name` is what the words are about. */
  constructor(name) {
    this.name = name;
    this.menus = new Map();
    this.node = el("div", { class: "sounds" });
  }

  /** Show recordings; one that is shown already stays as it is. */
  show(recordings) {
    const there = recordings.filter((one) => one.has_audio).map((one) => one.id);
    for (const [id, menu] of this.menus) if (!there.includes(id)) this.drop(id, menu);
    for (const id of there) if (!this.menus.has(id)) this.add(id);
  }

  add(id) {
    const body = el("div");
    const menu = { body, reading: new Latest(), node: el("details", { class: "listening" },
      el("summary", {}, t("review.listen")), body) };
    menu.node.addEventListener("toggle", () => this.toggled(id, menu));
    this.menus.set(id, menu);
    this.node.append(menu.node);
  }

  async toggled(id, menu) {
    menu.reading.stop();
    menu.transcript?.dispose();
    menu.transcript = null;
    fill(menu.body);
    if (!menu.node.open) return;
    const path = `/api/history/${encodeURIComponent(id)}`;
    try {
      const entry = await menu.reading.read((signal) => api.get(path, { signal }));
      if (!entry) return;
      menu.transcript = new Transcript({ path: `${path}/audio`, segments: entry.segments,
        title: t("review.recording", { name: this.name }) });
      fill(menu.body, menu.transcript.node);
    } catch (error) {
      fill(menu.body, el("p", { class: "problem" }, error.message));
    }
  }

  drop(id, menu) {
    menu.reading.stop();
    menu.transcript?.dispose();
    menu.node.remove();
    this.menus.delete(id);
  }

  dispose() {
    for (const [id, menu] of this.menus) this.drop(id, menu);
  }
}
