// data-confirm="Sentence?" on a form or button: asks in the page's own dialog before the form is sent. Without scripts the form is sent at once.
(() => {
  let waiting = null;
  const dialog = () => document.getElementById("confirm-dialog");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || form.dataset.confirmed !== undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, submitter: event.submitter };
    const box = dialog();
    box.querySelector("[data-confirm-text]").textContent = source.dataset.confirm;
    const yes = box.querySelector("[data-confirm-yes]");
    yes.textContent = source.dataset.confirmLabel || event.submitter?.textContent.trim() || "Yes";
    yes.className = `btn ${source.dataset.confirmTone === "p" ? "p" : "danger-fill"}`;
    box.showModal();
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-confirm-no]")) dialog().close();
    if (!event.target.closest("[data-confirm-yes]") || !waiting) return;
    dialog().close();
    const { form, submitter } = waiting;
    waiting = null;
    form.dataset.confirmed = "";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  });
})();
