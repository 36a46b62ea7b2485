// Runs before the page is painted: applies how this reader wants it shown, and keeps what is chosen.
(() => {
  "use strict";
  const KEY = "policy-qa:display";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const contrast = matchMedia("(prefers-contrast: more)");
  const sheet = (name) => document.querySelector(`link[data-sheet="${name}"]`);

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {}; // a browser may refuse its storage: then the page is as the system wants it
    }
  };

  /** `type`: normal, large or elder; `theme`: auto, light or dark. */
  let chosen = { type: "normal", theme: "auto", ...read() };

  const apply = () => {
    dispatchEvent(new Event("policy-qa:display")); // while everything has its old size
    const isDark = chosen.theme === "dark" || (chosen.theme === "auto" && dark.matches);
    root.dataset.type = chosen.type;
    root.dataset.shade = isDark ? "dark" : "light";
    sheet("dark").media = isDark ? "screen" : "not all";
    sheet("contrast").media = chosen.type === "elder" || contrast.matches ? "all" : "not all";
  };

  const choose = (changes) => {
    chosen = { ...chosen, ...changes };
    try {
      localStorage.setItem(KEY, JSON.stringify(chosen));
    } catch {
      // shown so for this page only
    }
    apply();
  };

  apply();
  dark.addEventListener("change", apply);
  contrast.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    chosen = { type: "normal", theme: "auto", ...read() };
    apply();
  });
  window.policyQADisplay = { chosen: () => chosen, choose };
})();
