// data-capture-key on a text field: the key that is pressed is written into it. Tab, Enter and Escape keep their meaning; Delete empties it.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof Element) || !field.matches("[data-capture-key]") || event.isComposing) return;
  if (["Tab", "Enter", "Escape", "Control", "Meta", "Alt", "Shift", "AltGraph"].includes(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  field.value = ["Delete", "Backspace"].includes(event.key) ? "" : window.studioKeys.pressed(event);
}, true);
