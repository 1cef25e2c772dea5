// Ctrl + Enter runs the query; after a syntax error the cursor stands where the parser stopped.
"use strict";
(() => {
  const box = document.getElementById("query");
  if (!box) return;
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    box.form.requestSubmit();
  });
  const line = Number(box.dataset.line);
  if (!line) return;
  const lines = box.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const place = Math.min(before + Number(box.dataset.column) - 1, box.value.length);
  box.focus();
  box.setSelectionRange(place, Math.min(place + 1, box.value.length));
})();
