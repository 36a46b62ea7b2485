// The chat on paper: what is folded is opened, and the last line says when it was printed and from where.
const line = document.getElementById("printed");
let folded = [];

addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("#turns details:not([open])")];
  for (const each of folded) each.open = true;
  const day = new Date().toLocaleString("zh-CN", { dateStyle: "long", timeStyle: "short" });
  line.textContent = `${day}打印自 ${location.origin}${location.pathname}`;
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
});
