// The conversation on the page: questions wait, run, fail and are answered here; none is lost, none asked twice.
import { measureBar } from "./bar.js";
import { elements, post, sentence } from "./calls.js";
import * as conversations from "./conversations.js";
import { ask } from "./engine.js";
import { clearOriginal, follow } from "./original.js";
import { say, sentenceEnd, spoken, warn } from "./say.js";
import { canSpeak, stopSpeaking } from "./speech.js";

const list = document.getElementById("turns");
const welcome = document.getElementById("welcome");
const box = document.getElementById("question");
const stop = document.getElementById("stop");
const pattern = document.getElementById("pending").content.firstElementChild;
const UNKNOWN = "urn:policy-qa:problem:not-found";
const ENDED = ["failed", "stopped"];
const WORDS = {
  queued: "排队中，上一个答完就回答",
  running: "正在查文件……",
  found: "已找到相关条款，正在逐句核对回答……",
  stopped: "已停止，没有回答。",
};
const SHOWN_AFTER_MS = 2000; // from then on it is said how long it has been
let running = null; // {controller, element} of the question that runs
let standing = null; // the secret of the conversation that stands on the page

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unanswered = () => [...list.children].filter((turn) => !turn.dataset.answer);
const answerOf = (id) => document.getElementById(`turn-ans_${id}`);

const put = (element, state, said) => {
  element.dataset.status = state;
  element.querySelector(".said").textContent = said;
  const ended = ENDED.includes(state);
  for (const tool of ["again", "edit"]) element.querySelector(`[data-tool="${tool}"]`).hidden = !ended;
  element.querySelector('[data-tool="drop"]').hidden = !ended && state !== "queued";
};

/** What is not answered yet outlives a reload, and stays with its conversation. */
const keep = () => {
  const pending = unanswered().map((each) => ({ id: each.askId, question: each.question, ended: ENDED.includes(each.dataset.status) }));
  conversations.change({ pending });
};

/** The answers that say something of documents, which have a sheet each: greetings have none. */
export const printable = () => [...list.querySelectorAll('[data-tool="sheet"]')].map((each) => each.closest(".turn").dataset.answer);

const arrange = () => {
  welcome.hidden = list.children.length > 0;
  document.getElementById("new").hidden = !welcome.hidden;
  measureBar();
  const turns = [...list.children];
  const several = printable().length > 1;
  for (const turn of turns) {
    for (const each of turn.querySelectorAll('[data-tool="speak"]')) each.hidden = !canSpeak;
    for (const each of turn.querySelectorAll('[data-tool="sheet-all"]')) each.hidden = !several;
    if (turn !== turns.at(-1)) turn.querySelector(".follow-ups")?.remove();
  }
  document.body.dataset.state = running ? "running" : "idle";
  if (!running && document.activeElement === stop) box.focus({ preventScroll: true });
  stop.hidden = !running;
};

/** The question goes to the top, so that the answer's first line is below it. */
const show = (turn) => turn.scrollIntoView({ block: "start", behavior: "instant" });

const pending = (question, id, state, said) => {
  const element = document.importNode(pattern, true);
  element.question = question;
  element.askId = id;
  element.querySelector(".question").textContent = question;
  put(element, state, said);
  list.append(element);
  return element;
};

/** Ask `question` when those before it are through; its turn. The same `id` again gives the same answer. */
export const send = (question, id = newId()) => {
  warn("");
  for (const turn of unanswered()) if (ENDED.includes(turn.dataset.status) && turn.question === question) turn.remove();
  const element = pending(question, id, "queued", WORDS.queued);
  arrange();
  keep();
  show(element);
  if (running) say("问题已排队，上一个答完就回答。");
  else run();
  return element;
};

/** What failed goes back into the box, if that is empty. */
const giveBack = (question) => {
  if (box.value.trim()) return;
  box.value = question;
  box.dispatchEvent(new Event("input"));
};

const failed = (element, words) => {
  put(element, "failed", `${sentenceEnd(words)}您的问题还在，可以重新发送。`);
  giveBack(element.question);
  say(`没有回答：${words}`);
};

/** The answered turn in place of the question that waited; one that stands there already stays. */
const replaced = (element, html) => {
  const [turn] = elements(html);
  const there = document.getElementById(turn.id);
  if (there) {
    element.remove();
    return there;
  }
  const looking = element.contains(document.activeElement);
  element.replaceWith(turn);
  if (looking) turn.querySelector(".reply").focus({ preventScroll: true });
  return turn;
};

const answer = async (element, secret, begun) => {
  const { documents } = conversations.current();
  const asked = { id: element.askId, question: element.question, secret, begun, documents };
  let moved = false;
  let words = WORDS.running;
  const since = performance.now();
  const move = (event) => (moved ||= event.timeStamp > since); // the key that sent the question still comes by
  const movements = ["wheel", "touchmove", "keydown"];
  for (const name of movements) addEventListener(name, move, { passive: true });
  try {
    for await (const event of ask(asked, running.controller.signal)) {
      if (event.kind === "fault") return event;
      if (event.kind === "answered") {
        conversations.answered(secret, element.question);
        conversations.settle(secret, element.askId);
      }
      if (!element.isConnected) continue; // another conversation is on the page
      if (event.kind === "waiting") put(element, "running", `前面还有${event.ahead}个人在问，请稍等……`);
      if (event.kind === "found") put(element, "running", (words = WORDS.found));
      const passed = performance.now() - since;
      if (event.kind === "beat" && passed > SHOWN_AFTER_MS) put(element, "running", `${words}（${Math.round(passed / 1000)}秒）`);
      if (event.kind === "written") element.querySelector(".text").replaceChildren(...elements(event.html));
      if (event.kind === "answered") {
        const turn = replaced(element, event.html);
        arrange();
        if (!moved) show(turn);
        say(`回答：${spoken(turn)}`);
        follow(turn);
      }
    }
  } finally {
    for (const name of movements) removeEventListener(name, move);
  }
  return null;
};

const run = async () => {
  const element = unanswered().find((turn) => turn.dataset.status === "queued");
  if (!element) return;
  const { secret } = conversations.current();
  running = { controller: new AbortController(), element };
  put(element, "running", WORDS.running);
  arrange();
  keep();
  say(WORDS.running);
  try {
    let fault = await answer(element, secret, conversations.begun());
    if (fault && fault.lost && element.isConnected) {
      conversations.remove(secret);
      warn(fault.text);
      fault = await answer(element, secret, false);
    }
    if (fault && element.isConnected) failed(element, fault.text);
  } catch (error) {
    if (element.isConnected) {
      if (error.name === "AbortError") put(element, "stopped", WORDS.stopped);
      else failed(element, sentence(error));
    }
  }
  running = null;
  arrange();
  if (standing === conversations.current().secret) keep();
  run();
};

export const stopRunning = () => {
  if (running) running.controller.abort();
  say("已停止");
};

/** A question that was not answered is asked once more. */
export const again = (element) => {
  const { question, askId } = element;
  if (box.value.trim() === question) {
    box.value = "";
    box.dispatchEvent(new Event("input"));
  }
  element.remove();
  send(question, askId).querySelector(".reply").focus({ preventScroll: true });
};

/** A question that is not answered is taken back. */
export const drop = (element) => {
  element.remove();
  arrange();
  keep();
  box.focus();
};

const emptied = () => {
  if (running) running.controller.abort();
  list.replaceChildren();
  clearOriginal();
  stopSpeaking();
  warn("");
};

/** A new conversation; the old one stays in the history, with what was not answered in it. */
export const startAgain = () => {
  emptied();
  conversations.begin();
  standing = conversations.current().secret;
  conversations.change({ draft: box.value });
  arrange();
  scrollTo({ top: 0, behavior: "instant" });
  say("已开始新的对话");
};

/** Turns that are not on the page yet, before what is not answered. */
const merge = (turns) => {
  for (const turn of turns) {
    const there = document.getElementById(turn.id);
    if (there && there.querySelector(".tools")) continue;
    if (there) {
      there.replaceWith(turn); // it stood on a page for browsers without script
      continue;
    }
    for (const each of unanswered()) if (turn.id === `turn-ans_${each.askId}` && each !== running?.element) each.remove();
    list.insertBefore(turn, unanswered()[0] || null);
  }
};

const fetchTurns = async (secret) => {
  try {
    const found = await post("/chat/transcript", { secret });
    if (secret === conversations.current().secret) merge(elements(found.html));
  } catch (error) {
    if (error.type === UNKNOWN) {
      conversations.remove(secret);
      warn("之前的对话已经找不到了，可能是到期删除了。您可以直接再问。");
    } else {
      warn(`之前的对话暂时打不开：${sentenceEnd(sentence(error))}请刷新网页再试。`);
    }
    if (!list.children.length) {
      window.history.scrollRestoration = "manual"; // there is no place in it to come back to
      scrollTo({ top: 0, behavior: "instant" });
    }
  }
};

/** What stands of the tab's conversation, and what was not answered when the page was left. */
export const restore = async () => {
  const { secret, pending: held } = conversations.current();
  standing = secret;
  for (const { id, question, ended } of held) {
    if (answerOf(id)) continue;
    pending(question, id, ended ? "failed" : "queued", ended ? "这个问题还没有回答。" : WORDS.queued);
  }
  if (conversations.begun()) await fetchTurns(secret);
  if (secret !== conversations.current().secret) return;
  arrange();
  keep();
  const turn = list.lastElementChild;
  if (turn) {
    show(turn);
    follow(turn);
  }
  if (!running) run();
};

/** What another tab has asked in this conversation, nobody here is taken anywhere; or that it has removed it. */
export const catchUp = async () => {
  if (conversations.begun()) return fetchTurns(conversations.current().secret).then(arrange);
  const waiting = unanswered();
  if (!waiting.length) startAgain();
  for (const turn of [...list.children]) if (!waiting.includes(turn)) turn.remove();
  clearOriginal();
  arrange();
  warn("这段对话已经不在了，可能是在另一个网页里删除的。");
};

/** Another conversation of this browser. */
export const openConversation = async (secret, title) => {
  emptied();
  conversations.open(secret);
  arrange();
  await restore();
  say(`已打开对话：${title}`);
};

// A page that comes back from the browser's memory may show what this tab has left since.
addEventListener("pageshow", (event) => {
  if (event.persisted && standing !== conversations.current().secret) location.reload();
});
