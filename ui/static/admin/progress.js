// Sends a form and shows how far the work is. Without this module the form is sent as any other, and the page
// that follows comes when the work is done.
const STAGES = { reading: "正在读取文件", indexing: "正在建立索引" };
const LOST = "与服务器的连接断了，不知道有没有办成。请刷新文件列表看一看，再决定要不要重试。";

/** The events that have come whole in `text`, and where the rest begins. */
const eventsIn = (text, from) => {
  const found = [];
  for (let end; (end = text.indexOf("\n\n", from)) >= 0; from = end + 2) {
    const frame = text.slice(from, end);
    const name = /^event: (.*)$/m.exec(frame);
    const data = /^data: (.*)$/m.exec(frame);
    if (name && data) found.push([name[1], JSON.parse(data[1])]);
  }
  return [found, from];
};

const follow = (form) => {
  const [show, stage, bar, fault] = ["show", "stage", "bar", "fault"].map((name) => form.querySelector(`[data-${name}]`));
  const buttons = () => form.querySelectorAll("button");
  let by = null; // the button that was pressed

  const tell = (text, done, total) => {
    show.hidden = false;
    const share = total ? Math.round((done / total) * 100) : null;
    const words = share === null ? `${text}……` : `${text}：${share}%`;
    if (stage.textContent !== words) stage.textContent = words;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  };
  const stand = ({ stage: name, done, total }) => {
    if (name !== "indexing") tell(STAGES[name] || "正在办理");
    else if (done < total) tell(STAGES[name], done, total);
    else tell("索引已建好，正在启用");
  };
  /** The fields of these names are wrong, and what is said below is about them. */
  const mark = (names) => {
    for (const each of form.querySelectorAll("input:not([type=hidden]), select")) {
      const wrong = names.includes(each.name);
      const told = (each.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== fault.id);
      if (wrong) told.push(fault.id);
      each.toggleAttribute("aria-invalid", wrong);
      if (wrong) each.setAttribute("aria-invalid", "true");
      if (told.length) each.setAttribute("aria-describedby", told.join(" "));
      else each.removeAttribute("aria-describedby");
    }
  };
  const fail = (text, names = []) => {
    show.hidden = true;
    fault.textContent = text;
    fault.hidden = false;
    for (const each of buttons()) each.removeAttribute("aria-disabled");
    form.removeAttribute("aria-busy");
    mark(names);
    const first = form.querySelector("[aria-invalid]");
    const folded = first?.closest("details");
    if (folded) folded.open = true;
    (first || by)?.focus();
    fault.scrollIntoView({ block: "nearest" });
  };

  // Of what somebody else has changed meanwhile the server shows both: a page, in answer to the form itself.
  const refuse = (problem) => {
    if (form.elements.edition && problem.type.endsWith(":conflict")) form.submit();
    else fail(problem.detail, (problem.errors || []).map((each) => each.field));
  };

  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy")) return event.preventDefault();
    by = event.submitter;
    if (by && "plain" in by.dataset) return;
    event.preventDefault();
    fault.hidden = true;
    mark([]);
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (form.enctype === "multipart/form-data" && !files.length) return fail("还没有选文件，请先选一个文件。", ["file"]);
    const most = Number(form.dataset.most) * 1024 * 1024;
    if (files.some((file) => file.size > most)) return fail(`文件最大 ${form.dataset.most} MiB，请拆成几个文件再上传。`, ["file"]);

    const body = files.length ? new FormData(form) : new URLSearchParams(new FormData(form));
    const request = new XMLHttpRequest();
    let read = 0;
    let ended = false;
    const take = () => {
      const [found, next] = eventsIn(request.responseText, read);
      read = next;
      for (const [name, data] of found) {
        if (name === "progress") stand(data);
        if (name === "done") {
          ended = true;
          tell("已办好", 1, 1);
          location.assign(data.location);
        }
        if (name === "error") {
          ended = true;
          refuse(data);
        }
      }
    };
    request.upload.addEventListener("progress", (sent) => {
      if (files.length && sent.lengthComputable && sent.loaded < sent.total) tell("正在上传", sent.loaded, sent.total);
    });
    request.upload.addEventListener("load", () => files.length && tell("已上传，正在读取文件"));
    request.addEventListener("progress", () => request.status === 200 && take());
    request.addEventListener("load", () => {
      if (request.status === 200) take();
      if (ended) return;
      try {
        refuse(JSON.parse(request.responseText));
      } catch {
        fail(LOST);
      }
    });
    request.addEventListener("error", () => fail(LOST));
    for (const each of buttons()) each.setAttribute("aria-disabled", "true"); // focus stays where it is
    form.setAttribute("aria-busy", "true");
    tell(files.length ? "正在上传" : "正在办理");
    request.open("POST", by?.getAttribute("formaction") || form.action);
    request.setRequestHeader("Accept", "text/event-stream");
    request.send(body);
  });
};

/** The browser's own field speaks its language; this one says in ours which file is chosen. */
const named = (zone, input) => {
  const [pick, name] = ["pick", "name"].map((each) => zone.querySelector(`[data-${each}]`));
  const say = () => (name.textContent = input.files.length ? input.files[0].name : "还没有选文件");
  pick.hidden = false;
  input.classList.add("hidden");
  input.addEventListener("change", say);
  say();
};

const drop = (zone, input) => {
  zone.querySelector("[data-only]").hidden = false;
  const over = (is) => zone.classList.toggle("over", is);
  for (const name of ["dragenter", "dragover"])
    zone.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      over(true);
    });
  zone.addEventListener("dragleave", (event) => over(zone.contains(event.relatedTarget)));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
};

for (const form of document.querySelectorAll("form[data-progress]")) follow(form);
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  named(zone, input);
  drop(zone, input);
}
// Back from a page that came after: the form can be sent again.
addEventListener("pageshow", (event) => event.persisted && location.reload());
