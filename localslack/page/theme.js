// Dark or light: what the system says, unless the person chose.

const KEY = 'localslack-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export function isDark() {
  const chosen = localStorage.getItem(KEY);
  return chosen ? chosen === 'dark' : system.matches;
}

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
}

/** Changes to the other; what the system says needs no remembering. */
export function toggleTheme() {
  const dark = !isDark();
  if (dark === system.matches) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, dark ? 'dark' : 'light');
  applyTheme();
}

system.addEventListener('change', applyTheme);
