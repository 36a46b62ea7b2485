// The conversations of this browser: their secrets, which nobody else has, and what this tab shows of one.
const ALL = "policy-qa:conversations";
const HERE = "policy-qa:here";
const MOST = 100;
const RECENT_MS = 24 * 3600 * 1000;
const TITLE = 24;

/** A browser may refuse its storage; then things last as long as the page. */
const kept = (storage, key, otherwise) => {
  let held = otherwise;
  return {
    get: () => {
      try {
        const found = window[storage].getItem(key);
        return found === null ? held : JSON.parse(found);
      } catch {
        return held;
      }
    },
    set: (value) => {
      held = value;
      try {
        window[storage].setItem(key, JSON.stringify(value));
      } catch {
        return;
      }
    },
  };
};
const all = kept("localStorage", ALL, []);
const here = kept("sessionStorage", HERE, null);

const made = () => {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const fresh = () => ({ secret: made(), pending: [], draft: "", documents: [], pane: true });

/** Every conversation that has an answer, the latest first: {secret, title, updated}. */
export const list = () => all.get().sort((one, other) => other.updated - one.updated);

const find = (secret) => all.get().find((each) => each.secret === secret);

/** What this tab is at: {secret, pending, draft, documents, pane}; of a new tab the latest conversation, if it is of today. */
export const current = () => {
  const found = here.get();
  if (found) return found;
  const [latest] = list();
  const begun = latest && Date.now() - latest.updated < RECENT_MS ? { ...fresh(), secret: latest.secret } : fresh();
  here.set(begun);
  return begun;
};

export const change = (changes) => here.set({ ...current(), ...changes });

/** Whether the conversation of this tab has an answer. */
export const begun = () => Boolean(find(current().secret));

export const begin = () => here.set({ ...fresh(), pane: current().pane });

export const open = (secret) => here.set({ ...fresh(), secret, pane: current().pane });

/** An answer came to `question`. */
export const answered = (secret, question) => {
  const known = find(secret);
  const title = known ? known.title : [...question].slice(0, TITLE).join("");
  const others = list().filter((each) => each.secret !== secret);
  all.set([{ secret, title, updated: Date.now() }, ...others].slice(0, MOST));
};

export const rename = (secret, title) => all.set(list().map((each) => (each.secret === secret ? { ...each, title } : each)));

export const remove = (secret) => all.set(list().filter((each) => each.secret !== secret));

/** Calls `changed` when another tab has asked in the conversation of this one, or has removed it. */
export const onElsewhere = (changed) => {
  addEventListener("storage", (event) => {
    if (event.key !== ALL) return;
    const at = (text) => JSON.parse(text || "[]").find((each) => each.secret === current().secret);
    const [before, after] = [at(event.oldValue), at(event.newValue)];
    if ((before && before.updated) !== (after && after.updated)) changed();
  });
};
