"use strict";
(() => {
  const svg = document.querySelector(".service-map");
  const nodes = [...svg.querySelectorAll("[data-node]")];
  const ways = [...svg.querySelectorAll("[data-from]")];
  const reach = (start, from, to) => {
    const found = new Set([start]);
    for (const each of found) {
      for (const way of ways) if (way.dataset[from] === each) found.add(way.dataset[to]);
    }
    return found;
  };
  const light = (number) => {
    document.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
    svg.classList.toggle("searching", number !== undefined);
    if (number === undefined) return;
    const above = reach(number, "from", "to"), below = reach(number, "to", "from");
    nodes.forEach((each) => each.classList.toggle("lit", above.has(each.dataset.node) || below.has(each.dataset.node)));
    ways.forEach((each) => each.classList.toggle("lit",
      (above.has(each.dataset.from) && above.has(each.dataset.to)) || (below.has(each.dataset.from) && below.has(each.dataset.to))));
    document.querySelectorAll(`tr[data-row="${number}"]`).forEach((row) => row.classList.add("lit"));
  };
  const numberOf = (target) => {
    const found = target.closest("[data-node], [data-row]");
    return found === null ? undefined : found.dataset.node ?? found.dataset.row;
  };
  const inside = (target) => target.querySelector("[data-node]")?.dataset.node ?? numberOf(target);
  document.addEventListener("pointerover", (event) => light(numberOf(event.target)));
  document.addEventListener("focusin", (event) => light(inside(event.target.closest("svg a") ?? event.target)));
  document.addEventListener("focusout", () => light(undefined));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") light(undefined); });
})();
