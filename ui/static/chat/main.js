// The chat: wires the box to the conversation and brings back what stood there.
import * as conversations from "./conversations.js";
import "./in_place.js";
import { showScope, takeScope } from "./panels.js";
import "./paper.js";
import { warn } from "./say.js";
import { catchUp, restore, send, startAgain, stopRunning } from "./turns.js";
import "./tools.js";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = document.getElementById("send");
const count = document.getElementById("count");
const most = Number(box.dataset.most);
const SHOWN_FROM = 0.8;
const touched = matchMedia("(pointer: coarse)");

/** As high as its words: they take other lines in another width or size of type. */
const fit = () => {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
};
new ResizeObserver(() => requestAnimationFrame(fit)).observe(box.parentElement);

const measure = () => {
  const length = [...box.value.trim()].length;
  const over = length - most;
  count.textContent = over > 0 ? `多了${over}个字，最多${most}个字` : length > most * SHOWN_FROM ? `还可以写${-over}个字` : "";
  box.setAttribute("aria-invalid", String(over > 0));
  button.disabled = over > 0;
  fit();
};

box.addEventListener("input", () => {
  measure();
  conversations.change({ draft: box.value });
});
box.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word; 229 is what older ones report then.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit(button);
});
/** Ask what is suggested, or else what stands in the box. */
const put = (suggested) => {
  const question = suggested || box.value.trim();
  if (!question) {
    warn("问题是空的，请写下您想问的事。");
    box.focus();
    return;
  }
  if ([...question].length > most) return;
  if (!suggested) {
    box.value = "";
    conversations.change({ draft: "" });
    measure();
  }
  const turn = send(question);
  if (!touched.matches) box.focus({ preventScroll: true });
  else turn.querySelector(".reply").focus({ preventScroll: true }); // the keyboard would cover the answer
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  put(event.submitter && event.submitter.name === "suggested" ? event.submitter.value : "");
});
document.getElementById("stop").addEventListener("click", () => {
  stopRunning();
  box.focus({ preventScroll: true });
});
document.getElementById("new").addEventListener("click", () => {
  startAgain();
  showScope();
  box.focus();
});

for (const each of document.querySelectorAll(".scripted:not(#new)")) each.hidden = false;

// The server answered on a page of its own: its conversation goes on here, and a reload asks nothing again.
const [answered] = document.getElementById("turns").children;
const secret = form.elements.secret.defaultValue;
if (secret) conversations.takeOver(secret, answered ? answered.dataset.question : "");
if (location.pathname !== "/") window.history.replaceState(null, "", "/");

// What was typed and chosen before this ran stands.
if (box.value) conversations.change({ draft: box.value });
else box.value = conversations.current().draft;
measure();
takeScope();
showScope();
const restored = restore();
for (const question of window.policyQAEarly ? window.policyQAEarly.take() : []) put(question);
await restored;
conversations.onElsewhere(() => catchUp().then(showScope));
