// The first page: a reader can type and ask while the framework still builds the page beneath it. What was typed or
// asked is kept in this tab, so that it outlives a reload, and web.js hands it over when the built page can take it.
"use strict";
(() => {
  const SCOPE = ["source", "publisher", "since", "until", "agency"];
  const CHATS = "wenju-chats", CURRENT = "wenju-current", DRAFT = "wenju-draft", LIGHT = "wenju-light", ASKED = "wenju-asked", RELOADS = "wenju-reloads";
  const MOST_RELOADS = 3, SLOW = 8000, AGAIN = 1500;
  const first = document.querySelector("#wj-first");
  const form = first.querySelector("form"), field = first.querySelector("textarea"), talk = first.querySelector(".wj-first-talk");
  const words = JSON.parse(first.dataset.words);
  let over = false, composing = false;

  function stored(place, key, other) {
    try { return JSON.parse(place.getItem(key)) ?? other; } catch { return other; }
  }
  function store(place, key, value) {
    try { place.setItem(key, JSON.stringify(value)); } catch { /* a full or closed store only loses the history */ }
  }
  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function light() {
    const dark = stored(localStorage, LIGHT, null) ?? matchMedia("(prefers-color-scheme: dark)").matches;
    document.body.classList.toggle("dark", dark);
  }
  // A question is a text, or a text with its filters.
  const textOf = (asked) => String(asked?.question ?? asked);

  // ---- what this page begins with: the question of its address, or the chat that this tab showed before a reload
  function linked() {
    const fields = new URL(location.href).searchParams, question = fields.get("q");
    if (!question || !question.trim()) return [];
    return [Object.fromEntries([["question", question], ...SCOPE.map((name) => [name, fields.get(name) || ""])])];
  }
  function kept() {
    const id = stored(sessionStorage, CURRENT, null);
    const chat = stored(localStorage, CHATS, []).find((other) => other.id === id);
    return Array.isArray(chat?.questions) ? chat.questions : [];
  }

  // ---- what is asked here
  let asked = stored(sessionStorage, ASKED, []);
  function show(text) {
    first.querySelector(".wj-first-empty")?.remove();
    const turn = make("section", "wj-first-turn"), line = make("p", "wj-asked"), card = make("div", "wj-first-card");
    line.append(make("span", "wj-sr", words.you), make("span", "wj-first-q", text));
    card.append(make("p", "", words["first.pending"]));
    turn.append(line, card);
    talk.append(turn);
    turn.scrollIntoView({ block: "nearest" });
  }
  function ask() {
    const text = field.value;
    if (!text.trim()) return;
    asked.push(text);
    store(sessionStorage, ASKED, asked);
    field.value = "";
    store(sessionStorage, DRAFT, "");
    show(text);
  }
  function forget() { asked = []; store(sessionStorage, ASKED, asked); }

  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask();
  });
  field.addEventListener("input", () => store(sessionStorage, DRAFT, field.value));
  // Chinese is typed in two steps: a word that is only half composed would be lost with its field.
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; });

  // ---- the built page takes over: text, caret and focus go to its field, then this page is taken away
  function handOver(fill) {
    if (over) return;
    if (composing) { field.addEventListener("compositionend", () => setTimeout(handOver, 0, fill), { once: true }); return; }
    over = true;
    const within = first.contains(document.activeElement);
    const caret = [field.selectionStart, field.selectionEnd, field.selectionDirection];
    document.querySelector("gradio-app").inert = false;
    const other = fill(field.value);
    first.remove();
    store(sessionStorage, RELOADS, 0);
    if (!within) return;
    other.focus({ preventScroll: true });
    other.setSelectionRange(...caret);
  }

  // ---- a server that goes away before the page is built: said here, and the page is loaded again when it is back
  let watching = false;
  async function watch(broken) {
    if (over || watching) return;
    watching = true;
    let lost = broken;
    for (;;) {
      const there = await fetch("/favicon.ico", { cache: "no-store" }).then((response) => response.ok, () => false);
      if (over) return;
      if (there) break;
      lost = true;
      first.querySelector(".wj-first-said").textContent = words["first.lost"];
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
    watching = false;
    const reloads = stored(sessionStorage, RELOADS, 0);
    if (!lost || reloads >= MOST_RELOADS) return;
    store(sessionStorage, RELOADS, reloads + 1);
    location.reload();
  }
  addEventListener("error", (event) => { if (event.target instanceof Element && event.target.matches("script, link")) watch(true); }, true);
  addEventListener("unhandledrejection", () => watch(false));
  document.addEventListener("wj-lost", () => watch(false));
  setTimeout(watch, SLOW, false);

  light();
  field.value = stored(sessionStorage, DRAFT, "") || field.value;
  const before = linked().length ? linked() : kept();
  [...before.map(textOf), ...asked].forEach(show);
  window.wenju = {
    SCOPE, CHATS, CURRENT, DRAFT, LIGHT, stored, store, make, light, textOf, linked, kept, handOver, forget,
    asked: () => asked, draft: () => field.value, over: () => over,
  };
})();
