// Reads the page aloud where the browser can; without it the button stays hidden and nothing is missing.
(function () {
  var button = document.getElementById("read"), voice = window.speechSynthesis, content = document.getElementById("main");
  if (!button || !voice || !content) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    if (voice.speaking) { voice.cancel(); return; }
    var said = new SpeechSynthesisUtterance(content.innerText);
    said.lang = document.documentElement.lang;
    said.rate = 0.85;
    voice.speak(said);
  });
})();
