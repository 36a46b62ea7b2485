// What a screen reader is told, and what goes wrong above the box.
const status = document.getElementById("status");
const fault = document.getElementById("fault");

/** Say `text`; the same words twice are said twice. */
export const say = (text) => {
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = text;
  });
};

/** Show `text` above the box; "" takes it away. */
export const warn = (text) => {
  fault.textContent = text;
};
