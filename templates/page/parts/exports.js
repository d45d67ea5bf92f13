/** Formats to save a transcript in. */

import * as api from "../api.js";
import { announce, button, el } from "../dom.js";
import { t } from "../i18n.js";

export const FORMATS = ["txt", "srt", "vtt", "tsv", "json", "csv"];

/** Save what a path gives, or say why not. */
export async function saved(path, otherwise) {
  try {
    await api.download(path, otherwise);
  } catch (error) {
    announce(error.message, true);
  }
}

/** Return a button for each format; `path` makes the path for one. */
export function exportButtons(path, name) {
  return el("div", { class: "row exports", role: "group", "aria-label": t("export.title") },
    el("span", { class: "hint" }, t("export.title")),
    FORMATS.map((format) => button(format.toUpperCase(),
      () => saved(path(format), `${name}.${format}`), { class: "small" })));
}
