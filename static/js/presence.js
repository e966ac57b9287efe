// data-presence="URL" on a list: gives signs of life while the page is seen, and shows who else has the draft open and in which criterion.
// It never stands in the way: what fails is tried again at the next beat, and a page that may no longer be here falls silent.
(() => {
  const BEAT = 15000;
  const PAUSE = 400;
  const root = document.querySelector("[data-presence]");
  if (!root) return;
  let place = "";
  let timer = 0;
  let running = false;
  let silent = false;
  let known = null;

  const placeOf = (element) => element?.closest?.("[data-sort-id]")?.dataset.sortId || element?.closest?.("[data-criterion]")?.dataset.criterion || "";
  const rowOf = (criterion) => document.querySelector(`[data-sort-id="${CSS.escape(criterion)}"]`) || document.querySelector(`[data-criterion="${CSS.escape(criterion)}"]`)?.closest("tr");
  const guests = () => [...root.querySelectorAll("[data-guest]")];

  function post(more, options = {}) {
    const body = new FormData();
    Object.entries(more).forEach(([name, value]) => body.append(name, value));
    const token = document.querySelector('meta[name="csrf-token"]').content;
    return fetch(root.dataset.presence, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" }, ...options }).catch(() => null);
  }

  async function beat() {
    clearTimeout(timer);
    if (silent || document.hidden) return;
    timer = setTimeout(beat, BEAT);
    if (running) return;
    running = true;
    const reply = await post({ criterion: place });
    running = false;
    if (reply && (reply.redirected || [401, 403, 404].includes(reply.status))) { silent = true; clearTimeout(timer); root.replaceChildren(); mark(); return; }
    if (reply?.ok) show(new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("ul"));
  }

  const signOf = (list) => [...list.querySelectorAll("[data-guest]")].map((one) => `${one.dataset.guest} ${one.dataset.guestCriterion}`).join("\n");

  function show(list) {
    if (!list) return;
    const sign = signOf(list);
    if (sign === known) return;
    const before = new Set(guests().map((one) => one.dataset.guestName));
    const open = new Set(guests().filter((one) => one.querySelector("details[open]")).map((one) => one.dataset.guest));
    const focused = document.activeElement?.closest?.("[data-guest]")?.dataset.guest;
    root.querySelector("ul")?.remove();
    root.append(document.adoptNode(list));
    guests().forEach((one) => {
      if (open.has(one.dataset.guest)) one.querySelector("details").open = true;
      if (focused === one.dataset.guest) one.querySelector("summary").focus();
    });
    const now = new Set(guests().map((one) => one.dataset.guestName));
    const came = [...now].filter((name) => !before.has(name));
    const went = known === null ? [] : [...before].filter((name) => !now.has(name));
    const said = [came.length && `${came.join(", ")} ${came.length > 1 ? "are" : "is"} here too.`, went.length && `${went.join(", ")} left.`];
    root.querySelector("[data-presence-said]").textContent = said.filter(Boolean).join(" ");
    known = sign;
    mark();
  }

  // The rows say who is in them; they are drawn anew at times, so this is done again after every change of the page.
  function mark() {
    document.querySelectorAll(".guest-here").forEach((chip) => chip.remove());
    document.querySelectorAll("tr.visited").forEach((row) => row.classList.remove("visited"));
    guests().forEach((one) => {
      const row = one.dataset.guestCriterion && rowOf(one.dataset.guestCriterion);
      const link = one.querySelector("[data-guest-go]");
      if (link && !row) link.remove();
      if (!row) return;
      const number = row.querySelector("[data-number]")?.textContent;
      if (link) { link.textContent = number ? `in criterion ${number}` : "in the criterion that is open"; link.href = `#${row.id}`; }
      row.classList.add("visited");
      const chip = document.createElement("span");
      chip.className = `chip guest-here ${[...one.querySelector(".avatar").classList].find((name) => name.length === 1) || ""}`;
      chip.textContent = `${one.dataset.guestName} is here`;
      (row.querySelector("td.main") || row.querySelector("td")).append(chip);
    });
  }

  function moved() {
    const now = placeOf(document.activeElement);
    if (now === place) return;
    place = now;
    clearTimeout(timer);
    timer = setTimeout(beat, PAUSE);
  }

  document.addEventListener("focusin", moved);
  document.addEventListener("studio:content", () => { moved(); mark(); });
  document.addEventListener("visibilitychange", beat);
  addEventListener("online", beat);
  addEventListener("pageshow", beat);
  addEventListener("pagehide", () => { if (!silent) post({ left: "1" }, { keepalive: true }); });
})();
