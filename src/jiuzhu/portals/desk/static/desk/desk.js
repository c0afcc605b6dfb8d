// Keys and focus for the list and its drawer; every link also works without this.
(() => {
  const links = () => [...document.querySelectorAll('.main-link')];
  const typing = (target) => target.closest('input, textarea, select, [contenteditable]');
  let last = null;

  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'o' && document.activeElement.matches('.main-link')) document.activeElement.click();
    else if (event.key === 'Escape') document.getElementById('close')?.click();
    else if (event.key === 'ArrowDown' && document.querySelector('.drw header:focus-within')) document.getElementById('next')?.click();
    else if (event.key === 'ArrowUp' && document.querySelector('.drw header:focus-within')) document.getElementById('previous')?.click();
    else return;
    event.preventDefault();
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest('.main-link');
    if (link) last = link;
    for (const open of document.querySelectorAll('details.dd[open]')) if (!open.contains(event.target)) open.open = false;
  });

  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.target.id !== 'drawer') return;
    for (const row of document.querySelectorAll('tr.open')) row.classList.remove('open');
    last?.closest('tr')?.classList.add('open');
    document.getElementById('opened')?.focus({ preventScroll: true });
  });
})();
