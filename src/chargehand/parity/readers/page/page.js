"use strict";
const cards = [...document.querySelectorAll(".item")];
const ratings = {};
const reader = document.getElementById("reader");
const progress = document.getElementById("progress");
let at = 0;
let isSaved = true;

function show(index) {
  at = Math.max(0, Math.min(cards.length - 1, index));
  cards.forEach((card, nth) => { card.hidden = nth !== at; });
  const rated = Object.keys(ratings).length;
  progress.textContent = cards.length ? ` ${at + 1} of ${cards.length}, ${rated} rated` : " nothing to rate";
}

function mark(card) {
  for (const button of card.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.rating === ratings[card.dataset.id]));
  }
}

function rate(rating) {
  const card = cards[at];
  if (!card) return;
  ratings[card.dataset.id] = rating;
  isSaved = false;
  mark(card);
  show(at + 1);
}

function save() {
  const said = { kind: "chargehand parity ratings", reader: reader.value, ratings };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(said, null, 2)], { type: "application/json" }));
  link.download = "ratings.json";
  link.click();
  URL.revokeObjectURL(link.href);
  isSaved = true;
}

const keys = {
  1: () => rate("right"),
  2: () => rate("wrong"),
  3: () => rate("unsure"),
  ArrowLeft: () => show(at - 1),
  ArrowRight: () => show(at + 1),
  s: save,
};
document.addEventListener("keydown", (event) => {
  if (event.target === reader || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
for (const card of cards) {
  for (const button of card.querySelectorAll("button")) {
    button.addEventListener("click", () => rate(button.dataset.rating));
  }
}
document.getElementById("save").addEventListener("click", save);
addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });
show(0);
