// Asking by Gradio's queue: one event joins, one stream tells how it goes.
import { Fault, fetched, post } from "./calls.js";

const CUT = "回答没有传完，连接断了。";
const SILENT_MS = 45000; // the server says something every fifteen seconds
const QUESTION = 0;
const session = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(36).padStart(2, "0")).join("");

/** Apply what changed since the last value, as Gradio tells it: [[action, path, value], …]. */
const patched = (before, changes) => {
  const root = { value: before };
  for (const [action, path, value] of changes) {
    const way = ["value", ...path];
    const last = way.pop();
    const target = way.reduce((at, step) => at[step], root);
    if (action === "append") target[last] += value;
    else if (action === "delete" && Array.isArray(target)) target.splice(last, 1);
    else if (action === "delete") delete target[last];
    else if (action === "add" && Array.isArray(target)) target.splice(last, 0, value);
    else target[last] = value;
  }
  return root.value;
};

async function* messages(response, heard) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    heard();
    if (done) return;
    const frames = (held + decoder.decode(value, { stream: true })).split("\n\n");
    held = frames.pop();
    for (const frame of frames) if (frame.startsWith("data: ")) yield JSON.parse(frame.slice(6));
  }
}

/**
 * The events of one question (see `ui/chat/engine.py`), and {kind: "waiting", ahead} while others come first.
 * Raises a Fault where it cannot be asked or the stream breaks, AbortError where `signal` ends it.
 */
export async function* ask({ id, question, secret, begun, documents }, signal) {
  const data = [question, secret, begun ? "1" : "", documents.join(","), id];
  const joined = await post("/gradio_api/queue/join", { data, fn_index: QUESTION, session_hash: session });
  const cut = new AbortController();
  const leave = () => {
    cut.abort();
    const body = { session_hash: session, fn_index: QUESTION, event_id: joined.event_id };
    post("/gradio_api/cancel", body).catch(() => null); // the server notices by itself that nobody listens
  };
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  let timer = 0;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, SILENT_MS);
  };
  heard();
  let value = null;
  let completed = false;
  try {
    const response = await fetched(`/gradio_api/queue/data?session_hash=${session}`, { signal: cut.signal, cache: "no-store" });
    for await (const message of messages(response, heard)) {
      if (message.event_id && message.event_id !== joined.event_id) continue;
      if (message.msg === "estimation" && message.rank > 0) yield { kind: "waiting", ahead: message.rank };
      if (message.msg === "process_generating" && message.success) {
        const given = message.output.data[0];
        value = value === null ? given : patched(value, given);
        yield structuredClone(value);
      }
      if (message.msg === "process_completed") {
        if (!message.success) throw new Fault(CUT);
        completed = true; // the stream ends with the next message
      }
      if (message.msg === "unexpected_error") throw new Fault(CUT);
    }
    if (!completed) throw new Fault(CUT);
  } catch (error) {
    if (signal.aborted) throw new DOMException("", "AbortError");
    throw error instanceof Fault ? error : new Fault(CUT);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}
