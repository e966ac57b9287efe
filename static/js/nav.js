// The navigation scrolls sideways on small screens: brings the present place, and the present tab, into sight.
document.querySelectorAll(".nav-links a[aria-current], .tabs a[aria-current]").forEach((link) => {
  const row = link.closest(".nav-links, .tabs");
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = link.offsetLeft - row.offsetLeft - 24;
});
