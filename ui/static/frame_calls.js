// The portal's frame: calls of the HTTP interface. Everything that can go wrong becomes a Fault with a sentence.
window.policyQA = {};
(() => {
  "use strict";
  const ADVICE = {
    401: "这个网页的密钥不能用了，请告诉网站管理员。",
    403: "这个网页的密钥不能用了，请告诉网站管理员。",
    404: "之前的对话已经找不到了，请开始新对话再问。",
    429: "问得太密了，请稍等一会儿再试。",
    503: "服务正忙，请过一会儿再试。",
  };
  const USED_UP = "今天提问的次数用完了，请明天再来。";
  const OTHER = "刚才出了点问题，没能回答，请再试一次。";
  const OFFLINE = "连不上服务，请检查网络后再试。";
  const CUT = "回答没有传完，连接断了，请再试一次。";

  class Fault extends Error {
    /** `status`: HTTP's, 0 where nothing came; `wait`: seconds before another try; `request`: for the administrator. */
    constructor(text, status = 0, wait = 0, request = "") {
      super(text);
      Object.assign(this, { status, wait, request });
    }
  }

  const seconds = (header) => {
    if (!header) return 0;
    const given = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
    return Number.isFinite(given) ? Math.min(Math.max(Math.ceil(given), 0), 86400) : 0;
  };

  const problem = (found, status, retryAfter) => {
    // What keys and headers are about is said for administrators; the visitor of a portal has none to correct.
    const said = [401, 403, 404, 429].includes(status) ? "" : found && found.detail;
    const wait = seconds(retryAfter);
    const text = said || (status === 429 && wait > 3600 ? USED_UP : ADVICE[status]) || OTHER;
    return new Fault(text, status, wait, (found && found.request_id) || "");
  };

  const call = async (path, key, secret, body, signal, accept = "application/json") => {
    const headers = { "Content-Type": "application/json", Accept: accept, Authorization: `Bearer ${key}` };
    if (secret) headers["X-Conversation-Secret"] = secret;
    const asked = { method: "POST", headers, body: JSON.stringify(body), signal, credentials: "omit", cache: "no-store" };
    const response = await fetch(path, asked).catch((error) => {
      throw error.name === "AbortError" ? error : new Fault(OFFLINE);
    });
    if (response.ok) return response;
    const json = (response.headers.get("Content-Type") || "").includes("json");
    const found = json ? await response.json().catch(() => null) : null;
    throw problem(found, response.status, response.headers.get("Retry-After"));
  };

  /** The events of a stream, one after the other: {name, data}. */
  async function* events(response) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let held = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const frames = (held + decoder.decode(value, { stream: true })).split("\n\n");
      held = frames.pop();
      for (const frame of frames) {
        const field = (name) => frame.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
        if (field("data")) yield { name: field("event"), data: JSON.parse(field("data")) };
      }
    }
  }

  /** The answer to a question. `told(text)` gets what is written of it so far, `found()` that clauses were found. */
  const ask = async (key, talk, question, documents, signal, told, found) => {
    const body = { question };
    if (talk.id) body.conversation_id = talk.id;
    if (documents) body.documents = documents;
    const response = await call("/v1/ask", key, talk.secret, body, signal, "text/event-stream, application/json;q=0.5");
    if (!(response.headers.get("Content-Type") || "").includes("event-stream")) return response.json();
    let text = "";
    try {
      for await (const event of events(response)) {
        if (event.name === "retrieval") found();
        if (event.name === "delta") told((text += event.data.text));
        if (event.name === "error") throw problem(event.data, event.data.status, event.data.retry_after);
        if (event.name === "done") return event.data;
      }
    } catch (error) {
      throw error instanceof Fault || error.name === "AbortError" ? error : new Fault(CUT);
    }
    throw new Fault(CUT);
  };

  const rate = (key, secret, rating) => call("/v1/feedback", key, secret, rating);

  Object.assign(window.policyQA, { Fault, ask, rate });
})();
