// data-back: goes to the page before, as the browser's own button does.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) history.back();
});
