/** What a person chose for this page, kept by their browser. */

const PREFIX = "voicenote.";

/** Return a choice, or null; a browser may keep nothing. */
export function pref(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keep a choice. */
export function setPref(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // it lasts as long as the page
  }
}

/** Show the page light or dark, or as the system is. */
export function applyTheme(theme = pref("theme")) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
}

/** Return whether single keys are shortcuts. */
export const hasKeys = () => pref("keys") !== "off";
