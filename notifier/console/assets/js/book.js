"use strict";

// While somebody writes, the text is checked on the server a moment after the last key.
// Without this script the button does the same, and more.
(() => {
  const form = document.querySelector("form[data-check]");
  if (!form || !window.fetch) return;
  const text = form.querySelector("textarea");
  const said = document.getElementById("book-typed");
  const pause = 800;
  let timer = 0;
  let asked = null;

  const check = async () => {
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: asked.signal,
      });
      if (!answer.ok || answer.headers.get("X-Part") !== "typed") return;
      said.innerHTML = await answer.text();
      const looks = said.querySelector("[data-looks]");
      if (looks) {
        document.getElementById("book-looks").replaceChildren(...looks.childNodes);
        looks.remove();
      }
    } catch {
      // Whoever writes has gone on, or the server cannot be reached: the button will tell.
    }
  };

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, pause);
  });

  const goTo = (line) => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    const height = parseFloat(getComputedStyle(text).lineHeight) || 20;
    text.scrollTop = Math.max(0, (line - 4) * height);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link || link.getAttribute("href") !== "#" + text.id) return;
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });

  const line = Number(new URLSearchParams(location.search).get("line"));
  if (line > 0) goTo(line);
})();
