// The dialogs: earlier conversations, large type and colours; and the choice of documents.
import { post, sentence } from "./calls.js";
import * as conversations from "./conversations.js";
import { openConversation, startAgain } from "./turns.js";

const at = (id) => document.getElementById(id);
const history = at("history");
const display = at("display");
const scope = at("scope");
const pattern = at("conversation").content.firstElementChild;

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const outside = event.target === dialog && !(event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom);
    if (outside || event.target.closest("[data-close]")) dialog.close();
  });
}

const when = (stamp) => new Date(stamp).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).replace(" ", "\u00a0"); // in one line

const listed = () => {
  const here = conversations.current().secret;
  at("conversations").replaceChildren(...conversations.list().map((each) => {
    const item = document.importNode(pattern, true);
    const open = item.querySelector(".open");
    open.textContent = `${each.title}（${when(each.updated)}）`;
    if (each.secret === here) open.setAttribute("aria-current", "true");
    for (const name of ["rename", "delete"]) item.querySelector(`.${name}`).setAttribute("aria-label", `${name === "rename" ? "改名" : "删除"}：${each.title}`);
    item.secret = each.secret;
    item.named = each.title;
    return item;
  }));
  if (!conversations.list().length) at("history-said").textContent = "还没有对话。";
};

const relisted = (secret, button) => {
  listed();
  [...at("conversations").children].find((each) => each.secret === secret).querySelector(button).focus();
};

const rename = (item) => {
  const form = document.createElement("form");
  const field = Object.assign(document.createElement("input"), { type: "text", value: item.named, maxLength: 60 });
  field.setAttribute("aria-label", "对话的新名称");
  const save = Object.assign(document.createElement("button"), { textContent: "保存" });
  form.append(field, save);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = field.value.trim();
    if (!title) {
      at("history-said").textContent = "请写一个名称。"; // the browser's own words are in its language
      field.focus();
      return;
    }
    try {
      await post("/chat/rename", { secret: item.secret, title });
    } catch (error) {
      at("history-said").textContent = sentence(error);
      return;
    }
    conversations.rename(item.secret, title);
    at("history-said").textContent = "已改名。";
    relisted(item.secret, ".rename");
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // leaves the name as it was, not the dialog
    relisted(item.secret, ".rename");
  });
  item.replaceChildren(form);
  field.select();
};

const erase = async (item) => {
  const button = item.querySelector(".delete");
  if (button.dataset.sure === undefined) {
    button.dataset.sure = "";
    button.textContent = "确认删除";
    button.setAttribute("aria-label", `确认删除：${item.named}`);
    at("history-said").textContent = "删除以后找不回来，再点一次就删除。";
    return;
  }
  try {
    await post("/chat/delete", { secret: item.secret });
  } catch (error) {
    if (error.status !== 404) {
      at("history-said").textContent = sentence(error);
      return;
    }
  }
  conversations.remove(item.secret);
  if (item.secret === conversations.current().secret) {
    startAgain();
    showScope();
  }
  listed();
  at("history-said").textContent = conversations.list().length ? "已删除。" : "已删除，没有别的对话了。";
  (at("conversations").querySelector("button") || history.querySelector("[data-close]")).focus();
};

at("conversations").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  const item = event.target.closest("li");
  if (!button || button.closest("form")) return;
  if (button.matches(".rename")) rename(item);
  else if (button.matches(".delete")) await erase(item);
  else {
    history.close();
    await openConversation(item.secret, item.named);
    showScope();
  }
});

at("open-history").addEventListener("click", () => {
  at("history-said").textContent = "";
  listed();
  history.showModal();
});

at("open-display").addEventListener("click", () => {
  const chosen = window.policyQADisplay.chosen();
  for (const name of ["type", "theme"]) display.querySelector(`[name=${name}][value=${chosen[name]}]`).checked = true;
  display.showModal();
});
display.addEventListener("change", (event) => window.policyQADisplay.choose({ [event.target.name]: event.target.value }));

/** The documents to stay within, as they were chosen in this conversation. */
export const showScope = () => {
  if (!scope) {
    conversations.change({ documents: [] });
    return;
  }
  const held = [...scope.querySelectorAll("input")].map((each) => each.value);
  const documents = conversations.current().documents.filter((each) => held.includes(each)); // of those that are still there
  conversations.change({ documents });
  for (const each of scope.querySelectorAll("input")) each.checked = documents.includes(each.value);
  at("scope-said").textContent = documents.length ? `选中的${documents.length}份文件` : "全部文件";
};

/** Stay within the documents that are ticked; `showScope` goes by them. */
const choose = () => conversations.change({ documents: [...scope.querySelectorAll("input:checked")].map((each) => each.value) });

/** What was ticked before this script ran is chosen. */
export const takeScope = () => {
  if (scope && scope.querySelector("input:checked")) choose();
};
if (scope) {
  scope.addEventListener("change", () => {
    choose();
    showScope();
  });
}
