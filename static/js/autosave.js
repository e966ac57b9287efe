// data-autosave on a form: saves on change and when typing pauses, says "saving", "saved" or "not saved" in [data-save-state],
// and keeps what is typed in this browser until the studio has it. The form's ordinary submit still works.
(() => {
  const PAUSE = 700;
  const RETRY = 4000;
  const forms = new WeakMap();
  const keyOf = (form) => `studio:${form.dataset.autosave || form.getAttribute("action")}`;
  const stateOf = (form) => document.querySelector(form.dataset.autosaveState || "[data-save-state]");

  function say(form, text, tone) {
    const chip = form.querySelector("[data-save-state]") || stateOf(form);
    if (!chip) return;
    chip.textContent = text;
    chip.className = `chip save-state ${tone}`;
  }

  function values(form) {
    return [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  }

  function keep(form) {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: values(form) }));
  }

  async function save(form) {
    const memory = forms.get(form);
    clearTimeout(memory.timer);
    if (memory.busy) { memory.again = true; return; }
    if (!form.isConnected) return;
    memory.busy = true;
    const sent = JSON.stringify(values(form));
    say(form, "saving", "");
    const body = new FormData(form);
    const reply = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "HX-Request": "true", "X-Autosave": "1" } }).catch(() => null);
    memory.busy = false;
    if (reply?.ok && !reply.redirected) done(form, memory, sent, reply);
    else await failed(form, memory, reply);
    const submitter = memory.submitter;
    memory.submitter = undefined;
    if (submitter !== undefined && reply?.ok && !reply.redirected) form.requestSubmit(submitter);
    else if (memory.again) { memory.again = false; save(form); }
  }

  function done(form, memory, sent, reply) {
    if (JSON.stringify(values(form)) === sent) {
      localStorage.removeItem(keyOf(form));
      memory.dirty = false;
      say(form, "saved", "g");
    }
    clearErrors(form);
    const version = reply.headers.get("X-Revision");
    if (version && form.elements.revision) form.elements.revision.value = version;
    const name = form.dataset.autosaveEvent || reply.headers.get("HX-Trigger");
    if (name && !name.startsWith("{")) document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }

  async function failed(form, memory, reply) {
    if (!reply || reply.status >= 500) {
      say(form, "not saved, kept in this browser; trying again", "w");
      memory.timer = setTimeout(() => save(form), RETRY);
    } else if (reply.redirected) {
      say(form, "not saved: you are signed out. Your text is kept in this browser", "r");
    } else if (reply.status === 409) {
      say(form, "conflict: someone changed this. Your text is kept in this browser", "r");
    } else {
      say(form, "not saved: see the field", "r");
      showErrors(form, await reply.text());
    }
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

  function restore(form) {
    const kept = JSON.parse(localStorage.getItem(keyOf(form)) || "null");
    if (!kept || JSON.stringify(kept.values) === JSON.stringify(values(form))) return;
    for (const [name, value] of kept.values) {
      const field = form.elements[name];
      if (!field || name === "revision" || field.type === "hidden") continue;
      if (field.type === "checkbox") field.checked = true;
      else if ("value" in field) field.value = value;
    }
    say(form, "text from this browser put back, not saved yet", "w");
    change(form, 0);
  }

  function change(form, wait) {
    const memory = forms.get(form);
    memory.dirty = true;
    keep(form);
    say(form, "changed", "w");
    clearTimeout(memory.timer);
    memory.timer = setTimeout(() => save(form), wait);
  }

  function bind(form) {
    if (forms.has(form)) return;
    forms.set(form, { timer: 0, busy: false, again: false, dirty: false, submitter: undefined });
    form.addEventListener("input", () => change(form, PAUSE));
    form.addEventListener("change", () => change(form, 0));
    form.addEventListener("submit", (event) => {
      const memory = forms.get(form);
      clearTimeout(memory.timer);
      if (memory.busy) { // The studio answers with a new revision; sent now, the form would seem to be somebody else's conflict.
        event.preventDefault();
        memory.again = false;
        memory.submitter = event.submitter;
        return;
      }
      memory.dirty = false;
      localStorage.removeItem(keyOf(form));
    });
    restore(form);
  }

  const all = () => document.querySelectorAll("form[data-autosave]").forEach(bind);
  all();
  document.addEventListener("studio:content", all);
  addEventListener("beforeunload", (event) => {
    const unsaved = [...document.querySelectorAll("form[data-autosave]")].some((form) => forms.get(form)?.dirty);
    if (unsaved) event.preventDefault();
  });
})();
