// Keys and focus for the list and its drawer; every link also works without this.
(() => {
  const links = () => [...document.querySelectorAll('.main-link')];
  const typing = (target) => target.closest('input, textarea, select, [contenteditable]');
  let last = null;

  // On a phone the menu is wider than the screen: where one is stands in sight.
  const here = document.querySelector('.jz-nav [aria-current]');
  if (here) here.closest('ul').scrollLeft = here.offsetLeft - 16;

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
    else if (event.key === 'x' && document.activeElement.closest('tr')?.querySelector('.tick .ck')) document.activeElement.closest('tr').querySelector('.tick .ck').click();
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

  // What is ticked, and what releasing it would cause: one visit a household that has none yet.
  const words = (node, counts) => {
    const told = node?.dataset[document.documentElement.lang === 'en' ? 'en' : 'zh'];
    if (told) node.textContent = told.replace(/\{(\w)\}/g, (_, name) => counts[name]);
  };
  const count = () => {
    const ticked = [...document.querySelectorAll('#chosen td .ck:checked')];
    const households = new Set(ticked.map((box) => box.dataset.household));
    const visits = new Set(ticked.filter((box) => !('tasked' in box.dataset)).map((box) => box.dataset.household));
    words(document.getElementById('chosen-count'), { h: households.size, w: ticked.length });
    words(document.getElementById('chosen-effect'), { n: visits.size });
  };
  const whole = document.getElementById('tick-page');
  if (whole) whole.hidden = false;
  document.addEventListener('change', (event) => {
    if (event.target.id === 'tick-page') for (const box of document.querySelectorAll('#chosen td .ck')) box.checked = event.target.checked;
    if (event.target.closest('#chosen')) count();
  });

  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.target.id !== 'drawer') return;
    for (const row of document.querySelectorAll('tr.open')) row.classList.remove('open');
    last?.closest('tr')?.classList.add('open');
    document.getElementById('opened')?.focus({ preventScroll: true });
  });
})();
