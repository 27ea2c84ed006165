// What every part of the page uses in the browser. No data is ever written into this file.
window.sentijob = (() => {
  const KEY = "sentijob-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function theme() {
    try {
      const kept = localStorage.getItem(KEY);
      return kept === "light" || kept === "dark" ? kept : "system";
    } catch {
      return "system"; // storage may be forbidden
    }
  }

  function paint() {
    const chosen = theme();
    const isDark = chosen === "dark" || (chosen === "system" && system.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    if (window.Quasar) window.Quasar.Dark.set(isDark);
  }

  function choose(name) {
    try {
      if (name === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, name);
    } catch {
      // it is forgotten with the page, then
    }
    paint();
  }

  function time(iso) {
    if (!iso) return "";
    const moment = new Date(iso);
    const isToday = moment.toDateString() === new Date().toDateString();
    const clock = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    return isToday ? clock : `${moment.toLocaleDateString()} ${clock}`;
  }

  // A link of the page's own is followed without a reload; a new tab or window is the browser's to open.
  function follow(event, act) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  system.addEventListener("change", paint);
  window.addEventListener("popstate", () =>
    emitEvent("moved", Object.fromEntries(new URLSearchParams(location.search))),
  );
  window.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    document.getElementById("search")?.focus();
  });
  paint();
  return { theme, choose, paint, time, follow };
})();
