/** The page: its frame, and the views, each of which is made when it is first shown. */

import * as api from "./api.js";
import { announce, button, choose, el, field, fill } from "./dom.js";
import { LANG, LANGUAGES, language, t } from "./i18n.js";
import { Latest } from "./latest.js";
import { activeRecorder } from "./parts/recorder.js";
import { applyTheme, hasKeys, pref, setPref } from "./prefs.js";
import { FilesView } from "./views/files.js";
import { HistoryView } from "./views/history.js";
import { ReviewView } from "./views/review.js";
import { SettingsView } from "./views/settings.js";
import { SpeakView } from "./views/speak.js";

const VIEWS = { speak: SpeakView, files: FilesView, history: HistoryView, review: ReviewView, settings: SettingsView };
const REFRESH = 10000;
const CONTROLS = "input, textarea, select, button, a, summary, audio, dialog, [contenteditable]";

class App {
  constructor() {
    this.views = {};
    this.main = document.getElementById("view");
    this.top = document.getElementById("top");
    this.state = el("p", { class: "engine" });
    this.place = el("span", { class: "place" });
    this.reading = new Latest();
    this.isFinished = false;
  }

  /** Read what the service is, and show the page of it; without a token, ask for one. */
  async start() {
    try {
      this.status = await api.get("/api/status");
    } catch (error) {
      if (error.status === 401) this.askForToken();
      else this.offerAgain(error);
      return;
    }
    const names = this.status.dictation ? ["speak"] : Object.keys(VIEWS);
    this.links = new Map(names.map((name) => [name, el("a", { href: `#/${name}` }, t(VIEWS[name].title))]));
    fill(this.top, this.brand(), names.length > 1
      ? el("nav", { "aria-label": t("nav.label") }, [...this.links.values()]) : null, this.tools());
    this.showStatus();
    addEventListener("hashchange", () => this.route());
    addEventListener("keydown", (event) => this.pressed(event));
    this.refreshing = setInterval(() => document.hidden || this.refresh(), REFRESH);
    // commits, notes and jobs may have come while the person was in a terminal
    document.addEventListener("visibilitychange", () => document.hidden || this.comeBack());
    addEventListener("focus", () => this.comeBack());
    this.route({ isFirst: true });
  }

  offerAgain(error) {
    fill(this.top, this.brand());
    fill(this.main, el("section", { class: "view token panel" },
      el("h1", { tabindex: -1 }, t("page.failed")), el("p", { role: "alert" }, error.message),
      el("div", { class: "row" }, button(t("page.again"), () => location.reload(), { class: "primary" }))));
  }

  askForToken() {
    const input = el("input", { type: "password", autocomplete: "off", required: true });
    const enter = (event) => {
      event.preventDefault();
      api.setToken(input.value.trim().replace(/^.*#token=/, ""));
      location.reload();
    };
    fill(this.top, this.brand());
    fill(this.main, el("form", { class: "view token panel", on: { submit: enter } },
      el("h1", { tabindex: -1 }, t("token.title")),
      el("p", { role: "alert" }, t("token.why")),
      field(t("token.label"), input, t("token.hint")), el("button", { class: "primary" }, t("token.enter"))));
    input.focus();
  }

  brand() {
    return el("p", { class: "brand" }, el("strong", {}, "git voicenote"), this.place);
  }

  showPlace() {
    const { repository } = this.status;
    fill(this.place, repository ? [el("bdi", {}, repository.name),
      repository.branch ? el("bdi", { class: "branch" }, repository.branch) : null] : []);
  }

  tools() {
    const tongue = choose(LANGUAGES, language, { "aria-label": t("page.language") });
    tongue.addEventListener("change", () => {
      setPref("language", tongue.value);
      location.reload(); // a page that holds unsaved words asks first
    });
    const theme = choose(["system", "light", "dark"].map((one) => [one, t(`theme.${one}`)]),
      pref("theme") ?? "system", { "aria-label": t("page.theme") });
    theme.addEventListener("change", () => {
      setPref("theme", theme.value);
      applyTheme(theme.value);
    });
    return el("div", { class: "tools" }, this.state, theme, tongue);
  }

  /** Read the status again, and tell the views. */
  async refresh() {
    if (this.isFinished) return;
    try {
      const status = await this.reading.read((signal) => api.get("/api/status", { signal }));
      if (!status || this.isFinished) return;
      this.status = status;
      this.showStatus();
      for (const view of Object.values(this.views)) view.changed?.();
    } catch (error) {
      if (this.isFinished) return;
      this.state.textContent = t(error.status === 401 ? "status.token" : "status.gone");
      this.state.dataset.state = "gone";
    }
  }

  comeBack() {
    if (this.isFinished) return;
    this.refresh();
    this.current?.shown();
  }

  /** Take that the service ends, as it should. */
  finish() {
    this.isFinished = true;
    clearInterval(this.refreshing);
    this.reading.stop();
    this.state.textContent = "";
  }

  showStatus() {
    this.showPlace();
    const { engine, queue } = this.status;
    const parts = [engine.name, engine.device, t(engine.is_loaded ? "status.loaded" : "status.idle")];
    if (queue?.waiting) parts.push(t("status.waiting", { n: queue.waiting }));
    this.state.textContent = parts.filter(Boolean).join(" · ");
    this.state.dataset.state = engine.is_loaded ? "loaded" : "idle";
  }

  /** Take that somebody speaks, or does so no more. */
  speaking(isSpeaking) {
    this.links?.get("speak").classList.toggle("listening", isSpeaking);
    this.refresh(); // the engine may have been loaded for it
  }

  route({ isFirst = false } = {}) {
    const wanted = location.hash.slice(2);
    const name = this.links.has(wanted) ? wanted : "speak";
    this.views[name] ??= new VIEWS[name](this);
    const view = this.views[name];
    if (view === this.current) return; // it is shown already, and may be in use
    for (const [one, link] of this.links) {
      if (one === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.current = view;
    document.title = `${t(VIEWS[name].title)} · git voicenote`;
    if (!view.node.isConnected) this.main.append(view.node);
    for (const child of this.main.children) child.hidden = child !== view.node;
    if (!isFirst) view.node.querySelector("h1").focus();
    view.shown();
  }

  /** Keys that work anywhere but in a control. */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const recorder = activeRecorder();
    const isControl = event.target.closest?.(CONTROLS);
    const actions = {
      Escape: recorder && (() => recorder.cancel()),
      Enter: recorder && !isControl && (() => recorder.stop()),
      r: hasKeys() && !isControl && (() => this.startOrStop(recorder)),
    };
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  startOrStop(recorder) {
    if (recorder) recorder.stop();
    else if (this.current === this.views.speak) this.current.toggle();
  }
}

function makeSkipLink(main) {
  const skip = document.getElementById("skip");
  skip.textContent = t("page.skip");
  skip.addEventListener("click", (event) => {
    event.preventDefault(); // the address names the view
    main.focus();
  });
}

document.documentElement.lang = LANG;
applyTheme();
api.takeToken();
// a new link that is opened where the page is already changes nothing but what follows the #
addEventListener("hashchange", () => {
  if (api.takeToken()) location.reload();
});
const app = new App();
makeSkipLink(app.main);
app.start().catch((error) => announce(error.message, true));
