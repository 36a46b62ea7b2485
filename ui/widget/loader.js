// The assistant in a portal's page: a button, and a panel whose frame shows /widget of the assistant's address.
//   <script src="https://host/widget.js" data-key="pqa_…" defer></script>
// Nothing is asked of the assistant's address before the panel is opened for the first time.
(() => {
  "use strict";
  const TAG = "policy-qa-widget";
  const script = document.currentScript || document.querySelector('script[src*="/widget.js"][data-key]');
  const given = script ? script.dataset : {};
  const id = (/^pqa_([a-z2-7]{12})_[\w-]{43}$/.exec(given.key || "") || [])[1];
  if (!id) return console.error("widget.js：data-key 里没有完整的密钥，请填 policy-qa keys create 给出的那一串（pqa_…）。");
  const home = new URL(script.src).origin;
  const title = given.title || "教育政策问答";
  const color = /^#([\da-f]{3}|[\da-f]{6})$/i.test(given.color || "") ? given.color : "#1d5c86";
  const list = (text, separator) => (text === undefined ? null : text.split(separator).map((each) => each.trim()).filter(Boolean));

  // The ink that stands out more on the portal's colour: at least 4.58 to 1, whatever the colour is.
  const light = (hex) => {
    const digits = hex.length === 4 ? hex.replace(/[\da-f]/gi, "$&$&") : hex;
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(digits.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ink = 1.05 / (light(color) + 0.05) >= (light(color) + 0.05) / 0.05 ? "#fff" : "#000";

  // Lengths are in px: many portals set the size of rem for purposes of their own.
  const STYLE = `
:host { all: initial !important; direction: ltr !important; }
* { box-sizing: border-box; }
button { font: inherit; color: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; touch-action: manipulation; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: -5px; }
.launch, dialog { position: fixed; z-index: 2147483000; font: 500 16px/1.4 system-ui, -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
.launch { right: max(24px, env(safe-area-inset-right)); bottom: max(24px, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: 9px; max-width: calc(100vw - 48px); min-height: 52px; padding: 0 22px 0 18px; background: var(--color); color: var(--ink); border: 1px solid transparent; border-radius: 26px; box-shadow: 0 2px 6px rgba(16, 32, 48, .16), 0 8px 24px rgba(16, 32, 48, .18); }
.launch span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (hover: hover) { .launch:hover, .bar button:hover { background-image: linear-gradient(rgba(127, 127, 127, .22), rgba(127, 127, 127, .22)); } }
svg { flex: none; width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
dialog { right: max(24px, env(safe-area-inset-right)); bottom: max(24px, env(safe-area-inset-bottom)); left: auto; top: auto; flex-direction: column; width: 412px; max-width: calc(100% - 48px); height: 700px; max-height: calc(100% - 48px); margin: 0; padding: 0; overflow: hidden; background: Canvas; color: CanvasText; border: 1px solid rgba(127, 140, 155, .35); border-radius: 14px; box-shadow: 0 4px 12px rgba(16, 32, 48, .1), 0 16px 48px rgba(16, 32, 48, .22); }
.left.launch, .left:is(dialog) { right: auto; left: max(24px, env(safe-area-inset-left)); }
dialog[open] { display: flex; }
dialog::backdrop { background: none; }
.bar { flex: none; display: flex; align-items: center; gap: 4px; padding: 4px 6px 4px 18px; padding-top: max(4px, env(safe-area-inset-top)); background: var(--color); color: var(--ink); }
h2 { flex: 1; min-width: 0; margin: 0; overflow: hidden; font-size: 16px; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
.bar button { display: inline-flex; align-items: center; justify-content: center; min-width: 44px; min-height: 44px; padding: 0 10px; background: none; border: 1px solid transparent; border-radius: 10px; font-size: 14px; }
.body { position: relative; flex: 1; min-height: 0; margin-bottom: env(safe-area-inset-bottom); }
iframe { display: block; width: 100%; height: 100%; border: 0; }
.wait { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; gap: 16px; padding: 32px; margin: 0; background: Canvas; font-weight: 400; line-height: 1.75; text-align: center; justify-content: center; }
.wait button { min-height: 44px; padding: 0 18px; background: none; border: 1px solid currentColor; border-radius: 10px; }
.wait button:focus-visible { outline-color: currentColor; }
[hidden] { display: none !important; }
@media (max-width: 600px), (max-height: 480px) {
  dialog, .left:is(dialog) { inset: 0; width: 100%; max-width: none; height: 100vh; height: 100dvh; max-height: none; border: 0; border-radius: 0; box-shadow: none; }
  .launch { right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); }
  .left.launch { right: auto; left: max(16px, env(safe-area-inset-left)); }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise .18s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(10px); } }
}
@media (forced-colors: active) { .launch, .bar { border: 1px solid ButtonText; } button:focus-visible { outline-color: Highlight; } }
@media print { .launch, dialog { display: none !important; } }`;
  const DRAWN = {
    ask: "M4 4.5h16v12h-8.5L7 20.5v-4H4zM8 9h8M8 12.5h5",
    shut: "M6 6l12 12M18 6L6 18",
  };

  const make = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    made.append(...inside);
    return made;
  };
  const icon = (name) => {
    const [drawing, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    path.setAttribute("d", DRAWN[name]);
    drawing.append(path);
    return drawing;
  };

  const start = () => {
    if (document.querySelector(TAG)) return;
    const side = given.side === "left" ? " left" : "";
    const launch = make("button", { type: "button", class: "launch" + side, "aria-haspopup": "dialog" }, icon("ask"), make("span", {}, title));
    const fresh = make("button", { type: "button" }, "新对话");
    const shut = make("button", { type: "button", "aria-label": "收起" }, icon("shut"));
    const wait = make("p", { class: "wait", role: "status" }, "正在打开……");
    const body = make("div", { class: "body" }, wait);
    const bar = make("div", { class: "bar" }, make("h2", { id: "title" }, title), fresh, shut);
    const panel = make("dialog", { class: side.trim(), "aria-labelledby": "title" }, bar, body);
    const host = make(TAG, { lang: "zh-CN" });
    const root = host.attachShadow({ mode: "open" });
    // Neither a sheet that is constructed nor a property set by script is "inline" to a portal's policy.
    if (root.adoptedStyleSheets) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } else root.append(make("style", {}, STYLE));
    for (const each of [launch, panel]) {
      each.style.setProperty("--color", color);
      each.style.setProperty("--ink", ink);
    }
    root.append(launch, panel);
    document.body.append(host);

    const whole = matchMedia("(max-width: 600px), (max-height: 480px)");
    const page = document.documentElement;
    let frame = null;
    let ready = false;
    let overflow = "";

    const tell = (message) => ready && frame.contentWindow.postMessage({ policyQA: message }, home);
    const enter = () => {
      frame.focus();
      tell("enter");
    };
    const offer = (text) => {
      const again = make("button", { type: "button" }, "再试一次");
      again.addEventListener("click", () => {
        shut.focus();
        if (frame) frame.remove();
        load();
      });
      wait.replaceChildren(make("span", {}, text), again);
    };
    const load = () => {
      ready = false;
      fresh.hidden = true;
      wait.hidden = false;
      wait.textContent = "正在打开……";
      frame = make("iframe", {
        title,
        src: `${home}/widget?key_id=${id}`,
        sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
        referrerpolicy: "no-referrer",
      });
      const opening = frame;
      const waits = () => !ready && frame === opening;
      // One that the browser refuses, or that comes from something else, loads and then says nothing.
      frame.addEventListener("load", () => setTimeout(() => {
        if (!waits()) return;
        frame.remove();
        frame = null;
        offer("问答服务现在打不开。请再试一次；如果还是不行，请告诉网站管理员检查密钥允许的网址。");
      }, 2000));
      // Over a slow network it may still come: it stays.
      setTimeout(() => waits() && offer("网络有点慢，还在打开，请再等一等。也可以重新打开。"), 20000);
      body.append(frame);
    };
    // Dark only where the portal's page can be dark too.
    const scheme = () => {
      const said = getComputedStyle(page).colorScheme || "normal";
      return said === "normal" ? "light" : said;
    };
    // On a phone the keyboard covers the lower part of the window: the panel keeps to what is seen.
    const seen = window.visualViewport;
    const fit = () => {
      const fitted = panel.open && whole.matches && seen;
      panel.style.height = fitted ? `${seen.height}px` : "";
      panel.style.top = fitted ? `${seen.offsetTop}px` : "";
      panel.style.bottom = fitted ? "auto" : "";
    };
    const show = () => {
      panel.style.colorScheme = scheme();
      if (whole.matches) {
        panel.showModal();
        page.style.overflow = "hidden";
      } else panel.show();
      fit();
    };
    const open = () => {
      overflow = page.style.overflow;
      show();
      launch.hidden = true;
      if (!frame) load();
      if (ready) enter();
      else shut.focus();
    };
    const close = () => {
      if (panel.open) panel.close();
      page.style.overflow = overflow;
      launch.hidden = false;
      fit();
      launch.focus();
    };

    launch.addEventListener("click", open);
    shut.addEventListener("click", close);
    fresh.addEventListener("click", () => {
      frame && frame.focus();
      tell("new");
    });
    panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && panel.open) close();
    });
    whole.addEventListener("change", () => {
      if (!panel.open) return;
      panel.close();
      page.style.overflow = overflow;
      show();
    });
    if (seen) for (const kind of ["resize", "scroll"]) seen.addEventListener(kind, fit);
    addEventListener("message", (event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
      if (event.data.policyQA === "close") close();
      if (event.data.policyQA !== "ready") return;
      const settings = {
        policyQA: "settings",
        key: given.key,
        color,
        ink,
        scheme: scheme(),
        greeting: given.greeting || null,
        examples: list(given.examples, "|"),
        documents: list(given.documents, ","),
      };
      frame.contentWindow.postMessage(settings, home);
      const held = root.activeElement === shut || wait.contains(root.activeElement);
      ready = wait.hidden = true;
      fresh.hidden = false;
      if (panel.open && held) enter();
    });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
