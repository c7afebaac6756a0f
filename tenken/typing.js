// Texts are saved while they are typed. Streamlit sends a text area when it loses the focus or on Ctrl+Enter; so a second
// after the last key, and when the page is left, Ctrl+Enter is pressed here. Not while a word is being composed. And what
// was typed as the server went away is sent again when it is back: Streamlit takes it for sent.
"use strict";
const REST = 1000; // milliseconds
const waiting = new Map(); // field → timer
const stranded = new Map(); // field that met a server that was gone → its text

function isText(field) {
  return field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text");
}

let drawn = true; // whether the page was drawn anew since its server went away

function state() {
  return document.querySelector("[data-testid=stApp]")?.dataset ?? {};
}

new MutationObserver(() => {
  if (state().testConnectionState !== "CONNECTED") drawn = false;
  else if (state().testScriptState === "running") drawn = true;
}).observe(document.documentElement, {
  subtree: true, attributes: true, attributeFilter: ["data-test-connection-state", "data-test-script-state"],
});

function busy() {
  return !drawn || state().testConnectionState !== "CONNECTED" || state().testScriptState !== "notRunning";
}

function send(field) {
  clearTimeout(waiting.get(field));
  waiting.delete(field);
  if (!field.isConnected) return;
  if (field.disabled) stranded.set(field, stranded.get(field) ?? field.value);
  if (!stranded.has(field)) press(field);
  else if (field.disabled || busy()) waiting.set(field, setTimeout(send, REST, field));
  else sendAgain(field, stranded.get(field));
}

function sendAgain(field, text) {
  type(field, `${text} `); // a letter more and a letter less, or nobody would see a change
  press(field);
  type(field, text);
  press(field);
  // A run that was under way may draw the old text once more.
  waiting.set(field, setTimeout(() => field.value === text ? settle(field) : send(field), 3 * REST));
}

function settle(field) {
  waiting.delete(field);
  stranded.delete(field);
}

function type(field, text) {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, text);
  field.dispatchEvent(new Event("input", {bubbles: true}));
}

function press(field) {
  field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}));
}

function typed(event) {
  const field = event.target;
  if (!isText(field) || !event.isTrusted) return;
  clearTimeout(waiting.get(field));
  stranded.delete(field);
  if (!event.isComposing) waiting.set(field, setTimeout(send, REST, field));
}

document.addEventListener("input", typed, true);
document.addEventListener("compositionend", typed, true);
document.addEventListener("visibilitychange", () => { if (document.hidden) [...waiting.keys()].forEach(send); });
// Leaving within that second: the browser asks first, and meanwhile the text is on its way.
window.addEventListener("beforeunload", event => {
  if (waiting.size) event.preventDefault();
  [...waiting.keys()].forEach(send);
});
