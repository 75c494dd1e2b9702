// Live figures. Everything works without this file; it only spares the reload.
"use strict";
(() => {
  const said = document.getElementById("live");
  if (!said || !window.EventSource) return;
  let before = null;

  const say = (words) => { said.textContent = words; };
  const clock = () => new Date().toISOString().slice(11, 19) + " UTC";

  const show = (name, value) => {
    for (const place of document.querySelectorAll(`[data-live="${name}"]`)) {
      if (place.textContent === String(value)) continue;
      place.textContent = String(value);
      const figure = place.closest("[data-tone]");
      if (!figure) continue;
      figure.classList.remove("plain", "good", "warn", "bad");
      figure.classList.add(value ? figure.dataset.tone : "plain");
      figure.classList.remove("changed");
      void figure.offsetWidth; // starts the animation anew
      figure.classList.add("changed");
    }
  };

  // The list itself, unless somebody works in it just now.
  const renew = async () => {
    const list = document.getElementById("fresh");
    if (!list) return;
    if (list.contains(document.activeElement) || list.querySelector("details[open]")) {
      say("The list has changed: reload the page to see it.");
      return;
    }
    const reply = await fetch(location.href, { credentials: "same-origin" });
    if (!reply.ok || reply.redirected) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.getElementById("fresh");
    if (fresh && !list.contains(document.activeElement)) {
      list.replaceWith(document.adoptNode(fresh));
      say(`The list was renewed at ${clock()}.`);
    }
  };

  const take = (event) => {
    const figures = JSON.parse(event.data);
    if (figures.away) {
      say("The database cannot be reached now.");
      return;
    }
    const text = JSON.stringify(figures);
    for (const name of Object.keys(figures)) show(name, figures[name]);
    if (before === null) say("Figures are live.");
    else if (before !== text) {
      say(`Figures changed at ${clock()}.`);
      renew().catch(() => say("The list has changed: reload the page to see it."));
    }
    before = text;
  };

  const source = new EventSource("/events");
  source.addEventListener("figures", take);
  source.onerror = () => {
    say(source.readyState === EventSource.CLOSED
      ? "Not live any more: reload the page."
      : "The service does not answer; trying again.");
  };
})();
