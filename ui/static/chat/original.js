// The original beside the conversation; on a phone a screen of its own, with a step in the history.
import { part, sentence } from "./calls.js";
import { current, showPane } from "./conversations.js";
import { say } from "./say.js";

const pane = document.getElementById("original");
const body = document.getElementById("original-body");
const narrow = matchMedia("(max-width: 63.99rem)");
let shown = "";
let from = null; // the link that a person opened it by: focus goes back there
let chosen = null; // the turn of that link: what it cites stays beside the conversation while it is in view
let asked = 0;

export const isOriginalOpen = () => !pane.hidden;

const hint = (text) => Object.assign(document.createElement("p"), { className: "hint", textContent: text });

/** The pane says why there is nothing, and has a button that tries again: on a phone no link is in sight. */
const unloaded = (link, ...said) => {
  const again = Object.assign(document.createElement("button"), { type: "button", id: "original-again", textContent: "再试一次" });
  again.addEventListener("click", () => openOriginal(link));
  body.replaceChildren(...said, again);
  shown = "";
};

const unmark = () => {
  for (const each of document.querySelectorAll("[data-open]")) delete each.dataset.open;
};

const reveal = (open) => {
  pane.hidden = !open;
  document.body.classList.toggle("with-original", open);
  for (const each of document.querySelectorAll("header.bar, #talk, .skip")) each.inert = open && narrow.matches;
  if (!open) {
    shown = "";
    unmark();
  }
};

/** Bring what is cited into sight. */
export const bring = () => {
  const mark = body.querySelector("#quote") || body.querySelector(".cited");
  if (!mark) return;
  const edges = mark.getBoundingClientRect();
  const third = pane.clientHeight * 0.3;
  // A third down, or lower where its clause begins in sight then, below the bar.
  const clause = (mark.closest(".cited") || mark).getBoundingClientRect();
  const stuck = pane.querySelector(".pane-bar").offsetHeight + (body.querySelector(".clash")?.offsetHeight ?? 0);
  const before = edges.top - clause.top + stuck + 8;
  const lower = before + edges.height < pane.clientHeight ? Math.max(third, before) : third;
  pane.scrollTop += edges.top - pane.getBoundingClientRect().top - lower;
};

/** Whether what `link` leads to stands in the pane now. */
const load = async (link) => {
  const url = new URL(link.href, location.origin);
  url.searchParams.set("embed", "1");
  url.hash = "";
  const turn = ++asked;
  const figure = link.dataset.original && document.getElementById(link.dataset.original);
  if (figure) {
    unmark();
    figure.dataset.open = "";
  }
  if (shown !== url.href) {
    body.setAttribute("aria-busy", "true");
    try {
      const { found, later } = await part(url.href);
      if (turn !== asked) return false;
      if (later) {
        unloaded(link, ...found);
        return false;
      }
      body.replaceChildren(...found);
      shown = url.href;
    } catch (error) {
      if (turn !== asked) return false;
      unloaded(link, hint(`原文没有打开：${sentence(error)}`));
      return false;
    } finally {
      body.removeAttribute("aria-busy");
    }
  }
  if (!isOriginalOpen()) return false;
  bring();
  return true;
};

/** What `link` leads to: the words above the quotation that it belongs to. */
const named = (link) => {
  const above = document.getElementById(link.dataset.original)?.querySelector("figcaption, summary");
  const copy = (above || link).cloneNode(true);
  for (const each of copy.querySelectorAll(".tag, .go")) each.remove();
  return copy.textContent.trim();
};

/** Open the original at what `link` cites, and take the reader there. */
const openOriginal = async (link) => {
  if (!body.contains(link)) {
    from = link;
    chosen = link.closest(".turn");
  }
  reveal(true);
  showPane(true);
  if (narrow.matches && !(history.state && history.state.original)) history.pushState({ original: true }, "");
  if (!(await load(link))) {
    const again = isOriginalOpen() && document.getElementById("original-again");
    if (again) {
      again.focus();
      say(`${body.querySelector("p")?.textContent ?? ""}可以再试一次。`);
    }
    return;
  }
  (body.querySelector("#quote") || body).focus({ preventScroll: true });
  say(`已打开原文：${named(link)}。按 Esc 键回到回答。`);
};

const inView = (turn) => {
  const { top, bottom } = turn.getBoundingClientRect();
  return turn.isConnected && bottom > 0 && top < innerHeight;
};

/** Show beside the conversation what the answer in `turn` cites first; nobody is taken anywhere. */
export const follow = async (turn) => {
  if (narrow.matches || !current().pane || !turn.dataset.answer) return;
  if (chosen && chosen !== turn && inView(chosen) && turn !== turn.parentElement.lastElementChild) return;
  if (turn.querySelector("[data-open]")) return;
  chosen = null;
  const link = turn.querySelector(".text [data-original][href^='/documents/']");
  if (link) {
    from = null;
    reveal(true);
    await load(link);
  } else if (isOriginalOpen()) {
    asked += 1;
    reveal(false); // until an answer cites something again
  }
};

const close = (remember) => {
  if (!isOriginalOpen()) return;
  asked += 1;
  reveal(false);
  if (remember) showPane(false);
  if (from && from.isConnected) from.focus();
  chosen = null;
};

/** Nothing is beside the conversation. */
export const clearOriginal = () => {
  asked += 1;
  from = null;
  chosen = null;
  reveal(false);
};

const leave = () => {
  if (history.state && history.state.original) history.back();
  else close(true);
};

document.getElementById("close-original").addEventListener("click", leave);
addEventListener("popstate", (event) => {
  if (!(event.state && event.state.original)) close(false);
  else if (body.childElementCount) {
    reveal(true); // the reader went forward again
    (body.querySelector("#quote") || body).focus({ preventScroll: true });
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
  if (isOriginalOpen() && !document.querySelector("dialog[open]") && !event.target.closest("textarea, input")) leave();
});
narrow.addEventListener("change", () => {
  if (!isOriginalOpen()) return;
  if (narrow.matches && !from) {
    clearOriginal(); // nobody asked for it: it must not cover the conversation
    return;
  }
  if (narrow.matches && !(history.state && history.state.original)) history.pushState({ original: true }, "");
  reveal(true);
  if (narrow.matches) (body.querySelector("#quote") || body).focus({ preventScroll: true });
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-original]");
  if (!link) return;
  event.preventDefault();
  const place = link.dataset.original && document.getElementById(link.dataset.original);
  if (place && place.matches("details")) place.open = true;
  if (link.getAttribute("href").startsWith("/documents/")) openOriginal(link);
  else if (place) place.scrollIntoView({ block: "nearest" });
});

// Beside the conversation stands what the answer in view cites.
let above = null;
addEventListener("scroll", () => {
  cancelAnimationFrame(above);
  above = requestAnimationFrame(() => {
    if (!isOriginalOpen()) return;
    const middle = innerHeight * 0.4;
    const seen = [...document.querySelectorAll("#turns [data-answer]")].find((turn) => {
      const edges = turn.getBoundingClientRect();
      return edges.top <= middle && edges.bottom > middle;
    });
    if (seen) follow(seen);
  });
}, { passive: true });
