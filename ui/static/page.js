// The page of a document: brings the quotation into view, follows the reader in the outline.
(() => {
  "use strict";
  const folded = window.matchMedia("(max-width: 60rem)");
  const contents = document.querySelector(".outline details");
  if (contents && folded.matches) contents.open = false;

  // How high it is where it sticks to the top, and covers what is brought there.
  const stuck = (name) => {
    const each = document.querySelector(name);
    return each && getComputedStyle(each).position === "sticky" ? each.offsetHeight : 0;
  };
  // In a low window the sentence about a link that contradicts itself does not stick: it is read first.
  const read = document.querySelector(".clash") && window.matchMedia("(max-height: 30rem)").matches;
  const target = read ? null : document.querySelector("mark.here") || document.getElementById("quote") || document.querySelector(".cited");
  const show = () => {
    if (!target) return;
    // Not scrollIntoView: the quotation stands a third below what sticks to the top, or lower where its clause begins in sight then.
    const box = target.getClientRects()[0] || target.getBoundingClientRect();
    const above = stuck(".bar") + stuck(".hits") + stuck(".clash");
    const room = window.innerHeight - above;
    const before = box.top - (target.closest(".cited") || target).getBoundingClientRect().top + 8;
    const lower = before + target.getBoundingClientRect().height < room ? Math.max(room * 0.3, before) : room * 0.3;
    const table = target.closest(".scroll");
    if (table) {
      const edge = table.getBoundingClientRect();
      if (box.left < edge.left || box.right > edge.right) table.scrollLeft += box.left - edge.left - edge.width * 0.3;
    }
    window.scrollTo({ top: window.scrollY + box.top - above - lower, behavior: "instant" });
  };
  // A table that fits is no place to scroll in: no stop for the Tab key, and its header can stay in sight.
  const tables = [...document.querySelectorAll(".scroll")];
  const fit = () => {
    const fits = tables.map((table) => table.scrollWidth <= table.clientWidth);
    tables.forEach((table, at) => {
      table.classList.toggle("fits", fits[at]);
      table.tabIndex = fits[at] ? -1 : 0;
    });
  };
  fit();
  window.addEventListener("resize", fit, { passive: true });

  const elsewhere = location.hash && location.hash !== "#quote" && location.hash !== `#${target?.id}`;
  if (!elsewhere) {
    show();
    window.addEventListener("load", show, { once: true });
  }
  window.addEventListener("load", () => document.documentElement.classList.add("settled"), { once: true });
  // Who listens is told what was found. Not before: until then the browser takes the focus to the address's fragment.
  const tellFound = () => document.activeElement === document.body && document.querySelector(".hits p")?.focus({ preventScroll: true });
  window.addEventListener("load", tellFound, { once: true });
  if (!contents) return;

  // The entry of the clause at the top of the window, kept in view inside the outline.
  const links = new Map();
  for (const link of contents.querySelectorAll("a")) links.set(link.hash.slice(1), link);
  const clauses = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const outline = document.querySelector(".outline");
  let here = null;
  let waiting = false;
  const follow = () => {
    waiting = false;
    const edge = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) + 24; // where an entry leads to
    let current = null;
    for (const clause of clauses) {
      if (clause.getBoundingClientRect().top > edge) break;
      current = clause;
    }
    const link = current ? links.get(current.id) : null;
    if (link === here) return;
    if (here) here.classList.remove("here");
    if (link) {
      link.classList.add("here");
      const at = link.offsetTop - outline.offsetTop;
      if (!folded.matches && (at < outline.scrollTop || at > outline.scrollTop + outline.clientHeight - 60)) {
        outline.scrollTop = at - outline.clientHeight / 3;
      }
    }
    here = link;
  };
  window.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(follow);
  }, { passive: true });
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && folded.matches) contents.open = false;
  });
  follow();
})();
