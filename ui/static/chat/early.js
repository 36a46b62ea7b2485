// Runs before the page is painted. A question that is sent before the chat's modules have run waits here for them: the
// server would answer it on another page, in a conversation of its own. It goes there only where they do not come.
(() => {
  "use strict";
  const MOST_MS = 15000;
  const UNSENT = "policy-qa:unsent";
  const questions = new Set();
  let plain = !HTMLFormElement.prototype.requestSubmit; // a browser without it cannot run them
  let sent = false; // to the server: its page comes in place of this one, so nothing begins here any more
  let timer = 0;
  const at = (id) => document.getElementById(id);

  /** Words of a page that was left before they were sent; a browser may refuse its storage. */
  const unsent = (words) => {
    try {
      const before = sessionStorage.getItem(UNSENT);
      if (words) sessionStorage.setItem(UNSENT, words);
      else sessionStorage.removeItem(UNSENT);
      return before || "";
    } catch {
      return "";
    }
  };

  /** Below the box, if the page has come so far. */
  const tell = (words) => {
    const place = at("count");
    if (place) place.textContent = words;
  };

  const giveUp = () => {
    clearTimeout(timer);
    plain = true;
    const last = [...questions].pop();
    if (!last || sent) return;
    sent = true;
    const asked = Object.assign(document.createElement("input"), { type: "hidden", name: "suggested", value: last }); // what is in the box stays there
    at("ask").append(asked);
    at("ask").submit();
    asked.remove(); // who comes back to this page asks something else
  };

  const onSubmit = (event) => {
    if (event.target.id !== "ask") return;
    if (plain) {
      sent = true;
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    const box = at("question");
    const suggested = event.submitter && event.submitter.name === "suggested" ? event.submitter.value : "";
    const question = suggested || box.value.trim();
    const most = Number(box.dataset.most);
    if (!question || [...question].length > most) {
      tell(question ? `问题超过${most}个字，请缩短后再问。` : "问题是空的，请写下您想问的事。");
      return box.focus();
    }
    if (!suggested) box.value = "";
    questions.add(question);
    timer = timer || setTimeout(giveUp, MOST_MS);
    tell(`网页还没有完全打开，打开后就问：${[...questions].join(" ")}`);
  };
  const onKey = (event) => {
    if (plain || event.target.id !== "question" || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    at("ask").requestSubmit(at("send"));
  };
  const onError = (event) => {
    const ours = (event.filename || "").startsWith(`${location.origin}/ui/static/`); // and no script of a browser's own
    if (event.target === window ? ours : event.target.type === "module") giveUp();
  };
  // The server asks the last question, and what is in the box stands in the box of its page.
  const onLeave = () => unsent((sent ? [...questions].slice(0, -1) : [...questions, at("question")?.value.trim()]).filter(Boolean).join("\n"));
  const onShow = (event) => (sent &&= !event.persisted);

  const listened = { submit: onSubmit, keydown: onKey, error: onError, pagehide: onLeave, pageshow: onShow };
  for (const name in listened) addEventListener(name, listened[name], true);
  const onParsed = () => {
    const words = [unsent(""), at("question").value].filter(Boolean);
    at("question").value = [...new Set(words)].join("\n");
  };
  document.addEventListener("readystatechange", onParsed, { once: true });

  /** The questions that wait, for the chat that begins now; from here on it takes them itself. */
  const take = () => {
    if (sent) return [];
    clearTimeout(timer);
    unsent("");
    for (const name in listened) removeEventListener(name, listened[name], true);
    return [...questions];
  };
  window.policyQAEarly = { take };
})();
