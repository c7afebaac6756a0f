// Long texts are saved while they are typed. Streamlit sends a text area when it loses the focus or on Ctrl+Enter; so a
// second after the last key, and when the page is left, Ctrl+Enter is pressed here. Not while a word is being composed.
"use strict";
const REST = 1000; // milliseconds
const waiting = new Map();

function commit(field) {
  clearTimeout(waiting.get(field));
  waiting.delete(field);
  field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}));
}

function typed(event) {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement)) return;
  clearTimeout(waiting.get(field));
  if (!event.isComposing) waiting.set(field, setTimeout(commit, REST, field));
}

document.addEventListener("input", typed, true);
document.addEventListener("compositionend", typed, true);
document.addEventListener("visibilitychange", () => { if (document.hidden) [...waiting.keys()].forEach(commit); });
// Leaving within that second: the browser asks first, and meanwhile the text is on its way.
window.addEventListener("beforeunload", event => {
  if (waiting.size) event.preventDefault();
  [...waiting.keys()].forEach(commit);
});
