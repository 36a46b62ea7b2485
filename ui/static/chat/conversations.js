// The conversations of this browser: their secrets, which nobody else has, and what this tab shows of one.
const ALL = "policy-qa:conversations";
const HERE = "policy-qa:here";
const MOST = 500;
const RECENT_MS = 24 * 3600 * 1000;
const TITLE = 24;

/** A browser may refuse its storage, or have it full; then things last as long as the page. */
const kept = (storage, key, otherwise) => {
  let held = otherwise;
  let refused = false;
  return {
    get: () => {
      if (refused) return held;
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
        refused = false;
      } catch {
        refused = true;
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
const EMPTY = { pending: [], draft: "", documents: [] };

/** Every conversation that has an answer, the latest first: {secret, title, updated}. */
export const list = () => all.get().sort((one, other) => other.updated - one.updated);

const find = (secret) => all.get().find((each) => each.secret === secret);

const tab = () => {
  const found = here.get();
  if (found && found.at) return found;
  const [latest] = list();
  const recent = latest && Date.now() - latest.updated < RECENT_MS;
  const begun = { secret: recent ? latest.secret : made(), pane: true, at: {} };
  here.set(begun);
  return begun;
};

/**
 * What this tab is at: the conversation's `secret`, of a new tab the latest one if it is of today; its `pending`
 * questions, `draft` and `documents`; `pane`: whether the original may stand beside it.
 */
export const current = () => {
  const { secret, pane, at } = tab();
  return { ...EMPTY, ...at[secret], secret, pane };
};

const put = (secret, changes) => {
  const held = tab();
  const changed = { ...EMPTY, ...held.at[secret], ...changes };
  const at = { ...held.at, [secret]: changed };
  if (!changed.pending.length && !changed.draft && !changed.documents.length) delete at[secret];
  here.set({ ...held, at });
};

export const change = (changes) => put(current().secret, changes);

export const showPane = (pane) => here.set({ ...tab(), pane });

/** The question `id` of the conversation needs no answer any more. */
export const settle = (secret, id) => {
  const { pending } = { ...EMPTY, ...tab().at[secret] };
  put(secret, { pending: pending.filter((each) => each.id !== id) });
};

/** Whether the conversation of this tab has an answer. */
export const begun = () => Boolean(find(current().secret));

export const begin = () => here.set({ ...tab(), secret: made() });

export const open = (secret) => here.set({ ...tab(), secret });

/** An answer came to `question`. */
export const answered = (secret, question) => {
  const known = find(secret);
  const signs = [...question];
  const begins = signs.length > TITLE ? `${signs.slice(0, TITLE).join("")}…` : question;
  const title = known ? known.title : begins;
  const others = list().filter((each) => each.secret !== secret);
  all.set([{ secret, title, updated: Date.now() }, ...others].slice(0, MOST));
};

export const rename = (secret, title) => all.set(list().map((each) => (each.secret === secret ? { ...each, title } : each)));

export const remove = (secret) => {
  all.set(list().filter((each) => each.secret !== secret));
  put(secret, { pending: [], draft: "", documents: [] });
};

/** Calls `changed` when another tab has asked in the conversation of this one, or has removed it. */
export const onElsewhere = (changed) => {
  addEventListener("storage", (event) => {
    if (event.key !== ALL) return;
    const at = (text) => JSON.parse(text || "[]").find((each) => each.secret === current().secret);
    const [before, after] = [at(event.oldValue), at(event.newValue)];
    if ((before && before.updated) !== (after && after.updated)) changed();
  });
};
