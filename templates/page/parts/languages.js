/** The language that is spoken, where the engine knows several. */

import { el, field, fill } from "../dom.js";
import { t } from "../i18n.js";

export class LanguageChoice {
  constructor() {
    this.select = el("select");
    this.node = field(t("speak.language"), this.select);
    this.node.hidden = true;
  }

  /** The language chosen, or null where there is no choice. */
  get value() {
    return this.node.hidden ? null : this.select.value;
  }

  /** Show what the engine knows now; a choice that it knows, too, stays. */
  show({ engine, language }) {
    const known = engine?.languages ?? [];
    if (known.join() === this.known) return;
    const chosen = this.known && known.includes(this.select.value) ? this.select.value : language;
    this.known = known.join();
    fill(this.select, known.map((one) => el("option", { value: one }, one)));
    this.select.value = known.includes(chosen) ? chosen : known[0] ?? "";
    this.node.hidden = known.length < 2;
  }
}
