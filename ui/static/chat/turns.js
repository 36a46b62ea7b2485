// The conversation on the page: questions wait, run, fail and are answered here; none is lost.
import { elements, post } from "./calls.js";
import * as conversations from "./conversations.js";
import { ask } from "./engine.js";
import { clearOriginal, follow } from "./original.js";
import { say, warn } from "./say.js";
import { canSpeak } from "./speech.js";

const list = document.getElementById("turns");
const welcome = document.getElementById("welcome");
const box = document.getElementById("question");
const stop = document.getElementById("stop");
const pattern = document.getElementById("pending").content.firstElementChild;
const WORDS = {
  queued: "排队中，上一个答完就回答",
  running: "正在查文件……",
  found: "已找到相关条款，正在逐句核对回答……",
  stopped: "已停止，没有回答。",
};
const SPOKEN = 300;
const waiting = []; // {question, element}, the first one runs
let running = null; // AbortController of the one that runs

const put = (element, state, said) => {
  element.dataset.status = state;
  element.querySelector(".said").textContent = said;
  const ended = state === "failed" || state === "stopped";
  element.querySelector('[data-tool="again"]').hidden = !ended;
  element.querySelector('[data-tool="edit"]').hidden = !ended;
  element.querySelector('[data-tool="drop"]').hidden = !ended && state !== "queued";
};

/** What is not answered yet outlives a reload of this tab. */
const keep = () => {
  const held = [...list.querySelectorAll("[data-status=queued], [data-status=running], [data-status=failed], [data-status=stopped]")];
  conversations.change({ pending: held.map((element) => ({ question: element.question, failed: /failed|stopped/.test(element.dataset.status) })) });
};

const arrange = () => {
  welcome.hidden = list.children.length > 0;
  document.getElementById("new").hidden = !welcome.hidden;
  const turns = [...list.children];
  for (const turn of turns) {
    for (const each of turn.querySelectorAll('[data-tool="speak"]')) each.hidden = !canSpeak;
    for (const each of turn.querySelectorAll('[data-tool="sheet-all"]')) each.hidden = list.querySelectorAll("[data-answer]").length < 2;
    if (turn !== turns.at(-1)) turn.querySelector(".follow-ups")?.remove();
  }
  document.body.dataset.state = running ? "running" : "idle";
  stop.hidden = !running;
};

/** The question goes to the top, so that the answer's first line is below it. */
const show = (turn) => turn.scrollIntoView({ block: "start", behavior: "instant" });

const spoken = (turn) => {
  const parts = [".safety", ".head", ".short", ".text"].map((name) => turn.querySelector(name)?.textContent.replace(/\s+/g, "").trim());
  const said = parts.filter(Boolean).join("。");
  return said.length > SPOKEN ? `${said.slice(0, SPOKEN)}……` : said;
};

const pending = (question) => {
  const element = document.importNode(pattern, true);
  element.question = question;
  element.querySelector(".question").textContent = question;
  return element;
};

/** Ask `question` when those before it are through. */
export const send = (question) => {
  warn("");
  for (const turn of list.querySelectorAll("[data-status=failed], [data-status=stopped]")) if (turn.question === question) turn.remove();
  const element = pending(question);
  put(element, "queued", WORDS.queued);
  list.append(element);
  waiting.push({ question, element });
  arrange();
  keep();
  show(element);
  if (!running) run();
  else say("问题已排队，上一个答完就回答。");
};

/** What failed goes back into the box, if that is empty. */
const giveBack = (question) => {
  if (box.value.trim()) return;
  box.value = question;
  box.dispatchEvent(new Event("input"));
};

const failed = (turn, words) => {
  put(turn.element, "failed", `${words}您的问题还在，可以再发一次。`);
  giveBack(turn.question);
  say(`没有回答：${words}`);
};

const replaced = (turn, html) => {
  const [answered] = elements(html);
  const looking = document.activeElement === turn.element.querySelector(".reply");
  turn.element.replaceWith(answered);
  if (looking) answered.querySelector(".reply").focus({ preventScroll: true });
  return answered;
};

const answer = async (turn, secret, begun) => {
  const { documents } = conversations.current();
  const { element } = turn;
  let moved = false;
  const move = () => {
    moved = true;
  };
  for (const name of ["wheel", "touchmove", "keydown"]) addEventListener(name, move, { once: true, passive: true });
  for await (const event of ask({ question: turn.question, secret, begun, documents }, running.signal)) {
    if (secret !== conversations.current().secret) continue; // another conversation is on the page
    if (event.kind === "waiting") put(element, "running", `前面还有${event.ahead}个人在问，请稍等……`);
    if (event.kind === "found") put(element, "running", WORDS.found);
    if (event.kind === "written") element.querySelector(".text").replaceChildren(...elements(event.html));
    if (event.kind === "fault") return event;
    if (event.kind === "answered") {
      conversations.answered(secret, turn.question);
      const shown = replaced(turn, event.html);
      arrange();
      if (!moved) show(shown);
      say(`回答：${spoken(shown)}`);
      follow(shown);
    }
  }
  return null;
};

const run = async () => {
  const turn = waiting[0];
  if (!turn) return;
  const { secret } = conversations.current();
  running = new AbortController();
  put(turn.element, "running", WORDS.running);
  arrange();
  keep();
  say(WORDS.running);
  try {
    let fault = await answer(turn, secret, conversations.begun());
    if (fault && fault.lost) {
      conversations.remove(secret);
      warn(fault.text);
      fault = await answer(turn, secret, false);
    }
    if (fault) failed(turn, fault.text);
  } catch (error) {
    if (error.name === "AbortError") put(turn.element, "stopped", WORDS.stopped);
    else failed(turn, error.message);
  }
  running = null;
  if (waiting[0] === turn) waiting.shift();
  arrange();
  keep();
  run();
};

export const stopRunning = () => {
  if (running) running.abort();
  say("已停止");
};

/** The turn that stands on the page for a question that was not answered: ask again, or forget it. */
export const again = (element) => {
  const { question } = element;
  if (box.value.trim() === question) {
    box.value = "";
    box.dispatchEvent(new Event("input"));
  }
  element.remove();
  send(question);
};

export const drop = (element) => {
  const at = waiting.findIndex((each) => each.element === element);
  if (at > 0) waiting.splice(at, 1);
  element.remove();
  arrange();
  keep();
  box.focus();
};

const emptied = () => {
  waiting.splice(0);
  if (running) running.abort();
  list.replaceChildren();
  clearOriginal();
  warn("");
};

/** A new conversation; the old one stays in the history. */
export const startAgain = () => {
  emptied();
  conversations.begin();
  arrange();
  scrollTo({ top: 0, behavior: "instant" });
  say("已开始新的对话");
};

/** What stands of the tab's conversation, and what was not answered when the page was left. */
export const restore = async () => {
  const { secret, pending: held } = conversations.current();
  if (conversations.begun()) {
    try {
      const found = await post("/chat/transcript", { secret });
      if (secret !== conversations.current().secret) return;
      list.replaceChildren(...elements(found.html));
    } catch (error) {
      if (error.status === 404) {
        conversations.remove(secret);
        warn("之前的对话已经找不到了，可能是到期删除了。您可以直接再问。");
      } else {
        warn(`之前的对话暂时没有取到：${error.message}刷新网页再试。`);
      }
    }
  }
  const last = list.lastElementChild?.dataset.question;
  for (const { question, failed: ended } of held) {
    if (!ended && question === last) continue; // it was answered after all
    if (!ended) {
      send(question);
      continue;
    }
    const element = pending(question);
    put(element, "failed", "这个问题还没有回答。");
    list.append(element);
  }
  arrange();
  const turn = list.lastElementChild;
  if (turn) {
    show(turn);
    follow(turn);
  }
};

/** Another conversation of this browser. */
export const openConversation = async (secret) => {
  emptied();
  conversations.open(secret);
  arrange();
  await restore();
};

// Beside the conversation stands what the answer in view cites.
let above = null;
addEventListener("scroll", () => {
  cancelAnimationFrame(above);
  above = requestAnimationFrame(() => {
    const turns = [...list.querySelectorAll("[data-answer]")];
    const middle = innerHeight * 0.4;
    const seen = turns.find((turn) => {
      const edges = turn.getBoundingClientRect();
      return edges.top <= middle && edges.bottom > middle;
    });
    if (seen && !document.getElementById("original").hidden) follow(seen);
  });
}, { passive: true });
