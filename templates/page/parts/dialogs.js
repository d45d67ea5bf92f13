/** Questions in a dialog of the page. */

import { button, el, freshId } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Ask, and return the answer chosen, or "" for none of them.
 *
 * `answers` are [value, text]; `shown` is what the question is about.
 */
export function asked(question, answers, shown = null) {
  const id = freshId("question");
  return new Promise((resolve) => {
    const dialog = el("dialog", { "aria-labelledby": id },
      el("p", { id, class: "question" }, question), shown,
      el("div", { class: "row" },
        answers.map(([value, text]) => button(text, () => dialog.close(value))),
        button(t("dialog.cancel"), () => dialog.close(""), { class: "quiet" })));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Ask for a confirmation; `yes` is the text of the button that gives it. */
export const confirmed = async (question, yes) => (await asked(question, [["yes", yes]])) === "yes";
