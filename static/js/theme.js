// Light, dark or as the system: changes at once, stored by the same form post that works without scripts.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  document.documentElement.dataset.theme = event.submitter.value;
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button === event.submitter)));
  document.dispatchEvent(new CustomEvent("studio:theme"));
  fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
});
