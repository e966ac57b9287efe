// data-truths on a table: the arrows go to the same cell of the row above or below; a step of the stack goes through the form.
(() => {
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-truths] td");
    if (!cell || !["ArrowUp", "ArrowDown"].includes(event.key) || event.altKey || event.target.tagName === "SELECT" || event.target.type === "number") return;
    const rows = [...cell.closest("table").querySelectorAll("tbody > tr:first-child")];
    const at = rows.indexOf(cell.parentElement);
    const next = rows[at + (event.key === "ArrowUp" ? -1 : 1)]?.cells[cell.cellIndex]?.querySelector("input:not([type=hidden]), select");
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  });
})();
