"use strict";
// Each heading of a table becomes a button that sorts its rows; figures by size, words by alphabet.
const units = { thousand: 1e3, million: 1e6, billion: 1e9 };
function value(row, column) {
  const text = row.cells[column].textContent.trim();
  const figure = /^(?:[A-Z]{3} )?([-−+]?[\d,]*\.?\d+)(?:\s*(thousand|million|billion))?/.exec(text);
  return figure ? Number(figure[1].replaceAll(",", "").replace("−", "-")) * (units[figure[2]] || 1) : text;
}
function compare(one, other) {
  if (typeof one === typeof other) return typeof one === "number" ? one - other : one.localeCompare(other);
  return typeof one === "number" ? -1 : 1;
}
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].filter((row) => !row.classList.contains("total")); // a sum stays last
      body.prepend(...rows.sort((a, b) => way * compare(value(a, column), value(b, column))));
    });
  });
}
