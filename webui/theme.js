// theme - before the first paint: light or dark as the user chose, else as the system says. A plain script, so that nothing flashes.
(() => {
  try {
    const chosen = localStorage.getItem('theme');
    if (chosen === 'light' || chosen === 'dark')
      document.documentElement.dataset.theme = chosen;
  } catch {
    // storage is off: the system's choice stands
  }
})();
