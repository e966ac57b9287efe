// data-kept on a text field of an ordinary form: what is typed waits in this browser through a reload, a lost connection and an ended
// session, and is put back into the field, until the studio has it: the page then has data-kept-stored on the form.
// Keys begin with "studio-kept:"; those of autosave.js, which sends by itself, with "studio:".
(() => {
  const keyOf = (field) => `studio-kept:${new URL(field.form.action, location).pathname}#${field.name}`;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } };
  const write = (key, entry) => { try { if (entry?.text) localStorage.setItem(key, JSON.stringify(entry)); else localStorage.removeItem(key); return true; } catch { return false; } };

  function bind(field) {
    if (field.dataset.keptBound !== undefined) return;
    field.dataset.keptBound = "";
    const key = keyOf(field);
    const found = read(key);
    if (found?.sent && field.form.dataset.keptStored !== undefined) write(key, null);
    else if (found?.text && !field.value) {
      field.value = found.text;
      write(key, { text: found.text });
      const note = document.createElement("p");
      Object.assign(note, { className: "small muted", textContent: "Put back from this browser; it is not stored yet." });
      note.setAttribute("role", "status");
      field.after(note);
      field.addEventListener("input", () => note.remove(), { once: true });
    }
    field.addEventListener("input", () => write(key, { text: field.value }));
    field.form.addEventListener("submit", () => write(key, { text: field.value, sent: true }));
  }

  window.studioKept = { read, write };
  const all = () => document.querySelectorAll("[data-kept]").forEach(bind);
  all();
  document.addEventListener("studio:content", all);
})();
