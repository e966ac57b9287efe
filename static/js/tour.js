// [data-tour]: a panel that points at parts of the page, step by step (data-tour-step, data-tour-at="selector"). It is no modal: nothing is
// covered for good, no focus is taken that was not asked for, and while a field has the focus the panel is away. It begins by itself
// where data-tour-first stands, which data-tour-seen is then told, and by [data-tour-again] or ?tour in the address.
(() => {
  const panel = document.querySelector("[data-tour]");
  if (!panel) return;
  const BEGIN = 900;
  const GAP = 12;
  const FIELDS = "input:not([type=radio]):not([type=checkbox]):not([type=range]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";
  const said = document.querySelector("[data-tour-said]");
  const [back, next, on, count] = ["back", "next", "on", "count"].map((name) => panel.querySelector(`[data-tour-${name}]`));
  const narrow = matchMedia("(max-width: 760px)");
  let steps = [];
  let at = -1;
  let from = null;
  let waiting = 0;

  const running = () => at >= 0;
  const targetOf = (step) => [...document.querySelectorAll(step.dataset.tourAt)].find((element) => element.getClientRects().length) || null;
  const typing = () => document.activeElement?.matches(FIELDS) || document.querySelector("dialog[open]") !== null;

  function unmark() {
    document.querySelectorAll(".tour-here").forEach((element) => element.classList.remove("tour-here"));
  }

  // Beside the part it speaks of, where there is room; a narrow screen has it at the bottom, by the style sheet.
  function place() {
    waiting = 0;
    if (!running()) return;
    const target = targetOf(steps[at]);
    panel.hidden = typing();
    if (!target?.classList.contains("tour-here")) { unmark(); target?.classList.add("tour-here"); }
    if (panel.hidden) return;
    if (narrow.matches || !target) { panel.style.removeProperty("left"); panel.style.removeProperty("top"); return; }
    const box = target.getBoundingClientRect();
    const [wide, high] = [panel.offsetWidth, panel.offsetHeight];
    const clamp = (value, most) => Math.max(GAP, Math.min(value, most - GAP));
    let left = clamp(box.left, innerWidth - wide);
    let top = box.bottom + GAP;
    if (top + high > innerHeight - GAP) top = box.top - GAP - high;
    if (top < GAP) {
      top = clamp(box.top, innerHeight - high);
      left = box.left - GAP - wide >= GAP ? box.left - GAP - wide : clamp(box.right + GAP, innerWidth - wide);
    }
    panel.style.left = `${left}px`;
    panel.style.top = `${top}px`;
  }

  function placeSoon() {
    if (running() && !waiting) waiting = requestAnimationFrame(place);
  }

  function bring(target) {
    const box = target.getBoundingClientRect();
    const below = narrow.matches ? panel.offsetHeight + GAP : 60;
    if (box.top >= (parseFloat(getComputedStyle(target).scrollMarginTop) || 0) && box.bottom <= innerHeight - below) return;
    target.scrollIntoView({ block: narrow.matches || box.height > innerHeight / 2 ? "start" : "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  }

  function show(number, aloud) {
    at = number;
    steps.forEach((step, index) => { step.hidden = index !== at; });
    const title = steps[at].querySelector("h2");
    const text = steps[at].querySelector("p");
    count.textContent = `Tour, ${at + 1} of ${steps.length}`;
    on.textContent = at === steps.length - 1 ? "Done" : "Next";
    back.setAttribute("aria-disabled", String(at === 0));
    panel.setAttribute("aria-labelledby", title.id);
    panel.setAttribute("aria-describedby", text.id);
    place();
    const target = targetOf(steps[at]);
    if (target) bring(target);
    placeSoon();
    if (aloud) said.textContent = `${count.textContent}. ${title.textContent}. ${text.textContent}`;
  }

  function begin(asked) {
    panel.querySelectorAll("[data-tour-step]").forEach((step) => { step.hidden = true; });
    steps = [...panel.querySelectorAll("[data-tour-step]")].filter(targetOf);
    if (!steps.length) return;
    from = asked ? document.activeElement : null;
    if (asked) document.activeElement?.blur();
    show(0, !asked);
    if (asked) panel.focus({ preventScroll: true });
  }

  function end() {
    const inside = panel.contains(document.activeElement);
    at = -1;
    panel.hidden = true;
    unmark();
    said.textContent = "The tour is over.";
    if (inside) (from?.isConnected && from !== document.body ? from : document.querySelector("[data-tour-again]"))?.focus({ preventScroll: true });
  }

  function go(by) {
    if (at + by >= steps.length) end();
    else if (at + by >= 0) show(at + by, true);
  }

  function first() {
    if (running() || document.hidden || document.activeElement !== document.body || location.hash || typing()) return;
    begin(false);
    if (!running()) return;
    const token = document.querySelector('meta[name="csrf-token"]').content;
    fetch(panel.dataset.tourSeen, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => null);
  }

  back.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  panel.querySelector("[data-tour-skip]").addEventListener("click", end);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-tour-again]")) begin(true); });
  // Its keys are its own only while it has the focus, or while nothing has it.
  document.addEventListener("keydown", (event) => {
    if (!running() || panel.hidden || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target !== document.body && !panel.contains(event.target)) return;
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "ArrowLeft") go(-1);
    else return;
    event.preventDefault();
  });
  ["focusin", "focusout", "studio:content", "close"].forEach((name) => document.addEventListener(name, placeSoon, true));
  ["scroll", "resize"].forEach((name) => addEventListener(name, placeSoon, { passive: true, capture: true }));

  const address = new URL(location.href);
  if (address.searchParams.has("tour")) {
    address.searchParams.delete("tour");
    history.replaceState(history.state, "", address);
    begin(true);
  } else if (panel.dataset.tourFirst !== undefined) setTimeout(first, BEGIN);
})();
