// The slider and the number beside it say the same; every form also works without this.
(() => {
  const link = () => {
    const slider = document.getElementById('slide');
    const number = document.getElementById('value');
    if (!slider || !number || slider.dataset.linked) return;
    slider.dataset.linked = 'yes';
    slider.hidden = false;
    slider.addEventListener('input', () => {
      number.value = slider.value;
      number.dispatchEvent(new Event('input', { bubbles: true }));
    });
    number.addEventListener('input', () => {
      slider.value = number.value;
      for (const field of document.querySelectorAll('input[data-same-value]')) field.value = number.value;
    });
  };
  document.addEventListener('DOMContentLoaded', link);
})();
