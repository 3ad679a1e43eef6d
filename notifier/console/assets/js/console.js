"use strict";
// These pages work without this script. It does three things: a list follows what
// changes, a form shows at once what the family will read, and a key opens the form
// for a reply.
(() => {
  // A part of a page is fetched again with the whole page and put in its place, unless
  // somebody is at work in it.
  const fetched = async (url, options) => {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", ...options });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const replace = (id, page) => {
    const now = document.getElementById(id);
    const next = page.getElementById(id);
    if (now && next && !now.contains(document.activeElement)) now.replaceWith(document.importNode(next, true));
  };

  const live = [...document.querySelectorAll("[data-live]")].map((part) => part.id);
  if (live.length > 0 && "EventSource" in window) {
    const source = new EventSource("/changes");
    let waiting = false;
    source.addEventListener("changed", async () => {
      if (waiting || document.hidden) return;
      waiting = true;
      try {
        const page = await fetched(location.href);
        live.forEach((id) => replace(id, page));
      } catch { /* the page stays as it was; the next change tries again */ } finally { waiting = false; }
    });
    addEventListener("pagehide", () => source.close());
  }

  const form = document.querySelector("form[data-preview]");
  if (form) {
    let timer = 0;
    const show = async () => {
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "preview");
      try {
        const page = await fetched(form.action || location.href, { method: "POST", body });
        replace(form.dataset.preview, page);
        const shown = page.querySelector("#act-form [name=shown]");
        const button = page.querySelector("#act-form [value=store]");
        if (shown && page.querySelector("#" + form.dataset.preview + " section")) {
          form.elements.shown.value = shown.value;
          const own = form.querySelector("[value=preview]");
          if (button && !form.querySelector("[value=store]")) own.after(document.importNode(button, true));
        }
      } catch { /* the button shows it too */ }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 500); });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const within = event.target.closest("li, main") || document;
    const link = within.querySelector(`a[data-key="${CSS.escape(event.key)}"]`) || document.querySelector(`main a[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); location.href = link.href; }
  });
})();
