// Sliders over weights that always sum to one: moving one scales the unlocked others; judged answers are ranked anew at once.
(() => {
  const PAUSE = 40;
  const box = document.querySelector("[data-sliders]");
  if (!box) return;
  const fixed = JSON.parse(document.getElementById("sliders-fixed").textContent);
  const items = [...box.querySelectorAll("[data-slider]")].map((row) => ({
    row, range: row.querySelector('input[type="range"]'), shown: row.querySelector("output"), lock: row.querySelector("[data-slider-lock]"),
    start: Number(row.dataset.share), share: Number(row.dataset.share), members: JSON.parse(row.dataset.members),
  }));
  const prompt = document.querySelector("[data-sliders-prompt]");
  let timer = 0;
  let asking = null;

  const sum = (list) => list.reduce((total, one) => total + one.share, 0);

  function move(moved, to) {
    const others = items.filter((one) => one !== moved);
    const free = others.filter((one) => !one.lock.checked);
    const room = Math.max(0, 1 - sum(others.filter((one) => one.lock.checked)));
    moved.share = free.length ? Math.min(Math.max(to, 0), room) : room;
    const rest = room - moved.share;
    const before = sum(free);
    free.forEach((one) => { one.share = before > 0 ? (rest * one.share) / before : rest / free.length; });
    show();
  }

  function shares() {
    const found = { ...fixed.kept };
    items.forEach((one) => Object.entries(one.members).forEach(([name, part]) => { found[name] = fixed.room * one.share * part; }));
    return JSON.stringify(found);
  }

  function show() {
    items.forEach((one) => {
      one.range.value = one.share;
      one.shown.value = `${(100 * one.share).toFixed(1)} %`;
      one.range.setAttribute("aria-valuetext", one.shown.value);
    });
    document.querySelectorAll("[data-sliders-shares]").forEach((field) => { field.value = shares(); });
    clearTimeout(timer);
    timer = setTimeout(rank, PAUSE);
  }

  async function rank(compact = false) {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData();
    body.append("shares", shares());
    if (prompt) body.append("prompt", prompt.value);
    if (compact) body.append("compact", "1");
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const reply = await fetch(box.dataset.rank, { method: "POST", body, signal: asking.signal, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => null);
    if (!reply) return;
    if (!reply.ok) {
      const text = reply.status === 422 ? "These weights cannot be ranked: at least one must be above 0." : "The answers could not be ranked. Try again.";
      document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text, tone: "r" } }));
      return;
    }
    const found = document.createRange().createContextualFragment(await reply.text());
    const meter = found.querySelector("template[data-compact]");
    if (meter) { document.getElementById("compactness").replaceChildren(meter.content); meter.remove(); }
    document.getElementById("ranking").replaceChildren(found);
  }

  items.forEach((one) => {
    one.range.addEventListener("input", () => move(one, Number(one.range.value)));
    one.lock.addEventListener("change", () => { one.range.disabled = one.lock.checked; });
  });
  prompt?.addEventListener("change", () => rank());
  document.querySelector("[data-sliders-reset]")?.addEventListener("click", () => {
    items.forEach((one) => { one.share = one.start; });
    show();
  });
  document.querySelector("[data-sliders-compact]")?.addEventListener("click", () => rank(true));
  document.querySelectorAll("[data-sliders-shares]").forEach((field) => { field.value = shares(); });
})();
