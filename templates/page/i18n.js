/** The words of the page, in the person's language. */

import { pref } from "./prefs.js";
import en from "./strings/en.js";
import messages from "./strings/messages-zh.js";
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
  return filled(form, values);
}

/** Return a text, or another one where the table has none: for what the server names. */
export const tOr = (key, otherwise, values = {}) => (Object.hasOwn(words, key) ? t(key, values) : otherwise);

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The messages of the program, those with the most words of their own first. */
const MESSAGES = Object.entries(language === "zh" ? messages : {})
  .map(([english, chinese]) => ({ chinese, own: english.split(/\{\w+\}/), names: english.match(/(?<=\{)\w+(?=\})/g) ?? [] }))
  .sort((one, other) => other.own.join("").length - one.own.join("").length)
  .map(({ own, ...rest }) => ({ ...rest, form: new RegExp(`^${own.map(literally).join("(.*?)")}$`, "s") }));

/** Return a message of the program in the person's language; one that is not known stays as it is. */
export function said(message) {
  for (const { form, names, chinese } of MESSAGES) {
    const [, ...values] = form.exec(message) ?? [];
    if (!form.test(message)) continue;
    const text = filled(chinese, Object.fromEntries(names.map((name, n) => [name, said(values[n])])));
    return text.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, ""); // a name that is Chinese, too
  }
  const [, what, hint] = /^(.+?) \((.+)\)$/s.exec(message) ?? [];
  if (!what || (said(what) === what && said(hint) === hint)) return message;
  return `${said(what)}（${said(hint)}）`;
}

/** Return an error or a warning of the service, by its code if that is known. */
export const told = ({ code, message }) => tOr(`error.${code}`, said(message ?? ""), { detail: said(message ?? "") });
