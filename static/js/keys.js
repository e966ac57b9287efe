// Keyboard: data-key="n" on a link, button or input presses it; "?" lists the keys of the page.
// A person's own keys (meta studio-keys) take the place of the ones in the markup, and of those shown in <kbd>.
// data-key takes several keys ("j ArrowDown"), modifiers ("Alt+ArrowUp", "Mod+z"), and data-key-label says what it does.
(() => {
  const TYPING = "input:not([type=radio]):not([type=checkbox]):not([type=range]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";
  const NAMES = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", " ": "Space", Space: "Space" };
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);

  function pressed(event) {
    const name = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const mods = [];
    if (mac ? event.metaKey : event.ctrlKey) mods.push("Mod");
    if (event.altKey) mods.push("Alt");
    if (event.shiftKey && name.length > 1) mods.push("Shift");
    return [...mods, name].join("+");
  }

  const own = JSON.parse(document.querySelector('meta[name="studio-keys"]')?.content || "{}");
  const plainKeys = (text) => text.split(" ").filter(Boolean).map((key) => (key.length === 1 ? key.toLowerCase() : key));
  const keysOf = (element) => plainKeys(element.dataset.key || "").map((key) => own[key] || key);
  const usable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true" && (element.offsetParent !== null || element.type === "radio");

  function typing(target) {
    return target instanceof Element && target.matches(TYPING);
  }

  const focuses = (element) => (element.dataset.keyDo || (element.matches(TYPING) ? "focus" : "click")) === "focus";

  function act(element) {
    if (focuses(element)) { element.focus(); element.select?.(); }
    else element.click();
  }

  // A key pressed while the page still loads is done once every script is there: a form would be sent without them.
  // A field is gone to at once, as its words come with the next keys.
  let waiting = [];
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    const held = waiting;
    waiting = null;
    held.filter((element) => element.isConnected).forEach(act);
  }));
  function press(element) {
    if (waiting && !focuses(element)) waiting.push(element); else act(element);
  }

  function find(key, root) {
    const scope = root.closest?.("[data-key-scope]");
    const all = [...document.querySelectorAll("[data-key]")].filter((element) => keysOf(element).includes(key) && usable(element));
    return all.find((element) => scope?.contains(element)) || all.find((element) => !element.closest("[data-key-scope]")) || null;
  }

  function label(element) {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
    return copy.textContent.trim() || element.getAttribute("aria-label") || element.labels?.[0]?.textContent.trim() || "";
  }

  function say(key) {
    return key.split("+").map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl") : NAMES[part] || (part.length === 1 ? part.toUpperCase() : part))).join(" ");
  }

  // What can be done here and now: everything with a key, or with a name for the palette, that is in the focus's own scope or in none.
  function offers(root) {
    const scope = root.closest?.("[data-key-scope]");
    const inScope = (element) => { const of = element.closest("[data-key-scope]"); return !of || of === scope; };
    return [...document.querySelectorAll("[data-key], [data-command]")].filter((element) => usable(element) && inScope(element))
      .map((element) => ({ element, keys: keysOf(element), label: element.dataset.command || label(element) }));
  }

  // Pages write Ctrl; who has a Mac reads ⌘, and whoever chose a key of their own reads that, also in the tour.
  const written = (key) => key.split("+").map((part) => (part === "Mod" ? "Ctrl" : say(part))).join(" ");
  function relabel() {
    const names = new Map(Object.entries(own).map(([key, mine]) => [written(key), say(mine)]));
    if (!names.size && !mac) return;
    document.querySelectorAll("kbd:not([data-relabelled], [data-default-key])").forEach((kbd) => {
      kbd.dataset.relabelled = "";
      const text = kbd.textContent.trim();
      const mine = names.get(text) || (mac ? text.replace(/^Ctrl /, "⌘ ") : text);
      if (mine !== text) kbd.textContent = mine;
    });
  }
  relabel();
  document.addEventListener("studio:content", relabel);
  window.studioKeys = { act, offers, pressed, say };

  function list() {
    const dialog = document.getElementById("keys-dialog");
    const target = dialog.querySelector("[data-key-list]");
    target.replaceChildren();
    const seen = new Set();
    const add = (keys, text) => {
      const line = keys.map(say).join(" or ") + text;
      if (!text || seen.has(line)) return;
      seen.add(line);
      const dt = document.createElement("dt");
      keys.forEach((key, index) => {
        if (index) dt.append(" ");
        const kbd = document.createElement("kbd");
        kbd.textContent = say(key);
        dt.append(kbd);
      });
      const dd = document.createElement("dd");
      dd.textContent = text;
      target.append(dt, dd);
    };
    document.querySelectorAll("[data-key]").forEach((element) => usable(element) && add(keysOf(element), label(element)));
    document.querySelectorAll("[data-key-note]").forEach((element) => add(element.dataset.keyNote.split(" "), label(element)));
    add(["?"], "this list");
    add(["Escape"], "leave a field, close a menu or this list");
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const key = pressed(event);
    if (typing(event.target)) {
      if (key === "Escape") event.target.blur();
      // Only keys with a modifier work while typing, and only where the element asks for it.
      const wanted = key.includes("Mod+") ? find(key, event.target) : null;
      if (!wanted || wanted.dataset.keyTyping === undefined) return;
      event.preventDefault();
      press(wanted);
      return;
    }
    if (key === "?") { event.preventDefault(); list(); return; }
    if (key === "Enter" && event.target instanceof Element && event.target.matches("a, button, summary")) return;
    const element = find(key, event.target instanceof Element ? event.target : document.body);
    if (element) { event.preventDefault(); press(element); }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) list();
    if (event.target.closest("[data-keys-close]")) document.getElementById("keys-dialog").close();
  });
})();
