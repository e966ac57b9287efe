// data-autosave on a form: saves on change and when typing pauses, says so in [data-save-state], and keeps what is typed in this
// browser, with what the person had seen, until the studio has it: through reloads, lost connections and an ended session.
// data-after-saving on another form: it is sent only after all that was typed and done before, so that steps keep their order.
(() => {
  const PAUSE = 110; // after a key, before it is sent
  const BETWEEN = 1500; // from one sending to the next while typing goes on
  const FIRST_RETRY = 2000;
  const LAST_RETRY = 30000;
  const OWN = new Set(["csrfmiddlewaretoken", "revision", "base"]);
  const forms = new WeakMap();
  const keyOf = (form) => `studio:${form.dataset.autosave || form.getAttribute("action")}`;
  const stateOf = (form) => document.querySelector(form.dataset.autosaveState || "[data-save-state]");
  const all = () => [...document.querySelectorAll("form[data-autosave]")];

  function say(form, text, tone, link) {
    const chip = form.querySelector("[data-save-state]") || stateOf(form);
    if (chip) {
      chip.textContent = text;
      chip.className = `chip save-state ${tone}`;
      if (link) chip.append(" ", link);
    }
    total();
  }

  // The chip of the whole page counts what the studio does not have yet.
  function total() {
    const chip = document.getElementById("draft-state");
    if (!chip) return;
    const open = all().map((form) => forms.get(form)).filter((memory) => memory?.dirty);
    const waiting = open.length + left.size;
    const stuck = open.some((memory) => memory.stuck) || left.size > 0;
    if (!waiting && !chip.dataset.counted) return;
    chip.dataset.counted = "1";
    chip.textContent = !waiting ? "all saved" : stuck ? `${waiting} ${waiting === 1 ? "change" : "changes"} not saved, kept in this browser` : "saving";
    chip.className = `chip save-state ${!waiting ? "g" : stuck ? "w" : ""}`;
  }

  function values(form) {
    return [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  }

  const typed = (form) => JSON.stringify(values(form).filter(([name]) => !OWN.has(name)));
  const before = (form) => values(form).filter(([name]) => !OWN.has(name)).map(([name, value]) => [`was-${name}`, value]);

  // A form without a base of its own tells each field as it was before.
  const sent = (form, memory) => [...values(form), ...(form.elements.base ? [] : memory.was)];

  function keep(form) {
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), action: new URL(form.action, location).pathname, values: values(form), was: forms.get(form).was }));
      return true;
    } catch { return false; }
  }

  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  const kept = (key) => { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } };
  const token = () => document.querySelector('[name="csrfmiddlewaretoken"]')?.value || document.querySelector('meta[name="csrf-token"]')?.content || "";

  async function post(action, pairs, more = {}) {
    const body = new FormData();
    pairs.forEach(([name, value]) => body.append(name, value));
    body.set("csrfmiddlewaretoken", token());
    const reply = await fetch(action, { method: "POST", body, headers: { "HX-Request": "true", "X-Autosave": "1" }, ...more }).catch(() => null);
    if (reply?.status !== 403 || more.again) return reply;
    const how = await renew();
    if (how === "new") return post(action, pairs, { ...more, again: true });
    // Without a session there is no token either: what is refused for that is refused because nobody is signed in.
    return how === "out" ? { ok: false, redirected: true, status: 401, headers: reply.headers, text: () => reply.text() } : reply;
  }

  // Signing in again changes the token of every form: "new" where there is another one, "out" where nobody is signed in.
  async function renew() {
    const old = token();
    const reply = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!reply?.ok) return "";
    if (reply.redirected) return "out";
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector('[name="csrfmiddlewaretoken"]')?.value || page.querySelector('meta[name="csrf-token"]')?.content;
    if (!fresh || fresh === old) return "";
    document.querySelectorAll('[name="csrfmiddlewaretoken"]').forEach((input) => { input.value = fresh; });
    document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", fresh);
    return "new";
  }

  function save(form) {
    const memory = forms.get(form);
    clearTimeout(memory.timer);
    if (memory.busy) { memory.again = true; return memory.running; }
    if (!form.isConnected) return null;
    memory.running = send(form, memory);
    return memory.running;
  }

  async function send(form, memory) {
    memory.busy = true;
    memory.next = Date.now() + BETWEEN;
    const mine = typed(form);
    say(form, "saving", "");
    const reply = await post(form.getAttribute("action"), sent(form, memory));
    memory.busy = false;
    const stored = reply?.ok && !reply.redirected;
    if (stored) await done(form, memory, mine, reply);
    else await failed(form, memory, reply);
    const submitter = memory.submitter;
    memory.submitter = undefined;
    if (submitter !== undefined && stored) form.requestSubmit(submitter);
    else if (memory.again) { memory.again = false; save(form); }
  }

  // Writes of other scripts: a new row, rows moved. Each waits for those before it.
  const writes = new Set();
  const during = (write) => { writes.add(write); write.catch(() => null).then(() => writes.delete(write)); return write; };

  // Resolves once all that was typed and done is stored, or says false where some of it cannot be stored now.
  async function settled() {
    for (;;) {
      const open = all().filter((form) => { const memory = forms.get(form); return memory && (memory.busy || (memory.dirty && !memory.stuck)); });
      if (!open.length && !writes.size) break;
      await Promise.all([...writes, ...open.map((form) => (forms.get(form).busy ? forms.get(form).running : save(form)))].map((one) => Promise.resolve(one).catch(() => null)));
    }
    return !all().some((form) => { const memory = forms.get(form); return memory?.dirty && memory.stuck; });
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const quiet = !writes.size && !all().some((one) => { const memory = forms.get(one); return memory?.busy || memory?.dirty; });
    if (form.dataset.afterSaving === undefined || form.dataset.settled !== undefined || quiet) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (!(await settled())) { tell("Not done: a change before it is not stored yet. Look at the field, or wait for the connection.", "w"); return; }
    form.dataset.settled = "";
    form.requestSubmit(submitter);
    delete form.dataset.settled;
  }, true);

  async function done(form, memory, mine, reply) {
    memory.wait = FIRST_RETRY;
    memory.stuck = "";
    const version = reply.headers.get("X-Revision");
    if (version && form.elements.revision) form.elements.revision.value = version;
    const said = reply.headers.get("Content-Type")?.includes("json") ? await reply.json() : null;
    if (said?.base && form.elements.base) form.elements.base.value = said.base;
    memory.was = JSON.parse(mine).map(([name, value]) => [`was-${name}`, value]);
    form.dispatchEvent(new CustomEvent("studio:stored", { bubbles: true, detail: JSON.parse(mine) }));
    document.querySelectorAll("[data-conflict]").forEach((part) => { if (part.dataset.of === keyOf(form)) part.remove(); });
    const same = typed(form) === mine;
    if (same) { drop(keyOf(form)); memory.dirty = false; } else keep(form);
    clearErrors(form);
    if (said?.joined || said?.filled) await refresh(form, JSON.parse(mine));
    if (same) say(form, said?.joined ? "saved, joined with what somebody else changed" : "saved", "g");
    const name = form.dataset.autosaveEvent || reply.headers.get("HX-Trigger");
    if (name && !name.startsWith("{")) document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }

  // Show what is stored now, but leave alone what was typed meanwhile and where the caret stands.
  async function refresh(form, mine) {
    const reply = await fetch(form.getAttribute("action"), { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!reply?.ok || reply.redirected || !form.isConnected) return;
    const page = new DOMParser().parseFromString(`<table>${await reply.text()}</table>`, "text/html");
    const fresh = form.id && page.getElementById(form.id);
    if (!fresh) return;
    const typedSince = values(form).filter(([name, value]) => !OWN.has(name) && !mine.some(([n, v]) => n === name && v === value));
    const focused = form.contains(document.activeElement) ? document.activeElement.name : "";
    const [from, to] = [document.activeElement?.selectionStart, document.activeElement?.selectionEnd];
    const open = [...form.querySelectorAll("details")].map((part) => part.open);
    form.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    form.querySelectorAll("details").forEach((part, n) => { part.open = open[n] ?? part.open; });
    fill(form, typedSince);
    document.dispatchEvent(new CustomEvent("studio:content"));
    const field = focused && form.elements[focused];
    if (field?.focus) { field.focus(); try { field.setSelectionRange(from, to); } catch { /* not a text */ } }
    forms.get(form).was = before(form);
  }

  async function failed(form, memory, reply) {
    memory.stuck = "failed";
    if (!reply || reply.status >= 500 || reply.status === 429) {
      say(form, navigator.onLine === false ? "not saved: no connection. Kept in this browser, sent when it is back" : "not saved, kept in this browser; trying again", "w");
      memory.timer = setTimeout(() => save(form), memory.wait);
      memory.wait = Math.min(memory.wait * 2, LAST_RETRY);
    } else if (reply.redirected || reply.status === 401) {
      memory.stuck = "signed out";
      const link = document.createElement("a");
      Object.assign(link, { href: `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`, target: "_blank", textContent: "Sign in in a new tab" });
      say(form, "not saved: you are signed out. Your text is kept in this browser.", "r", link);
    } else if (reply.status === 409) {
      memory.stuck = "conflict";
      say(form, "conflict: someone changed this. Your text is kept in this browser", "r");
      ask(form, await reply.text());
    } else if (reply.status === 404) {
      say(form, "not saved: this is no longer in the draft. Your text is kept in this browser", "r");
    } else {
      say(form, "not saved: see the field", "r");
      showErrors(form, await reply.text());
    }
  }

  function ask(form, html) {
    const sent = new DOMParser().parseFromString(html, "text/html").querySelector("[data-conflict]");
    document.querySelectorAll("[data-conflict]").forEach((part) => { if (part.dataset.of === keyOf(form)) part.remove(); });
    if (!sent) { showErrors(form, html); return; }
    sent.dataset.of = keyOf(form);
    form.after(document.adoptNode(sent));
    const token_ = sent.querySelector('[name="csrfmiddlewaretoken"]');
    if (token_) token_.value = token();
    sent.addEventListener("submit", () => { drop(keyOf(form)); forms.get(form).dirty = false; });
    sent.querySelector("a")?.addEventListener("click", () => { drop(keyOf(form)); forms.get(form).dirty = false; });
    if (form.contains(document.activeElement) || document.activeElement === document.body) sent.querySelector("input[type=radio]")?.focus();
  }

  function clearErrors(form) {
    form.querySelectorAll(".errors, .form-errors").forEach((list) => list.remove());
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  }

  function showErrors(form, html) {
    clearErrors(form);
    const sent = new DOMParser().parseFromString(html, "text/html");
    const lists = sent.querySelectorAll(".errors, .form-errors, [data-notice]");
    lists.forEach((list) => {
      const input = list.id.endsWith("_error") && form.querySelector(`#${CSS.escape(list.id.slice(0, -6))}`);
      if (input) { input.setAttribute("aria-invalid", "true"); input.after(document.adoptNode(list)); }
      else form.prepend(document.adoptNode(list));
    });
  }

  function fill(form, pairs, whole) {
    if (whole) form.dispatchEvent(new CustomEvent("studio:fill", { bubbles: true, detail: pairs }));
    // What was not ticked is not among the pairs.
    if (whole) form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = pairs.some(([name, value]) => name === box.name && value === box.value); });
    for (const [name, value] of pairs) {
      const field = form.elements[name];
      if (!field || name === "csrfmiddlewaretoken") continue;
      if (field instanceof RadioNodeList && field[0]?.type === "checkbox") { if (!whole) [...field].forEach((box) => { if (box.value === value) box.checked = true; }); continue; }
      if (field.type === "hidden" && !OWN.has(name)) continue;
      if (field.type === "checkbox") field.checked = true;
      else if ("value" in field) field.value = value;
    }
  }

  // The text comes back together with what its author had seen, so that it is joined with what others stored meanwhile.
  function restore(form) {
    const found = kept(keyOf(form));
    if (!found) return;
    if (JSON.stringify(found.values.filter(([name]) => !OWN.has(name))) === typed(form)) { drop(keyOf(form)); return; }
    fill(form, found.values, true);
    if (found.was) forms.get(form).was = found.was;
    say(form, "text from this browser put back, not saved yet", "w");
    change(form, 0);
  }

  const pause = (form) => Math.max(PAUSE, forms.get(form).next - Date.now());

  function change(form, wait) {
    const memory = forms.get(form);
    memory.dirty = true;
    memory.unkept = !keep(form);
    say(form, "changed", "w");
    clearTimeout(memory.timer);
    memory.timer = setTimeout(() => save(form), wait);
  }

  function bind(form) {
    if (forms.has(form)) return;
    forms.set(form, { timer: 0, busy: false, again: false, dirty: false, stuck: "", unkept: false, next: 0, wait: FIRST_RETRY, submitter: undefined, was: before(form) });
    form.addEventListener("input", () => change(form, pause(form)));
    form.addEventListener("change", () => change(form, 0));
    form.addEventListener("submit", (event) => {
      const memory = forms.get(form);
      clearTimeout(memory.timer);
      if (memory.busy || (memory.dirty && ["failed", "signed out"].includes(memory.stuck))) {
        // Sent now it would lead away from the text: to the sign-in page, or to a page that cannot be reached.
        event.preventDefault();
        memory.again = false;
        memory.submitter = event.submitter;
        if (!memory.busy) save(form);
        return;
      }
      memory.dirty = false;
      drop(keyOf(form));
    });
    restore(form);
  }

  // What an earlier visit kept for a form that is not open here is sent as it was.
  const left = new Map();
  async function sendLeft() {
    const here = location.pathname.replace(/settings\/$/, "");
    const shown = new Set(all().map(keyOf));
    for (const key of Object.keys(localStorage)) {
      const found = key.startsWith("studio:") ? kept(key) : null;
      if (!found?.action?.startsWith(here) || shown.has(key) || left.get(key) === "refused") continue;
      left.set(key, "waiting");
      const reply = await post(found.action, [...found.values, ...(found.values.some(([name]) => name === "base") ? [] : found.was || [])]);
      if (reply?.ok && !reply.redirected) { drop(key); left.delete(key); document.body.dispatchEvent(new CustomEvent("rubric-changed", { bubbles: true })); tell("Text that this browser kept from before is stored now. Load the page again to see it.", "g"); }
      else if (reply && reply.status < 500 && !reply.redirected && left.get(key) !== "refused") {
        left.set(key, "refused");
        const text = found.values.find(([name, value]) => !OWN.has(name) && /text|title/.test(name) && value)?.[1] || "";
        tell(`A change from before could not be stored; this browser still keeps it: ${text.slice(0, 300)}`, "w");
      }
    }
    total();
  }
  const tell = (text, tone) => document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text, tone } }));

  function again() {
    all().forEach((form) => { const memory = forms.get(form); if (memory?.dirty && memory.stuck !== "conflict") { memory.wait = FIRST_RETRY; save(form); } });
    sendLeft();
  }

  window.studioSaving = { during, post, settled };
  const bindAll = () => all().forEach(bind);
  bindAll();
  sendLeft();
  document.addEventListener("studio:content", bindAll);
  addEventListener("online", again);
  addEventListener("focus", () => { if (left.size || all().some((form) => forms.get(form)?.stuck)) again(); });
  // Another tab stored this form: an untouched copy here shows it.
  addEventListener("storage", (event) => {
    if (event.newValue !== null || !event.key?.startsWith("studio:")) return;
    all().filter((form) => keyOf(form) === event.key && !forms.get(form).dirty && form.elements.base).forEach(async (form) => {
      await refresh(form, values(form));
      say(form, "saved in another tab", "g");
    });
  });
  addEventListener("pagehide", () => all().forEach((form) => {
    const memory = forms.get(form);
    if (memory.dirty && !memory.stuck && !memory.busy) post(form.getAttribute("action"), sent(form, memory), { keepalive: true });
  }));
  // Kept text is sent on the next visit; ask only where leaving would cost something.
  addEventListener("beforeunload", (event) => {
    const lost = all().some((form) => { const memory = forms.get(form); return memory.dirty && (memory.unkept || memory.stuck); });
    if (lost) event.preventDefault();
  });
})();
