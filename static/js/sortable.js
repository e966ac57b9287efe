// data-sortable="URL" on a list or <tbody>: drag rows by [data-drag], post the new order as repeated `order` values.
// Rows carry data-sort-id. The buttons of components/move.html are the way by keyboard and without scripts.
(() => {
  function bind(list) {
    if (list.dataset.sortableBound !== undefined) return;
    list.dataset.sortableBound = "";
    window.Sortable.create(list, {
      handle: "[data-drag]",
      draggable: "[data-sort-id]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      group: list.dataset.sortableGroup || undefined,
      onEnd: (event) => { if (event.oldIndex !== event.newIndex || event.from !== event.to) store(event.to, event.item); },
    });
  }

  async function store(list, item) {
    await window.studioSaving?.settled();
    const body = new FormData();
    list.querySelectorAll("[data-sort-id], [data-later]").forEach((row) => {
      (row.dataset.sortId ? [row.dataset.sortId] : JSON.parse(row.dataset.ids)).forEach((name) => body.append("order", name));
    });
    body.append("moved", item.dataset.sortId);
    if (list.dataset.sortableGroupId) body.append("group", list.dataset.sortableGroupId);
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const write = fetch(list.dataset.sortable, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => null);
    const reply = await (window.studioSaving?.during(write) || write);
    if (reply?.ok) {
      const name = list.dataset.sortableEvent || reply.headers.get("HX-Trigger");
      if (name) document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
      return;
    }
    const text = "The new order was not stored. Load the page again to see the stored order.";
    document.dispatchEvent(new CustomEvent("studio:notice", { detail: { text, tone: "r" } }));
  }

  const all = () => document.querySelectorAll("[data-sortable]").forEach(bind);
  all();
  document.addEventListener("studio:content", all);
})();
