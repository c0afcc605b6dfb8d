// The form of a visit: questions that are not asked are put away, the device says where and when. The page also works without this.
(() => {
  const form = document.querySelector('form.visit');
  if (!form) return;

  const given = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)].map((one) => one.value);
  const ask = () => {
    for (const field of form.querySelectorAll('[data-when]')) {
      const when = JSON.parse(field.dataset.when);
      const name = field.querySelector('[name]')?.name ?? '';
      const row = name.split('.').slice(0, 2).join('.');
      const asked = Object.entries(when).every(([other, values]) =>
        [...given(other), ...given(`${row}.${other}`)].some((value) => values.includes(value)));
      field.hidden = !asked;
      for (const hint of field.querySelectorAll('.only')) hint.hidden = true;
    }
  };
  form.addEventListener('change', ask);
  ask();

  document.getElementById('mistakes')?.focus();
  form.addEventListener('submit', () => { form.querySelector('[data-device]').value = new Date().toISOString(); });

  const button = form.querySelector('[data-locate]');
  if (!button || !navigator.geolocation) return;
  const said = form.querySelector('[data-located]');
  button.hidden = false;
  button.addEventListener('click', () => {
    said.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.querySelector('#latitude').value = coords.latitude.toFixed(6);
      form.querySelector('#longitude').value = coords.longitude.toFixed(6);
      form.querySelector('#accuracy').value = Math.round(coords.accuracy);
      said.textContent = button.dataset.done;
    }, () => { said.textContent = button.dataset.fail; }, { enableHighAccuracy: true, timeout: 15000 });
  });
})();
