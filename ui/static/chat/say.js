// What a screen reader is told, and what goes wrong above the box.
const status = document.getElementById("status");
const fault = document.getElementById("fault");
const SPOKEN = 300;
const SAID = `.safety, .head, .short, ${["p", "figcaption", "summary", "blockquote", "q", ".brief .see", ".cells li"].map((each) => `.text ${each}`)}, .strength, .reply > .notice`;

/** Say `text`; the same words twice are said twice. */
export const say = (text) => {
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = text;
  });
};

/** Show `text` above the box; "" takes it away. */
export const warn = (text) => {
  fault.textContent = text;
};

/** `words` as a sentence. */
export const sentenceEnd = (words) => (/[。！？…：]$/.test(words) ? words : `${words}。`);

/** What is said of an answer: what stands in it, without what only points elsewhere. */
export const spoken = (turn) => {
  const copy = turn.cloneNode(true);
  for (const each of copy.querySelectorAll(".tag, .number, .go, .mark, .standing, .ways")) each.remove();
  const said = [...copy.querySelectorAll(SAID)]
    .map((each) => each.textContent.replace(/\s+/g, ""))
    .filter(Boolean)
    .map(sentenceEnd)
    .join("");
  return said.length > SPOKEN ? `${said.slice(0, SPOKEN)}……` : said;
};
