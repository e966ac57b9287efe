// textarea[data-mentions]: after an @ the people of the workspace are offered, from the list [data-people] of the page.
(() => {
  const MOST = 6;
  let list = null;
  let field = null;

  const people = () => [...document.querySelectorAll("[data-people] [data-name]")];
  const typed = () => /(?:^|[^\w@])@([\w.+-]*)$/.exec(field.value.slice(0, field.selectionStart));

  function close() {
    list?.remove();
    list = null;
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
  }

  function point(option) {
    list.querySelectorAll("[aria-selected]").forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    field.setAttribute("aria-activedescendant", option.id);
  }

  function offer() {
    const found = typed();
    const seen = new Set();
    const start = found?.[1].toLowerCase();
    const fits = found ? people().filter((one) => {
      const name = one.dataset.name;
      const fit = !seen.has(name) && (name.toLowerCase().startsWith(start) || one.textContent.toLowerCase().startsWith(start));
      if (fit) seen.add(name);
      return fit;
    }).slice(0, MOST) : [];
    close();
    if (!fits.length) return;
    list = document.createElement("ul");
    list.className = "mention-list";
    list.id = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "People to mention");
    fits.forEach((one, n) => {
      const option = document.createElement("li");
      option.id = `mention-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.name = one.dataset.name;
      option.textContent = `${one.textContent} @${one.dataset.name}`;
      list.append(option);
    });
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    point(list.firstElementChild);
  }

  function take(option) {
    const at = field.selectionStart;
    const start = at - typed()[1].length;
    field.setRangeText(`${option.dataset.name} `, start, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("textarea[data-mentions]")) return;
    field = event.target;
    offer();
  });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== field) return;
    const now = list.querySelector('[aria-selected="true"]');
    const next = { ArrowDown: now.nextElementSibling, ArrowUp: now.previousElementSibling }[event.key];
    if (event.key === "Enter" || event.key === "Tab") take(now);
    else if (event.key === "Escape") close();
    else if (next) point(next);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".mention-list [data-name]");
    if (option) { event.preventDefault(); take(option); }
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
})();
