// <time data-ago>: keeps "3 min ago" true while the page is open.
(() => {
  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"]];
  function said(date) {
    const seconds = (Date.now() - date.getTime()) / 1000;
    const size = Math.abs(seconds);
    if (size < 5) return "just now";
    const [step, unit] = UNITS.find(([length]) => size >= length) || [1, "s"];
    const text = `${Math.floor(size / step)} ${unit}`;
    return seconds > 0 ? `${text} ago` : `in ${text}`;
  }
  setInterval(() => {
    document.querySelectorAll("time[data-ago]").forEach((time) => {
      const date = new Date(time.dateTime);
      if (Math.abs(Date.now() - date.getTime()) < 30 * 86400e3) {
        const text = said(date);
        if (time.textContent !== text) time.textContent = text;
      }
    });
  }, 10000);
})();
