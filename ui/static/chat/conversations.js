// The conversations of this browser: their secrets, which nobody else has, and what this tab shows of one.
const ONE = "policy-qa:conversation:"; // and the secret
const ONCE = "policy-qa:conversations"; // where all of them stood before
const HERE = "policy-qa:here";
const MOST = 500;
const RECENT_MS = 24 * 3600 * 1000;
const TITLE = 24;

/** What `job` gives; a browser may refuse its storage, or have it full, then things last as long as the page. */
const tried = (job, otherwise) => {
  try {
    return job();
  } catch {
    return otherwise;
  }
};

// A key each: of two tabs that are answered in the same moment neither writes over what the other has written.
const unkept = new Map();
const write = (each) => {
  unkept.set(each.secret, each);
  if (tried(() => localStorage.setItem(ONE + each.secret, JSON.stringify(each)) === undefined, false)) unkept.delete(each.secret);
};
const erase = (secret) => {
  unkept.delete(secret);
  tried(() => localStorage.removeItem(ONE + secret));
  tried(() => localStorage.setItem(ONCE, JSON.stringify(JSON.parse(localStorage.getItem(ONCE)).filter((each) => each.secret !== secret))));
};
const find = (secret) => unkept.get(secret) || tried(() => JSON.parse(localStorage.getItem(ONE + secret)), null);

/** Every conversation that has an answer, the latest first: {secret, title, updated}. */
export const list = () => {
  const keys = tried(() => Object.keys(localStorage), []).filter((key) => key.startsWith(ONE));
  const secrets = new Set([...keys.map((key) => key.slice(ONE.length)), ...unkept.keys()]);
  return [...secrets].map(find).filter(Boolean).sort((one, other) => other.updated - one.updated);
};

for (const each of tried(() => JSON.parse(localStorage.getItem(ONCE)), null) || []) if (!find(each.secret)) write(each);
if (!unkept.size) tried(() => localStorage.removeItem(ONCE));

let unkeptHere = null;
const here = {
  get: () => unkeptHere || tried(() => JSON.parse(sessionStorage.getItem(HERE)), null),
  set: (value) => {
    unkeptHere = value;
    if (tried(() => sessionStorage.setItem(HERE, JSON.stringify(value)) === undefined, false)) unkeptHere = null;
  },
};

const made = () => {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const EMPTY = { pending: [], draft: "", documents: [] };

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
  write({ secret, title: known ? known.title : begins, updated: Date.now() });
  for (const each of list().slice(MOST)) erase(each.secret);
};

/** This tab is at a conversation that the server's page began with `question`, "" where none stands on it; what waits
 * in one that has no answer yet comes along. */
export const takeOver = (secret, question) => {
  const { pending, draft } = begun() ? EMPTY : current();
  open(secret);
  if (pending.length || draft) change({ pending, draft });
  if (question) answered(secret, question);
};

export const rename = (secret, title) => {
  const known = find(secret);
  if (known) write({ ...known, title });
};

export const remove = (secret) => {
  erase(secret);
  put(secret, { pending: [], draft: "", documents: [] });
};

/** Calls `changed` when another tab has asked in the conversation of this one, or has removed it. */
export const onElsewhere = (changed) => {
  addEventListener("storage", (event) => {
    if (event.key !== ONE + current().secret) return;
    const [before, after] = [event.oldValue, event.newValue].map((text) => JSON.parse(text));
    if ((before && before.updated) !== (after && after.updated)) changed();
  });
};
