// What the page can do beyond links and forms: keys, a brush over the timeline, copying. It works without all of it.
"use strict";
(() => {
  document.documentElement.classList.add("with-script");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // -- keys: / j k o ?
  const hits = all(".hit");
  let at = -1;
  const go = (step) => {
    if (!hits.length) return;
    hits[at]?.classList.remove("at");
    at = Math.min(hits.length - 1, Math.max(0, at + step));
    hits[at].classList.add("at");
    hits[at].querySelector("a")?.focus({ preventScroll: true });
    hits[at].scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => {
      const box = document.getElementById("q") ?? document.querySelector("input[type=search]");
      if (!box) document.querySelector(".home")?.click();  // where the box has the focus
      box?.focus();
      box?.select();
    },
    j: () => go(1),
    k: () => go(-1),
    o: () => hits[at]?.querySelector("h3 a")?.click(),
    "?": () => document.querySelector("a[href^='/help']")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "Escape" && typing) typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // -- forms: what is chosen holds at once; empty fields stay out of the address
  all("[data-submits]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
  all("form.search").forEach((form) => form.addEventListener("submit", () => {
    all("input, select", form).filter((field) => !field.value && field.name !== "q").forEach((field) => { field.disabled = true; });
  }));
  addEventListener("pageshow", () => all("form.search :disabled").forEach((field) => { field.disabled = false; }));

  // -- the brush: drag across bars
  all("[data-brush]").forEach((plane) => {
    const bars = all("a[data-start]", plane);
    const told = plane.closest("figure").querySelector(".span");
    const hint = plane.closest("figure").querySelector(".scripted");
    let from = null, to = null, dragged = false;
    const barAt = (x) => {
      const box = plane.getBoundingClientRect();
      return Math.min(bars.length - 1, Math.max(0, Math.floor((x - box.left) / box.width * bars.length)));
    };
    const span = () => [bars[Math.min(from, to)].dataset.start, bars[Math.max(from, to)].dataset.end];
    const clear = () => { bars.forEach((bar) => bar.classList.remove("chosen")); told.hidden = true; hint.hidden = false; from = null; };
    plane.addEventListener("pointerdown", (event) => {
      if (event.button || !bars.length) return;
      from = to = barAt(event.clientX);
      dragged = false;
    });
    plane.addEventListener("dragstart", (event) => event.preventDefault());
    addEventListener("pointermove", (event) => {
      if (from === null) return;
      to = barAt(event.clientX);
      if (to === from && !dragged) return;
      dragged = true;
      bars.forEach((bar, number) => bar.classList.toggle("chosen", number >= Math.min(from, to) && number <= Math.max(from, to)));
      told.textContent = span().join(" – ");
      told.hidden = false;
      hint.hidden = true;
    });
    addEventListener("pointerup", () => {
      if (from === null) return;
      if (dragged) {
        const [start, end] = span();
        const link = new URL(plane.dataset.link, location.href);
        link.searchParams.set("on", `${start}..${end}`);
        location.assign(link);
      }
      from = null;
    });
    addEventListener("pointercancel", clear);
    addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
    plane.addEventListener("click", (event) => { if (dragged) event.preventDefault(); }, true);
  });

  // -- copying
  all("[data-copies]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  });
})();
