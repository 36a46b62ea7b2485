// The portal's frame: the conversation. Its settings come from widget.js of the page around it, by messages.
(() => {
  "use strict";
  const { Fault, ask, rate, make, button, answered, written, spoken } = window.policyQA;
  const KEPT = 20;
  const at = (id) => document.getElementById(id);
  const [main, welcome, turns, form, box, send, fault, status] = ["talk", "welcome", "turns", "ask", "question", "send", "fault", "status"].map(at);
  const most = Number(box.dataset.most);
  const keyId = new URLSearchParams(location.search).get("key_id");
  const store = `policy-qa:${keyId}`;
  const touched = matchMedia("(pointer: coarse)");
  const UNSEEN = { preventScroll: true, focusVisible: false }; // no ring around all that is said

  let portal = null;
  let settings = null;
  let talk = { id: null, secret: null, turns: [] };
  let running = null;

  // The tab's own storage, gone with the tab. A browser may refuse it to a frame: then a reload begins anew.
  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(store));
    } catch {
      return null;
    }
  };
  const keep = () => {
    try {
      if (talk.id) sessionStorage.setItem(store, JSON.stringify({ ...talk, turns: talk.turns.slice(-KEPT) }));
      else sessionStorage.removeItem(store);
    } catch {
      return;
    }
  };

  const tell = (message) => parent.postMessage({ policyQA: message }, portal || "*"); // holds nothing that is secret
  const enter = () => box.focus();
  const busy = (controller) => {
    running = controller;
    send.textContent = controller ? "停止" : "发送";
    send.type = controller ? "button" : "submit";
    send.classList.toggle("stop", Boolean(controller));
  };
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  const show = (turn) => turn.scrollIntoView({ block: "start", behavior: "instant" });

  const turnOf = (question) => {
    const reply = make("div", { class: "reply" });
    const turn = make("article", {}, make("h2", { class: "hidden" }, "您问"), make("p", { class: "asked" }, question), make("h3", { class: "hidden" }, "回答"), reply);
    turns.append(turn);
    welcome.hidden = true;
    return [turn, reply];
  };
  const fill = (reply, answer) => {
    const secret = talk.secret;
    reply.dataset.status = answer.status;
    reply.replaceChildren(...answered(answer, (rating) => rate(settings.key, secret, rating)));
  };

  const fail = (turn, reply, question, error) => {
    const stopped = error.name === "AbortError";
    const known = error instanceof Fault || stopped;
    const text = stopped ? "已停止。" : known ? error.message : "刚才出了点问题，没能回答，请再试一次。";
    const again = button(stopped ? "再问一次" : "重试");
    const lost = error.status === 404 && talk.id;
    reply.dataset.status = stopped ? "stopped" : "fault";
    reply.replaceChildren(make("p", {}, text));
    if (error.status !== 401 && error.status !== 403) reply.append(again);
    if (error.request) reply.append(make("p", { class: "request" }, `编号 ${error.request}`));
    again.addEventListener("click", () => {
      if (running) return;
      turn.remove();
      if (lost) clear();
      put(question);
    });
    status.textContent = stopped ? text : `没能回答：${text}`;
    if (error.wait) count(again, error.wait);
    if (!known) throw error;
  };
  const count = (again, wait) => {
    const until = Date.now() + wait * 1000;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      again.disabled = left > 0;
      again.textContent = left > 0 ? `${left} 秒后可以重试` : "重试";
      if (left > 0 && again.isConnected) setTimeout(tick, 500);
    };
    tick();
  };

  const put = async (question) => {
    const [turn, reply] = turnOf(question);
    const controller = new AbortController();
    const mine = talk;
    const wait = make("p", { class: "waiting" }, "正在查找原文……");
    reply.append(wait);
    reply.setAttribute("aria-busy", "true");
    busy(controller);
    status.textContent = "正在查找原文……";
    show(turn);
    const told = (text) => mine === talk && reply.replaceChildren(make("div", { class: "text" }, ...written(text)), wait);
    const found = () => (wait.textContent = "已找到相关条款，正在核对……");
    try {
      const answer = await ask(settings.key, mine, question, settings.documents, controller.signal, told, found);
      if (mine !== talk) return;
      talk.id = answer.conversation_id;
      talk.secret = answer.conversation_secret || talk.secret;
      talk.turns.push({ question, answer });
      keep();
      fill(reply, answer);
      status.textContent = spoken(answer);
    } catch (error) {
      if (mine === talk) fail(turn, reply, question, error);
    } finally {
      reply.removeAttribute("aria-busy");
      if (running === controller) {
        busy(null);
        show(turn);
      }
    }
  };

  const clear = () => {
    const ended = running;
    talk = { id: null, secret: null, turns: [] };
    busy(null);
    if (ended) ended.abort();
    keep();
    turns.replaceChildren();
    fault.textContent = "";
    welcome.hidden = false;
    main.scrollTop = 0;
  };

  const submit = () => {
    const question = box.value.trim();
    const length = [...question].length;
    if (running) return;
    fault.textContent = !question ? "请写下您想问的事。" : length > most ? `问题最多${most}个字，现在有${length}个，请缩短。` : "";
    if (fault.textContent) return enter();
    box.value = "";
    grow();
    if (touched.matches) main.focus(UNSEEN); // the keyboard goes, the answer is seen
    put(question);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  send.addEventListener("click", (event) => {
    if (!running) return;
    event.preventDefault();
    running.abort();
    enter();
  });
  box.addEventListener("input", () => {
    fault.textContent = "";
    grow();
  });
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // a Chinese input method is at work
    if (event.key === "Escape") tell("close");
    if (event.key === "Enter" && event.target === box && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });

  // A portal's page that knows no dark colours gets none, whatever its reader's machine prefers.
  const colour = (given) => {
    const style = document.documentElement.style;
    style.setProperty("--brand", given.color);
    style.setProperty("--on-brand", given.ink);
    style.colorScheme = given.scheme;
    if (given.scheme.includes("dark")) return;
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) if (rule.media && rule.media.mediaText.includes("dark")) rule.media.mediaText = "not all";
    }
  };

  const begin = (given) => {
    settings = given;
    colour(given);
    if (given.greeting) at("greeting").textContent = given.greeting;
    const examples = given.examples || JSON.parse(at("examples").dataset.offered);
    at("examples-head").hidden = !examples.length;
    at("examples").replaceChildren(
      ...examples.map((text) => {
        const example = button(text);
        example.addEventListener("click", () => {
          if (running) return;
          (touched.matches ? main : box).focus(UNSEEN);
          put(text);
        });
        return make("li", {}, example);
      }),
    );
    form.hidden = false;
    const before = kept();
    if (before) {
      talk = before;
      for (const { question, answer } of talk.turns) fill(turnOf(question)[1], answer);
      turns.append(make("p", { class: "earlier" }, "以上是刚才的对话，可以接着问"));
      turns.lastChild.scrollIntoView({ block: "end", behavior: "instant" });
    } else welcome.hidden = false;
  };

  // The browser shows this frame only in pages of the key's origins; of those only the one around it is heard.
  addEventListener("message", (event) => {
    if (event.source !== parent || parent === window || (portal && event.origin !== portal)) return;
    const said = event.data || {};
    if (said.policyQA === "settings" && !settings && String(said.key).startsWith(`pqa_${keyId}_`)) {
      portal = event.origin;
      begin(said);
    }
    if (!settings) return;
    if (said.policyQA === "enter") enter();
    if (said.policyQA === "new") {
      clear();
      enter();
    }
  });
  if (parent === window) at("alone").hidden = false;
  else tell("ready");
})();
