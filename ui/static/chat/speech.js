// Reading an answer aloud with the browser's own voice.
import { say } from "./say.js";

const voice = () => speechSynthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith("zh"));
const NONE = "这个浏览器没有中文语音，读不出来。";
let reading = null; // {button, spoken}

export const canSpeak = "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;

/** Silence. */
export const stopSpeaking = () => {
  if (!reading) return;
  reading.button.textContent = "朗读";
  reading = null;
  speechSynthesis.cancel();
};

/** What is read: the answer without its tools, marks and tags. */
const words = (reply) => {
  const copy = reply.cloneNode(true);
  for (const each of copy.querySelectorAll(".tools, .said, .copied, .mark, .number, .tag, .go, .related, .standing, h3")) each.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
};

/** Begin to read, or stop; `told` is called with what is wrong, "" where nothing is. */
export const speak = (button, told) => {
  const stops = reading && reading.button === button;
  stopSpeaking();
  if (stops) return;
  told("");
  const chinese = voice();
  if (!chinese && speechSynthesis.getVoices().length) {
    told(NONE);
    return;
  }
  const spoken = new SpeechSynthesisUtterance(words(button.closest(".reply")));
  spoken.lang = "zh-CN";
  if (chinese) spoken.voice = chinese;
  const ended = () => {
    if (reading && reading.spoken === spoken) stopSpeaking();
  };
  spoken.onend = ended;
  spoken.onerror = (event) => {
    ended();
    if (!["canceled", "interrupted"].includes(event.error)) told(NONE);
  };
  reading = { button, spoken };
  button.textContent = "停止朗读";
  say("开始朗读");
  speechSynthesis.speak(spoken);
};

addEventListener("pagehide", stopSpeaking);
