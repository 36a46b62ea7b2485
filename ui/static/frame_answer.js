// The portal's frame: an answer as elements. Whatever came from a person or a document is set as text, never as markup.
(() => {
  "use strict";
  const WORDS = JSON.parse(document.getElementById("turns").dataset.words); // the server's own, see ui/widget/routes.py
  const NUMBER = /^\s*(?:[(（]?[0-9０-９零一二三四五六七八九十百]{1,4}[)）.．、]|[①-⑳])\s*/;

  /** An element with attributes and children; a string among these is text. */
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    made.append(...inside);
    return made;
  };
  const bare = (text) => text.replace(/\s/g, "").replace(/^[「」“”]+|[「」“”]+$/g, "");
  const hidden = (text) => make("span", { class: "hidden" }, text);

  const link = (citation, attributes, ...inside) => {
    // An address of our own pages, whatever the answer says.
    const url = new URL(citation.url, location.origin);
    if (url.origin !== location.origin || !url.pathname.startsWith("/documents/")) return make("span", attributes, ...inside);
    if (!url.hash) url.hash = "quote";
    return make("a", { ...attributes, href: url.href, target: "_blank", rel: "noopener" }, ...inside);
  };

  const clause = (citation) => {
    const path = citation.clause_path || [];
    const heading = (path[path.length - 1] || "").trim().replace(NUMBER, "").replace(/[。：:]+$/, "");
    return `${citation.clause_label} ${heading}`.trim();
  };

  /** A quotation, every character of it; white space that a page break left between Chinese words takes no room. */
  const verbatim = (quote) => {
    const parts = quote.split(/(\s+)/);
    const latin = (part, end) => /[!-~]/.test(end ? part.slice(-1) : part.slice(0, 1));
    return parts.map((part, at) => {
      const space = at % 2 && !latin(parts[at - 1], true) && !latin(parts[at + 1], false);
      return space ? make("span", { class: "break" }, part) : part;
    });
  };

  const quotation = (citation, numbered) => {
    const name = (numbered ? `[${citation.marker}] ` : "") + clause(citation);
    const caption = make("figcaption", {}, link(citation, {}, make("span", { class: "clause" }, name), make("span", { class: "see" }, "看原文", hidden("（新窗口）"))));
    const figure = make("figure", {}, caption, make("blockquote", {}, ...verbatim(citation.quote)));
    const cells = citation.row || [];
    if (cells.length) figure.append(make("ul", { class: "row" }, ...cells.map((cell) => make("li", {}, ...(cell.name ? [make("span", {}, cell.name)] : []), cell.value))));
    return figure;
  };

  const quotations = (citations, numbered) => {
    const made = [];
    let title = null;
    for (const citation of citations) {
      if (citation.document_title !== title) {
        title = citation.document_title;
        made.push(make("p", { class: "title" }, `《${title.trim().replace(/^《|》$/g, "")}》`));
      }
      made.push(quotation(citation, numbered));
    }
    return made;
  };

  const body = (answer) => {
    const quoted = new Set(answer.citations.map((citation) => bare(citation.quote)));
    const cited = new Map(answer.citations.map((citation) => [citation.marker, citation]));
    const made = [];
    for (const paragraph of answer.answer.split("\n")) {
      if (!paragraph.trim()) continue;
      // One that only repeats a quotation: it stands below, with its clause.
      if (made.length && quoted.has(bare(paragraph.replace(/\[\d{1,3}\]/g, "")))) continue;
      const parts = paragraph.split(/\[(\d{1,3})\]/).map((part, at) => {
        const citation = at % 2 ? cited.get(Number(part)) : null;
        if (citation) return link(citation, { class: "marker", "aria-label": `依据${part}，在新窗口看原文` }, `[${part}]`);
        return at % 2 ? `[${part}]` : part;
      });
      made.push(make("p", {}, ...parts));
    }
    return made;
  };

  const button = (text, attributes = {}) => make("button", { type: "button", ...attributes }, text);

  const rating = (answer, rate) => {
    const said = make("p", { class: "said", role: "status" });
    const chips = make("div", { class: "chips", role: "group", "aria-label": "哪里不好", hidden: "" });
    const row = make("div", { class: "rates", role: "group", "aria-label": "这个回答有用吗" });
    const [up, down] = [["up", "有用"], ["down", "没用"]].map(([value, text]) => {
      const choice = button(text, { class: `rate ${value}`, "aria-pressed": "false" });
      choice.addEventListener("click", () => send(value));
      row.append(choice);
      return choice;
    });
    const send = async (value, reason) => {
      const sent = { answer_id: answer.id, rating: value };
      if (reason) sent.reasons = [reason];
      try {
        await rate(sent);
      } catch (error) {
        said.textContent = error.message || "这个评价没能记下。";
        return;
      }
      up.setAttribute("aria-pressed", String(value === "up"));
      down.setAttribute("aria-pressed", String(value === "down"));
      chips.hidden = value === "up" || Boolean(reason);
      said.textContent = chips.hidden ? "谢谢，已记下您的评价。" : "已记下。能说说哪里不好吗？";
      if (reason) down.focus();
      else chips.scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    for (const [value, text] of Object.entries(WORDS.reasons)) {
      const chip = button(text);
      chip.addEventListener("click", () => send("down", value));
      chips.append(chip);
    }
    return make("div", { class: "rating" }, row, said, chips);
  };

  const headOf = (answer) => WORDS.heads[answer.correction ? "correction" : answer.status];

  /** What is shown of an answer; `rate` sends a rating and may fail. */
  const answered = (answer, rate) => {
    const made = [];
    const notices = answer.notices || [];
    for (const notice of notices) if (notice.kind === "safety") made.push(make("p", { class: "safety" }, notice.text));
    const head = headOf(answer);
    if (head) made.push(make("p", { class: "head" }, head));
    made.push(make("div", { class: "text" }, ...body(answer)));
    if (answer.citations.length) made.push(make("h4", {}, "原文依据"), ...quotations(answer.citations, true));
    const related = answer.related || [];
    if (related.length) made.push(make("details", { class: "related" }, make("summary", {}, `最接近的条款（${related.length}条，没有回答这个问题）`), ...quotations(related, false)));
    for (const notice of notices) if (notice.kind !== "safety") made.push(make("p", { class: "notice" }, notice.text));
    if (WORDS.standing[answer.status]) made.push(make("p", { class: "standing" }, WORDS.standing[answer.status]));
    made.push(rating(answer, rate));
    return made;
  };

  /** The answer's text as it is while it is written. */
  const written = (text) => text.split("\n").filter((paragraph) => paragraph.trim()).map((paragraph) => make("p", {}, paragraph));

  /** What a screen reader says of an answer that has come. */
  const spoken = (answer) => {
    const head = headOf(answer) ? `${headOf(answer)}。` : "";
    const safety = (answer.notices || []).filter((notice) => notice.kind === "safety").map((notice) => notice.text).join("");
    const evidence = answer.citations.length ? `附原文依据${answer.citations.length}条。` : "";
    return safety + head + answer.answer.replace(/\[\d{1,3}\]/g, "") + evidence;
  };

  Object.assign(window.policyQA, { make, button, answered, written, spoken });
})();
