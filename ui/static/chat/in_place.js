// What is being read stays in sight when the type changes its size.
import { bring, isOriginalOpen } from "./original.js";

const list = document.getElementById("turns");

addEventListener("policy-qa:display", () => {
  const read = scrollY && [...list.children].find((turn) => turn.getBoundingClientRect().bottom > innerHeight * 0.2);
  const before = read && read.getBoundingClientRect();
  requestAnimationFrame(() => {
    if (read) {
      const now = read.getBoundingClientRect();
      // A question that stands in the window stays there; of a long answer the same share has gone by.
      const top = before.top >= 0 ? before.top : before.top * (now.height / before.height);
      scrollBy({ top: now.top - top, behavior: "instant" });
    }
    if (isOriginalOpen()) bring();
  });
});
