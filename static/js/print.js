// data-print on a button: opens the browser's print dialog, where a page can also be saved as PDF.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
