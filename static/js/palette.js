// data-palette-open on a button: one field to go anywhere and to do what this page offers. What the page offers is what has a key
// (data-key) or a name for here (data-command); where one can go is asked of data-palette-url.
(() => {
  const PAUSE = 140;
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[data-palette-list]");
  const said = dialog.querySelector("[data-palette-said]");
  let from = null;
  let offers = [];
  let places = [];
  let active = 0;
  let timer = 0;
  let running = null;

  const fold = (text) => text.toLocaleLowerCase();
  const fits = (text, words) => words.every((word) => fold(text).includes(word));
  const words = () => fold(input.value).split(/\s+/).filter(Boolean);

  function here() {
    const known = new Set();
    return window.studioKeys.offers(from || document.body).filter(({ label, element }) => {
      if (!label || element.closest("[data-palette-open]") || known.has(label)) return false;
      known.add(label);
      return true;
    }).map(({ element, keys, label }) => ({ group: "On this page", label: label[0].toUpperCase() + label.slice(1), keys, element }));
  }

  function shown() {
    const wanted = words();
    const first = wanted[0] || "";
    const found = offers.filter((one) => fits(one.label, wanted));
    if (!wanted.length) return [...places, ...found];
    // What only has the letters inside a word stands behind the places: "let" and Enter shall not delete.
    const begins = (one) => fold(one.label).split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(first));
    const rank = (one) => (fold(one.label).startsWith(first) ? 0 : 1);
    const close = found.filter(begins).sort((a, b) => rank(a) - rank(b));
    return [...close.slice(0, 8), ...places, ...found.filter((one) => !begins(one)).slice(0, 8)];
  }

  function draw() {
    const items = shown();
    active = Math.min(active, Math.max(0, items.length - 1));
    list.replaceChildren();
    let box = null;
    items.forEach((item, index) => {
      if (!box || box.dataset.group !== item.group) {
        box = document.createElement("div");
        Object.assign(box.dataset, { group: item.group });
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", item.group);
        const title = document.createElement("div");
        Object.assign(title, { className: "menu-title", textContent: item.group });
        title.setAttribute("aria-hidden", "true");
        box.append(title);
        list.append(box);
      }
      const option = document.createElement("div");
      Object.assign(option, { id: `palette-${index}`, className: "palette-option" });
      option.setAttribute("role", "option");
      option.dataset.index = index;
      const label = document.createElement("span");
      Object.assign(label, { className: "grow", textContent: item.label, dir: "auto" });
      option.append(label);
      if (item.hint) { const hint = document.createElement("small"); Object.assign(hint, { className: "muted", textContent: item.hint }); option.append(hint); }
      (item.keys || []).slice(0, 1).forEach((key) => { const kbd = document.createElement("kbd"); kbd.textContent = window.studioKeys.say(key); kbd.setAttribute("aria-hidden", "true"); option.append(kbd); });
      box.append(option);
    });
    list.hidden = !items.length;
    mark();
    said.textContent = items.length ? `${items.length} found` : "Nothing found";
    dialog.querySelector("[data-palette-none]").hidden = items.length > 0;
  }

  function mark() {
    const options = [...list.querySelectorAll("[role=option]")];
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-expanded", String(options.length > 0));
    if (options[active]) { input.setAttribute("aria-activedescendant", options[active].id); options[active].scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const url = document.querySelector("[data-palette-url]")?.dataset.paletteUrl;
    if (!url) return;
    running?.abort();
    running = new AbortController();
    const reply = await fetch(`${url}?q=${encodeURIComponent(input.value.trim())}`, { headers: { Accept: "application/json" }, signal: running.signal }).catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    places = (await reply.json()).results;
    draw();
  }

  function go() {
    const item = shown()[active];
    if (!item) return;
    dialog.close();
    if (item.url) { location.assign(item.url); return; }
    // The dialog gives the focus back first, as an action may be about the row that has it.
    if (from?.isConnected) from.focus();
    setTimeout(() => window.studioKeys.act(item.element));
  }

  function open() {
    if (dialog.open || document.querySelector("dialog[open]")) return;
    from = document.activeElement;
    offers = here();
    places = [];
    active = 0;
    input.value = "";
    dialog.showModal();
    input.focus();
    draw();
    ask();
  }

  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette-open]")) open(); });
  input.addEventListener("input", () => { active = 0; draw(); clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  dialog.addEventListener("keydown", (event) => {
    const count = list.querySelectorAll("[role=option]").length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) active = (active + step + count) % count;
    else if (event.key === "PageDown") active = Math.min(count - 1, active + 8);
    else if (event.key === "PageUp") active = Math.max(0, active - 8);
    else if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); go(); return; } else return;
    event.preventDefault();
    mark();
  });
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) { active = Number(option.dataset.index); go(); } });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
})();
