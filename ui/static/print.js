// The button that opens the browser's print dialog, shown where scripts run.
"use strict";
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
