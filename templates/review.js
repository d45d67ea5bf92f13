
"use strict";
(() => {
  const root = document.documentElement;
  const parts = [...document.querySelectorAll(".part")];
  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const help = document.getElementById("help");
  const theme = document.getElementById("theme");
  const darkBySystem = matchMedia("(prefers-color-scheme: dark)");

  const isDark = () => (root.dataset.theme || (darkBySystem.matches ? "dark" : "light")) === "dark";
  const label = () => { theme.textContent = isDark() ? "light" : "dark"; };
  const toggle = () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); };
  theme.addEventListener("click", toggle);
  darkBySystem.addEventListener("change", label);
  label();

  let at = -1;
  // who steps from part to part is where they stepped, though a short last part cannot come to the
  // top; who scrolls is where they look
  let isStepping = false;
  for (const scrolling of ["wheel", "touchmove", "pointerdown"]) {
    addEventListener(scrolling, () => { isStepping = false; }, { passive: true });
  }
  const scrollKeys = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);
  const mark = (index) => {
    if (index === at) return;
    if (at >= 0) links.get(parts[at].id)?.removeAttribute("aria-current");
    at = index;
    const link = links.get(parts[at].id);
    link?.setAttribute("aria-current", "location");
    link?.scrollIntoView({ block: "nearest" });
  };
  const go = (index) => {
    if (index < 0 || index >= parts.length) return;
    isStepping = true;
    mark(index);
    parts[index].scrollIntoView();
    parts[index].focus({ preventScroll: true });
  };
  // the part at the top of the window is where the reader is
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
    const first = parts.findIndex((part) => seen.has(part));
    if (first >= 0 && !isStepping) mark(first);
  }, { rootMargin: "0px 0px -70% 0px" });
  for (const part of parts) watch.observe(part);
  addEventListener("hashchange", () => {
    const index = parts.findIndex((part) => `#${part.id}` === location.hash);
    if (index >= 0) go(index);
    else reveal(document.getElementById(location.hash.slice(1)));
  });
  // a note leads to its hunk, which may be folded, and a hunk to its note
  const reveal = (target) => {
    const part = target?.closest(".part");
    if (!part) return;
    const fold = target.closest("details");
    if (fold) fold.open = true;
    isStepping = true;
    mark(parts.indexOf(part));
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  };

  const file = (step) => {
    const part = parts[Math.max(at, 0)];
    const files = [...(part?.querySelectorAll(".file summary") || [])];
    const next = files.indexOf(document.activeElement) + step;
    if (next >= 0 && next < files.length) {
      files[next].scrollIntoView();
      files[next].focus({ preventScroll: true });
    } else if (part) {
      go(at + step);
    }
  };

  for (const figure of document.querySelectorAll(".spoken")) {
    const audio = figure.querySelector("audio");
    if (!audio) continue;
    const buttons = [...figure.querySelectorAll("[data-start]")];
    const here = [...figure.closest(".part").querySelectorAll(".here[data-start]")]
      .filter((one) => one.dataset.of === figure.dataset.recording);
    const playFrom = (seconds) => {
      audio.currentTime = Number(seconds);
      audio.play().catch(() => {});
    };
    const light = () => {
      for (const button of [...buttons, ...here]) {
        const isNow = audio.currentTime >= button.dataset.start && audio.currentTime < button.dataset.end;
        if (isNow !== button.hasAttribute("aria-current")) button.toggleAttribute("aria-current", isNow);
      }
    };
    const follow = () => { light(); if (!audio.paused) requestAnimationFrame(follow); };
    audio.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
      follow();
    });
    audio.addEventListener("timeupdate", light);
    audio.addEventListener("seeked", light);
    for (const button of buttons) button.addEventListener("click", () => playFrom(button.dataset.start));
    for (const one of here) {
      one.querySelector(".from-here")?.addEventListener("click", () => playFrom(one.dataset.start));
    }
  }
  const listen = () => {
    const audio = parts[Math.max(at, 0)]?.querySelector("audio");
    if (audio) audio.paused ? audio.play().catch(() => {}) : audio.pause();
  };

  document.getElementById("keys").addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    if (scrollKeys.has(event.key)) isStepping = false;
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const isControl = event.target.closest?.("button, a, summary, audio, input");
    const actions = {
      n: () => go(at + 1), p: () => go(at - 1), j: () => file(1), k: () => file(-1),
      t: toggle, "?": () => help.showModal(),
      Enter: isControl ? null : listen,
    };
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // what is folded would be missing on paper
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  });
})();
