/** The words of the page, in the person's language. */

import { pref } from "./prefs.js";
import en from "./strings/en.js";
import zh from "./strings/zh.js";

const TABLES = { en, zh };
/** The languages of the page, each by its own name. */
export const LANGUAGES = [["en", "English"], ["zh", "简体中文"]];

/** The language of the page: the chosen one, or the first of the browser's that there is. */
export const language = [pref("language"), ...navigator.languages.map((one) => one.slice(0, 2))]
  .find((one) => Object.hasOwn(TABLES, one ?? "")) ?? "en";

/** What `lang` says of the page. */
export const LANG = { en: "en", zh: "zh-Hans" }[language];

const words = TABLES[language];
const plural = new Intl.PluralRules(language);

/**
 * Return a text of the table, with its {names} filled in.
 *
 * A text with " || " has a form for one and a form for more; `n` decides.
 */
export function t(key, values = {}) {
  const forms = words[key].split(" || ");
  const form = forms.length > 1 && plural.select(values.n) !== "one" ? forms[1] : forms[0];
  return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Return a text, or another one where the table has none: for what the server names. */
export const tOr = (key, otherwise, values = {}) => (Object.hasOwn(words, key) ? t(key, values) : otherwise);

/**
 * Return what the service tells, in the person's language where its code is known.
 *
 * What only the service knows, as the reason of a failure, follows in its own words.
 */
export const told = ({ code, message }) => tOr(`error.${code}`, message ?? "", { detail: message ?? "" });
