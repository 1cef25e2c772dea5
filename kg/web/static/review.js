// Sends a decision on a proposed link and takes the link off the list.
"use strict";
(() => {
  const message = document.getElementById("review-message");
  const queue = document.getElementById("queue");
  const reviewer = document.getElementById("reviewer");
  if (!queue || !reviewer) return;
  const value = (id) => (document.getElementById(id) || { value: "" }).value;
  reviewer.value = localStorage.getItem("equipoise.reviewer") || "";
  queue.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-verdict]");
    if (!button) return;
    if (!reviewer.value.trim()) {
      message.textContent = "Say who you are first.";
      reviewer.focus();
      return;
    }
    localStorage.setItem("equipoise.reviewer", reviewer.value);
    const item = button.closest("li");
    const headers = { "Content-Type": "application/json" };
    if (value("token")) headers.Authorization = `Bearer ${value("token")}`;
    button.disabled = true;
    try {
      const answer = await fetch("/api/v1/review", {
        method: "POST",
        headers,
        body: JSON.stringify({
          links: [item.dataset.link],
          verdict: button.dataset.verdict,
          reviewer: reviewer.value,
          reason: value("reason"),
        }),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.detail || body.title);
      message.textContent = `${button.dataset.verdict}: ${body.links[0].concept.label}`;
      item.remove();
    } catch (error) {
      message.textContent = `Not stored: ${error.message}`;
      button.disabled = false;
    }
  });
})();
