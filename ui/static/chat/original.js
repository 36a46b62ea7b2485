// The original beside the conversation; on a phone a screen of its own, with a step in the history.
import { elements, fetched } from "./calls.js";
import { change, current } from "./conversations.js";
import { say } from "./say.js";

const pane = document.getElementById("original");
const body = document.getElementById("original-body");
const narrow = matchMedia("(max-width: 63.99rem)");
const NONE = "这个回答没有引用原文。";
let shown = "";
let from = null; // the link that opened it: focus goes back there
let asked = 0;

export const isWide = () => !narrow.matches;
const isOpen = () => !pane.hidden;

const note = (text) => {
  const said = document.createElement("p");
  said.className = "hint";
  said.textContent = text;
  body.replaceChildren(said);
};

const reveal = (open) => {
  pane.hidden = !open;
  document.body.classList.toggle("with-original", open);
  for (const each of document.querySelectorAll("header.bar, #talk, .skip")) each.inert = open && narrow.matches;
  if (!open) {
    shown = "";
    for (const each of document.querySelectorAll("[data-open]")) delete each.dataset.open;
  }
};

const bring = () => {
  const mark = body.querySelector("#quote") || body.querySelector(".cited");
  if (!mark) return;
  const top = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += top - pane.clientHeight * 0.3;
};

const load = async (link) => {
  const url = new URL(link.href, location.origin);
  url.searchParams.set("embed", "1");
  url.hash = "";
  const turn = ++asked;
  for (const each of document.querySelectorAll("[data-open]")) delete each.dataset.open;
  const figure = document.getElementById(link.dataset.original);
  if (figure) figure.dataset.open = "";
  if (shown === url.href) {
    bring();
    return true;
  }
  body.setAttribute("aria-busy", "true");
  try {
    const response = await fetched(url.href, { headers: { Accept: "text/html" } });
    const html = await response.text();
    if (turn !== asked) return false;
    body.replaceChildren(...elements(html));
    shown = url.href;
  } catch (error) {
    if (turn !== asked) return false;
    note(`原文没有打开：${error.message}请再点一次“看原文”。`);
    shown = "";
  } finally {
    body.removeAttribute("aria-busy");
  }
  bring();
  return true;
};

/** Open the original at what `link` cites, and take the reader there. */
export const openOriginal = async (link) => {
  from = link;
  const stepped = history.state && history.state.original;
  reveal(true);
  change({ pane: true });
  if (narrow.matches && !stepped) history.pushState({ original: true }, "");
  if (!(await load(link))) return;
  const mark = body.querySelector("#quote") || body;
  mark.focus({ preventScroll: true });
  say(`已打开原文：${link.getAttribute("aria-label") || link.textContent.trim()}。按退出键回到回答。`);
};

/** Show beside the conversation what the answer in `turn` cites first; nobody is taken anywhere. */
export const follow = async (turn) => {
  if (narrow.matches || !current().pane || !turn) return;
  const link = turn.querySelector(".text [data-original][href^='/documents/']");
  if (link) {
    if (turn.querySelector("[data-open]")) return;
    reveal(true);
    await load(link);
  } else if (isOpen()) {
    asked += 1;
    shown = "";
    for (const each of document.querySelectorAll("[data-open]")) delete each.dataset.open;
    note(NONE);
  }
};

const close = (remember) => {
  if (!isOpen()) return;
  reveal(false);
  if (remember) change({ pane: false });
  if (from && from.isConnected) from.focus();
  from = null;
};

/** Nothing is beside the conversation. */
export const clearOriginal = () => {
  asked += 1;
  reveal(false);
};

const leave = () => {
  if (history.state && history.state.original) history.back();
  else close(true);
};

document.getElementById("close-original").addEventListener("click", leave);
addEventListener("popstate", () => close(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isOpen() && !document.querySelector("dialog[open]")) leave();
});
narrow.addEventListener("change", () => {
  if (isOpen()) reveal(true);
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-original]");
  if (!link) return;
  event.preventDefault();
  const place = document.getElementById(link.dataset.original);
  if (place && place.matches("details")) place.open = true;
  if (link.getAttribute("href").startsWith("/documents/")) openOriginal(link);
  else if (place) place.scrollIntoView({ block: "nearest" });
});
