// [data-desk]: one decision a screen, without waiting for the studio where it need not. It takes forms inside by data-desk-form:
//   "answer" is kept in this browser as it is typed and until the studio has it, also without a connection or a session;
//   "onward" goes on to the item fetched ahead. With data-desk-straight an answer goes on, too; else its own page follows.
// data-person, data-claim, data-title name what is kept; data-heartbeat keeps the seat; data-ahead fetches the next item.
// A form that scripts fill is told by "studio:fill" what was put back. #desk-state says what is stored, #desk-left what was refused.
(() => {
  const FIRST_RETRY = 2000;
  const LAST_RETRY = 30000;
  const PATIENCE = 20000;
  const BEAT = 120000;
  const MAIN = { "X-Part": "main" }; // a page without what this one has already
  const OWN = new Set(["csrfmiddlewaretoken", "elapsed", "opened"]);
  const desk = () => document.querySelector("[data-desk]");
  const prefix = () => `studio-desk:${desk().dataset.person}:`;
  const keyOf = (claim) => prefix() + claim;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } };
  const write = (key, entry) => { try { localStorage.setItem(key, JSON.stringify(entry)); return true; } catch { return false; } };
  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  const entries = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix())).map((key) => ({ key, ...read(key) }));
  const tell = (text, tone) => document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text, tone } }));
  const actionOf = (form) => new URL(form.getAttribute("action") || location.href, location).pathname;
  const valuesOf = (form) => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");

  let ahead = null; // { url, page } of the item fetched ahead
  let busy = false;
  let wait = FIRST_RETRY;
  let timer = 0;
  let seen = 0; // milliseconds that the item was looked at, and since when
  let since = performance.now();

  const looked = () => seen + (document.hidden ? 0 : performance.now() - since);

  // --- what the studio has, and what it does not have yet

  function say() {
    const chip = document.getElementById("desk-state");
    if (!chip || !desk()) return;
    chip.dataset.stored ??= chip.textContent;
    const waiting = entries().filter((entry) => entry.state === "waiting").length;
    chip.textContent = busy && !waiting ? "storing" : waiting ? `${waiting} ${waiting === 1 ? "decision" : "decisions"} not stored yet, kept in this browser` : chip.dataset.stored;
    chip.className = `chip save-state ${waiting ? "w" : busy ? "" : "g"}`;
    left();
  }

  function left() {
    const place = document.getElementById("desk-left");
    if (!place) return;
    const refused = entries().filter((entry) => entry.state === "refused");
    place.hidden = !refused.length;
    place.replaceChildren(...refused.map((entry) => {
      const notice = document.createElement("div");
      notice.className = "notice r";
      notice.setAttribute("role", "alert");
      const body = document.createElement("div");
      const head = document.createElement("b");
      head.textContent = `Not stored: ${entry.title}. `;
      const said = entry.values.filter(([name, value]) => !OWN.has(name) && value && value !== "[]").map(([name, value]) => `${name}: ${value}`).join(" · ");
      body.append(head, entry.why, document.createElement("br"), `Kept in this browser: ${said.slice(0, 2000)}`);
      const away = document.createElement("button");
      Object.assign(away, { type: "button", className: "btn", textContent: "Drop it" });
      away.addEventListener("click", () => { drop(entry.key); left(); });
      notice.append(body, away);
      return notice;
    }));
  }

  const signedOut = (reply) => reply.status === 401 || (reply.redirected && new URL(reply.url).pathname.startsWith("/sign-in/"));

  const placeOf = (reply) => new URL(reply.headers.get("Content-Location") || reply.url, location).href;

  async function post(action, values, background) {
    const headers = { "HX-Request": "true", "X-Autosave": "1", ...(background ? { "X-Desk": "background" } : MAIN) };
    const signal = AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined;
    return window.studioSaving.post(action, values, { headers, signal });
  }

  // Sends what is kept under a key: "stored", "waiting" for a connection or a session, or "refused" with the reason.
  async function send(key, background) {
    const entry = read(key);
    if (!entry) return { state: "stored" };
    const reply = await post(entry.action, entry.values, background);
    if (!reply || reply.status >= 500 || reply.status === 429 || signedOut(reply)) {
      write(key, { ...read(key), state: "waiting" });
      if (reply && signedOut(reply)) tell("You are signed out. Your decision is kept in this browser; sign in in another tab, then it is stored.", "w");
      clearTimeout(timer);
      timer = setTimeout(again, wait);
      wait = Math.min(wait * 2, LAST_RETRY);
      return { state: "waiting" };
    }
    wait = FIRST_RETRY;
    const text = await reply.text();
    if (reply.ok) { drop(key); return { state: "stored", url: placeOf(reply), text }; }
    if (reply.status === 422 && !background) return { state: "typed wrong", url: location.href, text };
    const page = new DOMParser().parseFromString(text, "text/html");
    const why = (page.querySelector("[data-notice] div") || page.querySelector(".form-errors"))?.textContent.trim() || `The studio answered ${reply.status}.`;
    write(key, { ...entry, state: "refused", why });
    return { state: "refused", why };
  }

  // What waits is sent when the connection or the session is back.
  async function again() {
    if (!desk() || busy) return;
    const here = keyOf(desk().dataset.claim);
    for (const { key, state, at } of entries()) {
      // What was being sent when its page went away may not have arrived; sending twice stores once.
      if (state !== "waiting" && !(state === "sending" && Date.now() - at > 2 * PATIENCE)) continue;
      busy = true;
      say();
      const done = await send(key, key !== here);
      busy = false;
      if (done.state === "waiting") break;
      if (key === here && done.text) { show(done.text, done.url); return; }
      if (done.state === "stored") tell("A decision that waited in this browser is stored now.", "g");
    }
    say();
  }

  // --- pages

  function show(page, url) {
    const next = typeof page === "string" ? new DOMParser().parseFromString(page, "text/html") : page;
    const main = next.querySelector("main");
    if (!main || !next.querySelector("[data-desk], [data-desk-end]")) { location.assign(url); return; }
    document.title = next.title;
    const token = next.querySelector('meta[name="csrf-token"]')?.content;
    if (token) document.querySelector('meta[name="csrf-token"]').content = token;
    const known = new Set([...document.scripts].map((script) => script.src));
    const fresh = [...next.querySelectorAll("script[src]")].map((script) => new URL(script.getAttribute("src"), location).href).filter((src) => !known.has(src));
    document.querySelector("main").replaceWith(document.adoptNode(main));
    if (url !== location.href) history.pushState({}, "", url);
    scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
    fresh.forEach((src) => { const script = document.createElement("script"); script.src = src; document.head.append(script); });
    window.htmx?.process(main);
    begin();
    document.dispatchEvent(new CustomEvent("studio:content"));
  }

  async function lookAhead() {
    const place = desk();
    const url = place?.dataset.ahead;
    if (!url) return;
    const reply = await window.studioSaving.post(url, [["beside", place.dataset.claim || ""]], { headers: MAIN });
    if (!reply?.ok || reply.status === 204 || signedOut(reply) || place !== desk()) return;
    const text = await reply.text();
    if (place !== desk()) return;
    ahead = { url: placeOf(reply), page: new DOMParser().parseFromString(text, "text/html") };
    place.dataset.deskReady = "";
  }

  function begin() {
    ahead = null;
    busy = false;
    seen = 0;
    since = performance.now();
    const form = document.querySelector('[data-desk-form="answer"]');
    if (form) restore(form);
    say();
    setTimeout(lookAhead, 100);
  }

  // --- one decision

  function keep(form, state, more = {}) {
    const claim = form.dataset.claim || desk().dataset.claim;
    const kept = write(keyOf(claim), { action: actionOf(form), title: desk().dataset.title, values: valuesOf(form), at: Date.now(), state, ...more });
    if (!kept) tell("This browser keeps nothing: what you type is lost if the connection fails before it is stored.", "w");
  }

  function restore(form) {
    const key = keyOf(desk().dataset.claim);
    const entry = read(key);
    if (!entry || entry.action !== actionOf(form) || form.dataset.given !== undefined) return;
    for (const [name, value] of entry.values) {
      if (OWN.has(name)) continue;
      const field = form.elements[name];
      if (!field) continue;
      if (field instanceof RadioNodeList && field[0]?.type === "checkbox") [...field].forEach((box) => { if (box.value === value) box.checked = true; });
      else if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    form.dispatchEvent(new CustomEvent("studio:fill", { bubbles: true, detail: entry.values }));
    const note = form.querySelector("[data-desk-note]");
    if (note) note.textContent = entry.state === "waiting" ? "This decision is not stored yet; it is sent as soon as the studio can be reached." : "Put back from this browser; it is not stored yet.";
    if (entry.state === "waiting") again();
  }

  async function answer(form) {
    if (form.elements.elapsed) form.elements.elapsed.value = (looked() / 1000).toFixed(2);
    keep(form, "sending");
    const key = keyOf(desk().dataset.claim);
    const straight = form.elements.straight ? form.elements.straight.checked : desk().dataset.deskStraight !== undefined;
    if (straight && ahead) {
      const next = ahead;
      show(next.page, next.url);
      const done = await send(key, true);
      if (done.state === "refused") tell(`A decision was not stored: ${done.why}`, "r");
      say();
      return;
    }
    busy = true;
    say();
    const done = await send(key, false);
    busy = false;
    if (done.text) show(done.text, done.url);
    else say();
    const note = document.querySelector("[data-desk-note]");
    if (note && done.state === "waiting") note.textContent = "Not stored yet: the studio could not be reached. Your decision is kept in this browser and sent when it is back.";
    if (note && done.state === "refused") note.textContent = `Not stored. ${done.why}`;
  }

  async function onward(form, submitter) {
    const values = [...valuesOf(form), ...(submitter?.name ? [[submitter.name, submitter.value]] : [])];
    const key = `${prefix()}${actionOf(form)}`;
    write(key, { action: actionOf(form), title: desk().dataset.title, values, at: Date.now(), state: "sending" });
    if (ahead && form.dataset.deskForm === "onward") {
      const next = ahead;
      show(next.page, next.url);
      await send(key, true);
      say();
      return;
    }
    busy = true;
    say();
    const done = await send(key, false);
    busy = false;
    if (done.text) { drop(key); show(done.text, done.url); }
    else if (done.state === "waiting") { tell("The studio could not be reached. This is kept in this browser and sent when it is back.", "w"); say(); }
    else say();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const kind = form.dataset?.deskForm;
    if (!kind || event.defaultPrevented || !window.studioSaving) return;
    event.preventDefault();
    if (busy) return;
    if (kind === "answer") answer(form); else onward(form, event.submitter);
  });
  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.('[data-desk-form="answer"]') || (event.target.id === "evidence" ? document.querySelector('[data-desk-form="answer"]') : null);
      if (form && !busy) keep(form, read(keyOf(desk().dataset.claim))?.state === "waiting" ? "waiting" : "draft");
    });
  }

  // --- the seat

  async function beat() {
    const url = desk()?.dataset.heartbeat;
    if (!url || document.hidden) return;
    const reply = await window.studioSaving.post(url, []);
    const lost = document.querySelector("[data-desk-note]");
    if (!reply || reply.status >= 500 || !lost) return;
    if (reply.status === 409 || reply.status === 404) lost.textContent = "You were away too long, and somebody else took this item. What you wrote is kept in this browser, but it can no longer be stored here.";
    else if (reply.status === 403) lost.textContent = "You may no longer decide in this queue. What you wrote is kept in this browser.";
  }
  setInterval(beat, BEAT);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) seen += performance.now() - since;
    else { since = performance.now(); beat(); again(); }
  });
  addEventListener("online", () => { wait = FIRST_RETRY; again(); lookAhead(); });
  addEventListener("focus", again);
  addEventListener("popstate", () => location.reload());
  addEventListener("pageshow", (event) => { if (event.persisted && desk()) begin(); });
  // The seat fetched ahead is given back by whoever leaves; what is typed is kept.
  addEventListener("pagehide", () => {
    const url = desk()?.dataset.ahead;
    if (url && ahead) window.studioSaving.post(url, [["beside", desk().dataset.claim || ""], ["do", "release"]], { keepalive: true });
  });
  if (desk()) { begin(); again(); }
})();
