// The bar that stays at the top covers what is brought there, and is as high as its words and the type make it.
const bar = document.querySelector("header.bar");

/** Say to the style sheet how high it is now. */
export const measureBar = () => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);

new ResizeObserver(measureBar).observe(bar);
