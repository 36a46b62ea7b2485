// Calls of the server. Everything that can go wrong becomes a Fault with a sentence for people.
const OFFLINE = "连不上服务，可能是网络断了，或服务正在重新启动。";
const OTHER = "刚才出了点问题，没有办成。请再试一次。";

export class Fault extends Error {
  /** `status`: HTTP's, 0 where nothing came. */
  constructor(text, status = 0) {
    super(text);
    this.status = status;
  }
}

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
  const problem = json ? await response.json().catch(() => null) : null;
  throw new Fault((problem && problem.detail) || OTHER, response.status);
};

/** POST `body` as JSON; what comes back, null where that is nothing. */
export const post = async (path, body, signal) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetched(path, { method: "POST", headers, body: JSON.stringify(body), signal, cache: "no-store" });
  return response.status === 204 ? null : response.json();
};

/** Elements from HTML that the server rendered. */
export const elements = (html) => [...new DOMParser().parseFromString(html, "text/html").body.children];
