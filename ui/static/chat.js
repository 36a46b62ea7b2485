// The chat: a citation opens beside the conversation instead of leaving the page.
(() => {
  "use strict";
  const narrow = window.matchMedia("(max-width: 56rem)");

  const open = (link) => {
    const frame = document.getElementById("pq-original");
    if (!frame || !frame.contentWindow) return false;
    const url = new URL(link.getAttribute("href"), location.origin);
    if (url.origin !== location.origin || !url.pathname.startsWith("/documents/")) return false;
    url.searchParams.set("embed", "1");
    url.hash = "";
    frame.contentWindow.location.replace(url.href); // leaves no step in the browser's history
    for (const before of document.querySelectorAll("#pq-chat a.pq-open")) before.classList.remove("pq-open");
    link.classList.add("pq-open");
    if (narrow.matches) document.getElementById("pq-side").scrollIntoView({ behavior: "smooth" });
    return true;
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a");
    if (!link) return;
    if (link.classList.contains("pq-back")) {
      event.preventDefault();
      document.getElementById("pq-talk").scrollIntoView({ behavior: "smooth" });
    } else if (link.closest("#pq-chat") && open(link)) {
      event.preventDefault();
    }
  }, true);

  // Names that Gradio writes in English, or fills with Markdown source, for people who listen to the page.
  const names = [
    ["#pq-chat button.example", (element) => `示例问题：${element.textContent.trim()}`],
    ["#pq-chat [role='log']", () => "对话"],
    ["#pq-chat [data-testid='user']", () => "您的问题"],
    ["#pq-chat [data-testid='bot']", () => "回答"],
  ];
  const rename = () => {
    for (const [selector, name] of names) {
      for (const element of document.querySelectorAll(selector)) {
        const wanted = name(element);
        if (element.getAttribute("aria-label") !== wanted) element.setAttribute("aria-label", wanted);
      }
    }
  };
  new MutationObserver(rename).observe(document.documentElement, { childList: true, subtree: true });
})();
