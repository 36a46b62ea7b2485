// Calls of the server. Everything that can go wrong becomes a Fault with a sentence for people.
const OFFLINE = "连不上服务，可能是网络断了，或服务正在重新启动。";
const OTHER = "刚才出了点问题，没有办成。请再试一次。";

export class Fault extends Error {
  /** `status`: HTTP's, 0 where nothing came; `type`: of the server's own problems, "" for what others answer. */
  constructor(text, status = 0, type = "") {
    super(text);
    this.status = status;
    this.type = type;
  }
}

/** The sentence of any error; what nobody foresaw is reported to the browser's console, not to people. */
export const sentence = (error) => {
  if (error instanceof Fault) return error.message;
  reportError(error);
  return OTHER;
};

/** The response; raises a Fault for one that is none, and AbortError where `signal` says so. */
export const fetched = async (path, options = {}) => {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Fault(OFFLINE);
  }
  if (response.ok) return response;
  const json = (response.headers.get("Content-Type") || "").includes("json");
  const problem = (json && (await response.json().catch(() => null))) || {};
  throw new Fault(problem.detail || OTHER, response.status, problem.type || "");
};

/** The part of a page under `path` as elements, also one that says why there is nothing, and whether it may be there
 * `later`; raises a Fault where none comes, or somebody between us and the server answers with a page of theirs. */
export const part = async (path) => {
  const response = await fetch(path, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => {
    throw new Fault(OFFLINE);
  });
  const found = elements(await response.text());
  if (!found.some((each) => each.matches(".part"))) throw new Fault(OTHER, response.status);
  return { found, later: response.status >= 500 || response.status === 429 };
};

/** POST `body` as JSON; what comes back, null where that is nothing. */
export const post = async (path, body, signal) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetched(path, { method: "POST", headers, body: JSON.stringify(body), signal, cache: "no-store" });
  if (response.status === 204) return null;
  return response.json().catch(() => {
    throw new Fault(OTHER, response.status); // somebody between us and the server answered with a page of theirs
  });
};

/** Elements from HTML that the server rendered. */
export const elements = (html) => [...new DOMParser().parseFromString(html, "text/html").body.children];
