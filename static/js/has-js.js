// Tells the style sheets that scripts run. Loaded first, so nothing jumps.
document.documentElement.classList.add("has-js");
