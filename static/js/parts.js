// data-parts: the criteria of one answer, one after the other. The keys of the choices work in the part that has the focus; a choice
// leads on to the next part without one, [data-parts-step] to the one before or after.
(() => {
  const all = () => [...document.querySelectorAll("[data-parts] [data-part]")];
  const isDone = (part) => part.querySelector("input:checked") !== null;

  function say() {
    const said = document.querySelector("[data-parts-said]");
    const parts = all();
    if (said) said.textContent = `${parts.filter(isDone).length} of ${parts.length} decided`;
  }

  function to(part) {
    if (!part) return;
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const parts = all();
    const at = parts.findIndex((part) => part.contains(document.activeElement));
    to(parts[Math.max(0, Math.min(parts.length - 1, at + by))]);
  }

  document.addEventListener("change", (event) => {
    const part = event.target.closest?.("[data-parts] [data-part]");
    if (!part || event.target.type !== "radio") return;
    say();
    const parts = all();
    const after = parts.slice(parts.indexOf(part) + 1).find((one) => !isDone(one)) || parts.find((one) => !isDone(one));
    if (after) to(after); else document.getElementById("content")?.focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-parts-step]");
    if (button) step(Number(button.dataset.partsStep));
  });
  function begin() {
    const parts = all();
    if (!parts.length) return;
    say();
    if (document.querySelector('[data-desk-form="answer"]')) to(parts.find((part) => !isDone(part)) || parts[0]);
  }
  begin();
  document.addEventListener("studio:content", begin);
  document.addEventListener("studio:fill", say);
})();
