"use strict";
{
  const form = document.getElementById("filters");
  if (form) {
    const rows = [...document.querySelectorAll(".failure")];
    const names = ["kind", "voice", "outcome"];
    const filter = () => {
      let shown = 0;
      for (const row of rows) {
        row.hidden = !names.every((name) => {
          const wanted = form.elements[name].value;
          return !wanted || row.dataset[name].split(" ").includes(wanted);
        });
        shown += row.hidden ? 0 : 1;
      }
      document.getElementById("count").textContent = `显示 ${shown} / ${rows.length} 题`;
    };
    form.hidden = false;
    form.addEventListener("change", filter);
    filter();
  }
}
