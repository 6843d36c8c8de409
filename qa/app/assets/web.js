// What the page does by itself: open sources beside the answer, keep chats in this browser, copy, vote, switch the light.
// It never builds elements from the text of others: such text is set as text, or comes escaped from this server.
"use strict";
(() => {
  const { SCOPE, CHATS, CURRENT, DRAFT, LIGHT, stored, store, make, light, textOf, ...first } = window.wenju;
  const MOST_CHATS = 60, LARGEST = 50_000_000, QUIET = 3000, LONGEST_ANSWER = 25_000;
  const chinese = (navigator.language || "zh").toLowerCase().startsWith("zh");
  const words = chinese
    ? { tagline: "问文章，数字都有出处", all: "全部", source: "原文", empty: "点答案里的 [1]，这里会打开文章，标出那一句和那个数字。", close: "关闭", copied: "已复制",
        linked: "链接已复制", thanks: "已记下，谢谢", lost: "服务器没有回应，请确认它还在运行。", history: "历史对话", none: "还没有对话。",
        erase: "删除", light: "切换深浅色", sources: "出处", talk: "对话", again: "正在重新回答", asked: (count) => `${count} 个问题`,
        large: (names) => `超过 50 MB 的文件不能上传：${names}` }
    : { tagline: "Ask the articles; every figure has its source", all: "All", source: "Source", empty: "Choose [1] in an answer: its article opens here with the sentence and the figure marked.",
        close: "Close", copied: "Copied", linked: "Link copied", thanks: "Noted, thank you",
        lost: "The server does not answer; see whether it is still running.", history: "Earlier chats", none: "No chats yet.",
        erase: "Delete", light: "Light or dark", sources: "Sources", talk: "Chat", again: "Answering again",
        asked: (count) => (count === 1 ? "1 question" : `${count} questions`),
        large: (names) => `Files over 50 MB cannot be uploaded: ${names}` };
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const wide = () => matchMedia("(min-width: 1000px)").matches;

  function say(text) {
    const toast = one("#wj-toast");
    toast.textContent = text;
    toast.classList.add("wj-shown");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => toast.classList.remove("wj-shown"), 2600);
  }

  // The framework says nothing when the server is gone.
  document.addEventListener("wj-lost", () => say(words.lost));
  async function complaint(response) {
    try { return String((await response.json()).error || words.lost); } catch { return words.lost; }
  }

  // ---- the source panel
  let opener = null, latest = 0;
  async function open(link, moved = true) {
    const mine = ++latest;
    const address = new URL(link.getAttribute("href"), location.href);
    address.searchParams.set("bare", "true");
    let response, body;
    try {
      response = await fetch(address, { credentials: "same-origin" });
      if (!(response.headers.get("content-type") || "").startsWith("text/html")) return say(await complaint(response));
      body = await response.text();
    } catch { return; }
    if (mine !== latest) return;
    all(".wj-cite.wj-current").forEach((old) => old.classList.remove("wj-current"));
    link.classList.add("wj-current");
    const panel = one("#wj-source-body");
    panel.innerHTML = body;
    if (moved || wide()) document.body.classList.add("wj-reading");
    if (moved) { opener = link; if (!wide()) one("#wj-source-close").focus(); }
    const cited = one("mark.wj-exact", panel) || one("mark.wj-cited", panel);
    panel.scrollTop = 0;
    if (cited) {
      const offset = cited.getBoundingClientRect().top - panel.getBoundingClientRect().top;
      panel.scrollTop = Math.max(offset - panel.clientHeight * 0.35, 0);
    }
  }
  function close() {
    if (!document.body.classList.contains("wj-reading")) return;
    document.body.classList.remove("wj-reading");
    if (opener) opener.focus();
    opener = null;
  }
  function emptyPanel() {
    const panel = one("#wj-source-body");
    if (panel) panel.replaceChildren(make("p", "wj-note", words.empty));
  }
  function buildPanel(column) {
    const panel = make("div", "wj-panel");
    panel.id = "wj-source";
    const bar = make("div", "wj-panel-bar");
    bar.append(make("span", "wj-panel-name", words.source));
    const button = make("button", "wj-close", "×");
    button.id = "wj-source-close";
    button.type = "button";
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", close);
    bar.append(button);
    const body = make("div", "wj-panel-body");
    body.id = "wj-source-body";
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", words.source);
    panel.append(bar, body);
    column.replaceChildren(panel);
    emptyPanel();
  }

  // ---- chats: a chat is the list of its questions; the server finds the same answers again
  // Every chat begun or opened on this page gets a larger number than those before: the server drops what comes too
  // late from an earlier one.
  let chat = 0;
  function nextChat() { chat = Math.max(Date.now(), chat + 1); }
  function named() {
    const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    store(sessionStorage, CURRENT, id);
    return id;
  }
  function newChat() { named(); nextChat(); }
  function state() {
    try { return JSON.parse(one("#wj-talk .wj-state").textContent); } catch { return { chat: -1, questions: [] }; }
  }
  function keep(asked) {
    // The first chat gets its name here, not another number: its next answers would not be known by it.
    const id = stored(sessionStorage, CURRENT, null) || named();
    const others = stored(localStorage, CHATS, []).filter((chat) => chat.id !== id);
    store(localStorage, CHATS, [{ id, when: Date.now(), questions: asked }, ...others].slice(0, MOST_CHATS));
  }
  function fill(box, text) {
    const field = one(`${box} textarea`);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function signal(asked) {
    fill("#wj-signal", JSON.stringify({ chat, questions: asked }));
    setTimeout(() => one("#wj-restore").click(), 30);
  }
  function startAnew() {
    newChat();
    // At once, so that a question typed before the server has answered is not taken for a follow-up.
    fill("#wj-thread", JSON.stringify({ chat, questions: [] }));
    close();
    emptyPanel();
    one("#wj-question textarea").focus();
  }
  function resume(id, asked) { store(sessionStorage, CURRENT, id); nextChat(); signal(asked); }

  function showChats() {
    const dialog = one("#wj-chats");
    const list = make("ul", "wj-chat-list");
    const chats = stored(localStorage, CHATS, []);
    for (const chat of chats) {
      if (!Array.isArray(chat.questions) || !chat.questions.length) continue;
      const item = make("li");
      const go = make("button", "wj-chat", textOf(chat.questions[0]));
      go.type = "button";
      go.append(make("small", "", `${new Date(chat.when).toLocaleString()} · ${words.asked(chat.questions.length)}`));
      go.addEventListener("click", () => { dialog.close(); resume(chat.id, chat.questions); });
      const erase = make("button", "wj-erase", "×");
      erase.type = "button";
      erase.setAttribute("aria-label", words.erase);
      erase.addEventListener("click", () => {
        store(localStorage, CHATS, stored(localStorage, CHATS, []).filter((other) => other.id !== chat.id));
        showChats();
      });
      item.append(go, erase);
      list.append(item);
    }
    const bar = make("div", "wj-panel-bar");
    const shut = make("button", "wj-close", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", words.close);
    shut.addEventListener("click", () => dialog.close());
    bar.append(make("span", "wj-panel-name", words.history), shut);
    dialog.replaceChildren(bar, list.children.length ? list : make("p", "wj-note", words.none));
    if (!dialog.open) dialog.showModal();
  }

  // ---- what may be asked next: looked for when an answer stands, and when nothing was asked yet
  let offered = "", offering = 0;
  async function offer() {
    const asked = JSON.stringify(state().questions), box = one("#wj-offers");
    if (asked === offered || !box) return;
    const mine = ++offering;
    offered = asked;
    box.replaceChildren();
    try {
      const headers = { "content-type": "application/json" };
      const response = await fetch("/offers", { method: "POST", headers, body: JSON.stringify(state()) });
      const body = await response.text();
      if (mine === offering && response.ok) box.innerHTML = body;
    } catch { /* one can go on without */ }
  }

  // ---- what happens when the conversation changes
  let shown = "";
  function changed() {
    const talk = one("#wj-talk");
    if (!talk) return;
    const turns = all(".wj-turn", talk);
    if (turns.length) follow(turns);
    else if (one(".wj-empty", talk)) { begin(); offer(); shown = ""; }
    settle();
  }
  function follow(turns) {
    setTimeout(counted, 300);
    turns.forEach(showVote);
    const kept = state();
    if (kept.chat === chat) keep(kept.questions);
    const last = turns[turns.length - 1];
    const now = turns.length + (one(".wj-pending", last) ? "?" : "!") + last.textContent.length;
    if (now === shown) return;
    shown = now;
    if (one(".wj-pending", last)) store(sessionStorage, DRAFT, "");
    else offer();
    // On a phone the open filters would cover the answer; their button still counts them.
    if (!wide()) document.body.classList.remove("wj-narrow");
    last.scrollIntoView({ block: turns.length > 1 ? "start" : "nearest", behavior: "smooth" });
    const source = one(".wj-card a.wj-cite", last);
    if (source && wide()) open(source, false);
  }
  // What is typed outlives a reload: the framework reloads the page when a server that was gone is back.
  document.addEventListener("input", (event) => {
    if (event.target.matches("#wj-question textarea")) store(sessionStorage, DRAFT, event.target.value);
  });

  // ---- taking over from the first page: what it was asked is asked here once, behind what this page begins with
  let listening = false, begun = false, before = [], passed = 0;
  function begin() {
    if (begun || !["#wj-question textarea", "#wj-signal textarea", "#wj-send", "#wj-restore"].every((needed) => one(needed))) return;
    begun = true;
    const linked = first.linked();
    before = linked.length ? linked : first.kept();
    if (linked.length) {
      const address = new URL(location.href);
      for (const name of ["q", ...SCOPE]) address.searchParams.delete(name);
      history.replaceState(null, "", address);
      newChat();
    }
    pass();
    setTimeout(() => { if (first.asked().length > passed) pass(); else if (!before.length && !passed) takeOver(); }, QUIET);
    setTimeout(takeOver, LONGEST_ANSWER);
  }
  function pass() {
    const asked = first.asked(), scope = before[before.length - 1];
    passed = asked.length;
    if (!before.length && passed === 1) {
      ask(asked[0]);
      store(sessionStorage, DRAFT, first.draft());
    } else if (before.length || passed) {
      signal([...before, ...asked.map((question) => (scope?.question ? { ...scope, question } : question))]);
    }
  }
  function settle() {
    if (!begun || first.over()) return;
    if (first.asked().length > passed) return pass();
    const turns = all("#wj-talk .wj-turn").length;
    if (!before.length && !passed) return one("#wj-talk .wj-empty") ? takeOver() : undefined;
    if (turns < before.length + passed) return;
    // Nothing is asked again after a reload once it is kept; the framework empties its field in this moment.
    before = state().questions;
    passed = 0;
    first.forget();
    setTimeout(() => (first.asked().length ? pass() : takeOver()), 100);
  }
  function takeOver() {
    first.handOver((draft) => {
      // A question that nobody answered is given back.
      const text = draft || first.asked().join("\n");
      first.forget();
      if (text) fill("#wj-question", text);
      return one("#wj-question textarea");
    });
  }
  // The framework listens from its first question to the server on.
  document.addEventListener("wj-listening", () => { listening = true; setTimeout(begin); });

  // ---- filters of the chat: shown on demand, counted on their button
  function narrow() {
    document.body.classList.toggle("wj-narrow");
    counted();
  }
  function counted() {
    const button = one("#wj-filter");
    if (!button) return;
    const set = all("#wj-scope input, #wj-scope textarea").filter((field) => field.value.trim()).length;
    button.dataset.set = set || "";
    button.setAttribute("aria-expanded", String(document.body.classList.contains("wj-narrow")));
  }
  // Fields that the framework fills or empties say nothing of it, and a busy machine takes its time.
  for (const kind of ["input", "change", "focusout", "click"]) {
    document.addEventListener(kind, () => [120, 600, 2000, 6000].forEach((delay) => setTimeout(counted, delay)), true);
  }

  // ---- clicks
  async function copy(text, thanks) {
    try { await navigator.clipboard.writeText(text); } catch {
      const field = make("textarea", "wj-sr", text);
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    say(thanks);
  }
  function asText(turn) {
    const lines = all(".wj-q, .wj-within", turn).map((part) => part.innerText.trim()).concat("");
    for (const part of all(".wj-resolved, .wj-headline, .wj-text", turn)) lines.push(part.innerText.trim());
    const sources = all(".wj-sources > li", turn);
    if (sources.length) lines.push("", words.sources);
    for (const source of sources) lines.push(source.innerText.replace(/\s*\n\s*/g, " ").trim());
    return lines.join("\n");
  }
  async function vote(turn, button, liked) {
    const headline = one(".wj-headline", turn)?.innerText.trim() || "";
    const body = JSON.stringify({ question: one(".wj-q", turn).innerText.trim(), headline, liked });
    try {
      const response = await fetch("/api/feedback", { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!response.ok) return say(await complaint(response));
    } catch { return; }
    votes.set(placeOf(turn), button.value);
    showVote(turn);
    say(words.thanks);
  }
  // The server builds the whole conversation anew with every question: what a reader thought of an answer stays in sight.
  const votes = new Map();
  function placeOf(turn) { return `${chat} ${all("#wj-talk .wj-turn").indexOf(turn)} ${one(".wj-q", turn).textContent}`; }
  function showVote(turn) {
    const given = votes.get(placeOf(turn));
    if (given) all(".wj-act-good, .wj-act-bad", turn).forEach((each) => each.setAttribute("aria-pressed", String(each.value === given)));
  }
  function linkTo(asked) {
    const parts = SCOPE.filter((name) => asked[name]).map((name) => `&${name}=${encodeURIComponent(asked[name])}`);
    return `${location.origin}/?q=${encodeURIComponent(textOf(asked))}${parts.join("")}`;
  }
  function act(button) {
    const turn = button.closest(".wj-turn");
    const asked = state().questions[all("#wj-talk .wj-turn").indexOf(turn)];
    if (button.value === "copy") copy(asText(turn), words.copied);
    else if (button.value === "link") copy(linkTo(asked), words.linked);
    else if (button.value === "retry") { say(words.again); signal(state().questions); }
    else vote(turn, button, button.value === "good");
  }
  function ask(question) {
    fill("#wj-question", question);
    setTimeout(() => one("#wj-send").click(), 30);
  }
  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button, tr");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.matches("a.wj-cite")) { event.preventDefault(); open(target); }
    else if (target.matches("button.wj-try")) ask(target.innerText.trim());
    else if (target.matches("button.wj-act")) act(target);
    else if (target.matches("#wj-history")) showChats();
    else if (target.matches("#wj-filter")) narrow();
    else if (target.matches("tr")) {
      const link = one("a.wj-cite", target);
      if (link && target.closest(".wj-table")) open(link);
    }
  });
  // Before the framework sees the click: it sends what the page holds at that moment.
  document.addEventListener("click", (event) => { if (event.target.closest("#wj-new")) startAnew(); }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  // ---- files that the server would refuse are not sent at all
  function refuse(event, files) {
    const large = [...(files || [])].filter((file) => file.size > LARGEST);
    if (!large.length) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.target.type === "file") event.target.value = "";
    say(words.large(large.map((file) => file.name).join("、")));
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("#wj-files input[type=file]")) refuse(event, event.target.files);
  }, true);
  document.addEventListener("drop", (event) => {
    if (event.target.closest("#wj-files")) refuse(event, event.dataTransfer?.files);
  }, true);

  // ---- light or dark
  function buildHeader(header) {
    const tagline = one(".wj-brand p", header);
    if (tagline && tagline.textContent !== words.tagline) {
      tagline.textContent = words.tagline;
      tagline.lang = chinese ? "zh" : "en";
    }
    if (one("#wj-light")) return;
    const button = make("button", "wj-light", "◐");
    button.id = "wj-light";
    button.type = "button";
    button.setAttribute("aria-label", words.light);
    button.title = words.light;
    button.addEventListener("click", () => {
      store(localStorage, LIGHT, !document.body.classList.contains("dark"));
      light();
    });
    header.append(button);
  }

  // ---- wait for the framework to build the page, then dress it
  function build() {
    const talk = one("#wj-talk"), column = one("#wj-side"), header = one("#wj-header");
    if (!talk || !column || !header) return;
    document.documentElement.lang = chinese ? "zh-CN" : "en";
    if (!one("#wj-toast")) {
      const toast = make("div", "wj-toast");
      toast.id = "wj-toast";
      toast.setAttribute("role", "status");
      const dialog = make("dialog", "wj-dialog");
      dialog.id = "wj-chats";
      dialog.setAttribute("aria-label", words.history);
      document.body.append(toast, dialog);
    }
    if (!one("#wj-source", column)) buildPanel(column);
    buildHeader(header);
    for (const field of all(".wj-filters input:is([role=listbox], [role=combobox])")) {
      if (field.placeholder !== words.all) field.placeholder = words.all;
    }
    if (!talk.dataset.watched) {
      talk.dataset.watched = "yes";
      talk.setAttribute("role", "log");
      talk.setAttribute("aria-label", words.talk);
      const offers = make("div");
      offers.id = "wj-offers";
      talk.after(offers);
      new MutationObserver(changed).observe(talk, { childList: true, subtree: true, characterData: true });
      light();
      changed();
    }
    if (listening) begin();
  }
  new MutationObserver(build).observe(document.documentElement, { childList: true, subtree: true });
})();
