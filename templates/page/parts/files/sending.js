/** An upload on the page: how far it is, and a button that ends it. */

import { upload } from "../../api.js";
import { button, el } from "../../dom.js";
import { bytes } from "../../format.js";
import { t } from "../../i18n.js";

const active = new Set();

// a page that closes takes its uploads with it
addEventListener("beforeunload", (event) => {
  if (active.size) event.preventDefault();
});

export class Sending {
  /** `files` are [file, path]. */
  constructor(files) {
    this.aborting = new AbortController();
    const name = files.length > 1 ? t("files.several", { n: files.length }) : files[0][1];
    this.progress = el("progress", { max: 1, value: 0, "aria-label": t("files.sending", { name }) });
    this.amount = el("span", { class: "hint number" });
    this.node = el("section", { class: "panel sending" },
      el("div", { class: "between" },
        el("p", {}, t("files.sending", { name }), " ", this.amount),
        button(t("files.stop"), () => this.aborting.abort())), this.progress);
  }

  /** Send a form. Raises ApiError, or an AbortError if somebody ended it. */
  async send(form) {
    active.add(this);
    try {
      return await upload("/api/jobs", form, {
        progress: (sent, total) => this.show(sent, total), signal: this.aborting.signal,
      });
    } finally {
      active.delete(this);
    }
  }

  show(sent, total) {
    this.progress.value = total ? sent / total : 0;
    this.amount.textContent = t("files.amount", { sent: bytes(sent), total: bytes(total) });
  }
}
