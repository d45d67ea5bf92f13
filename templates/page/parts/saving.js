/** Spoken or typed words, on their way to where git people read them. */

import * as api from "../api.js";
import { el } from "../dom.js";
import { said, t } from "../i18n.js";
import { asked } from "./dialogs.js";

/** Return the path of what a target's words are kept at. */
const pathOf = (target) => (target.kind === "cover" ? "/api/cover"
  : `/api/notes/${encodeURIComponent(target.commit)}`);

/**
 * Save words for their target; return what to say of it, or null if the person thought again.
 *
 * A note that is there already is replaced or added to, as the person says; one that changed
 * meanwhile is shown, and asked about.
 */
export async function saveNote(target, text, dictation) {
  if (target.kind === "answer") {
    await api.post(`/api/answers/${encodeURIComponent(target.commit)}`, { text, dictation });
    return t("saved.answer", { commit: target.short });
  }
  if (target.kind !== "commit" && target.kind !== "cover") {
    await api.patch(`/api/history/${encodeURIComponent(dictation)}`, { text });
    return t("saved.text");
  }
  const path = pathOf(target);
  const there = await api.get(path);
  const how = there.text ? await choice(t("save.exists"), there.words) : "replace";
  return how ? sent(target, path, { text, dictation, how, base: there.base, series: target.series }) : null;
}

async function sent(target, path, body) {
  try {
    const kept = await api.put(path, body);
    const done = target.kind === "cover" ? t("saved.cover") : t("saved.note", { commit: target.short });
    return [done, kept.is_merged ? t("saved.merged") : "", ...kept.warnings.map(said)].filter(Boolean).join(" ");
  } catch (error) {
    if (error.code !== "changed_meanwhile") throw error;
    const how = await choice(t("save.changed"), error.body.text ?? "");
    return how ? sent(target, path, { ...body, how, base: error.body.base }) : null;
  }
}

const choice = (question, text) => asked(question,
  [["append", t("save.append")], ["replace", t("save.replace")]],
  el("pre", { class: "words", tabindex: 0, "aria-label": t("save.there") }, text));
