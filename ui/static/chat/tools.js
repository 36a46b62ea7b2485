// What can be done with one answer: copy, share, print, read aloud, ask otherwise, rate.
import { post, sentence } from "./calls.js";
import { current } from "./conversations.js";
import { say } from "./say.js";
import { speak } from "./speech.js";
import { again, drop, printable } from "./turns.js";

const list = document.getElementById("turns");
const box = document.getElementById("question");
const sharing = document.getElementById("sharing");
const reasons = document.getElementById("reasons");
const at = (id) => document.getElementById(id);
let sharedAnswer = "";
let rated = null; // the turn whose reasons are asked

const told = (turn, text) => {
  const said = turn.querySelector(".said");
  if (said) said.textContent = text;
};

/** Put `text` on the clipboard; a page without a secure address has the old way only. */
const copied = async (text) => {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const held = document.createElement("textarea");
  held.value = text;
  held.className = "hidden";
  document.body.append(held);
  held.select();
  const done = document.execCommand("copy");
  held.remove();
  return done;
};

const copy = async (turn) => {
  const done = await copied(turn.querySelector(".copied").textContent).catch(() => false);
  told(turn, done ? "已复制，连同引文和出处。" : "没能复制，请选中文字自己复制。");
};

/** Open the sheet of `answers` in a tab of its own; a form, so that the secret stands in no address. */
const sheet = (answers) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/sheet", target: "_blank", hidden: true });
  const field = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  field("secret", current().secret);
  for (const answer of answers) field("answer", answer);
  document.body.append(form);
  form.submit();
  form.remove();
};

const day = (text) => new Date(text).toLocaleDateString("zh-CN", { year: "numeric", month: "long", day: "numeric" });

const share = async (turn) => {
  sharedAnswer = turn.dataset.answer;
  const { url, expires } = await post("/chat/share", { answer_id: sharedAnswer });
  at("share-url").value = url;
  at("share-open").href = url;
  at("share-until").textContent = `网址${day(expires)}前有效，随时可以撤回。`;
  at("share-said").textContent = "";
  for (const id of ["share-copy", "share-withdraw"]) at(id).disabled = false;
  at("share-open").hidden = false;
  sharing.showModal();
};

const rate = async (turn, rating, more = {}) => {
  await post("/chat/rate", { answer_id: turn.dataset.answer, rating, ...more });
  for (const each of ["up", "down"]) turn.querySelector(`[data-tool=${each}]`).setAttribute("aria-pressed", String(each === rating));
  told(turn, "谢谢，已记下您的评价。");
};

const acts = {
  copy,
  share,
  sheet: (turn) => sheet([turn.dataset.answer]),
  "sheet-all": () => sheet(printable()),
  speak: (turn, button) => speak(button, (text) => told(turn, text)),
  again,
  drop,
  edit: (turn) => {
    const question = turn.question || turn.dataset.question;
    if (box.value.trim() && box.value.trim() !== question) {
      told(turn, "提问框里还有没发的字，请先发出去或清空，再修改这个问题。");
      box.focus();
      return;
    }
    box.value = question;
    box.dispatchEvent(new Event("input"));
    box.focus();
    say("问题已放回提问框，可以改了再发。");
  },
  up: (turn) => rate(turn, "up"),
  down: (turn) => {
    rated = turn;
    reasons.querySelector("form").reset();
    reasons.showModal();
  },
};

list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-tool]");
  if (!button) return;
  const turn = button.closest(".turn");
  try {
    await acts[button.dataset.tool](turn, button);
  } catch (error) {
    told(turn, sentence(error));
  }
});

at("share-copy").addEventListener("click", async () => {
  const done = await copied(at("share-url").value).catch(() => false);
  at("share-said").textContent = done ? "网址已复制。" : "没能复制，请选中网址自己复制。";
});
at("share-withdraw").addEventListener("click", async () => {
  try {
    await post("/chat/withdraw", { answer_id: sharedAnswer });
  } catch (error) {
    at("share-said").textContent = sentence(error);
    return;
  }
  at("share-said").textContent = "已撤回，这个回答的分享网址都打不开了。";
  for (const id of ["share-copy", "share-withdraw"]) at(id).disabled = true;
  at("share-open").hidden = true;
});

reasons.querySelector("form").addEventListener("submit", async () => {
  const chosen = [...reasons.querySelectorAll("[name=reasons]:checked")].map((each) => each.value);
  try {
    await rate(rated, "down", { reasons: chosen, comment: at("comment").value.trim() });
  } catch (error) {
    told(rated, sentence(error));
  }
});
